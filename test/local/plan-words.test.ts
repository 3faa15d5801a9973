import { describe, expect, it } from 'vitest'
import { planText, storedSentence } from '../../local/import/file/plan-words.ts'

function streamsOf(contradicting: number) {
  const counts = { new: 0, known: 3, contradicting, replaced: 0, mayBeTwice: 0 }
  return { streams: [{ stream: 'spot-trade' as const, ...counts }] }
}

describe('rows of other files that a file replaces', () => {
  const time = Date.UTC(2026, 0, 7)
  const row = {
    stream: 'spot-trade',
    time,
    identity: 'a',
    amount: '7',
    raw: '{}',
    precision: 1,
    places: [],
  } as const
  const textOf = (replaced: number) =>
    planText(
      'BitMart',
      {
        kind: 'read',
        tables: [],
        plan: {
          digest: '',
          streams: streamsOf(0).streams.map((one) => ({ ...one, replaced })),
          months: [],
          samples: { new: [], known: [], contradicting: [], replaced: replaced === 0 ? [] : [row] },
          attested: [],
          withdrawn: [],
        },
      },
      undefined,
    )

  it('are shown, and what becomes of them is said', () => {
    expect(textOf(1)).toContain(
      'Replaced: rows of other files that go or change, since this file tells the same.',
    )
    expect(textOf(1)).toContain('\n  2026-01-07 00:00:00  ')
    expect(textOf(0)).not.toContain('Replaced:')
  })
})

describe('what storing a file came to', () => {
  it.each([
    [0, 0, 0, 'Everything in it was known already: nothing was written.'],
    [
      0,
      0,
      1,
      'Nothing was written: the exchange shows otherwise than 1 row of it, and the rest was known already.',
    ],
    [2, 0, 1, 'Stored: 2 rows written.'],
    [1, 1, 0, 'Stored: 1 row written, 1 of other files removed.'],
  ])(
    '%i written, %i removed, %i contradicted: never calls known what is contradicted',
    (written, removed, wrong, words) => {
      expect(storedSentence({ written, removed }, streamsOf(wrong))).toBe(words)
    },
  )
})
