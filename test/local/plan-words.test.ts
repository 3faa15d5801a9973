import { describe, expect, it } from 'vitest'
import { storedSentence } from '../../local/import/file/plan-words.ts'

function streamsOf(contradicting: number) {
  const counts = { new: 0, known: 3, contradicting, replaced: 0, mayBeTwice: 0 }
  return { streams: [{ stream: 'spot-trade' as const, ...counts }] }
}

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
