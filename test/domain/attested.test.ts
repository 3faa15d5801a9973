import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  attest,
  attestedBeside,
  attestedSentence,
  type Claim,
  withdrawalSentence,
} from '../../lambdas/domain/attested.ts'
import { intersect, totalWidth } from '../../lambdas/domain/window.ts'

const at = (time: number) => ({ from: time, to: time + 10 })

const claim: Claim = {
  by: 'owner',
  window: { from: 0, to: 1_000 },
  rows: [at(100), at(300), at(900)],
  count: 3,
  missing: [],
}

describe('the time that a file is said to be whole for', () => {
  it('is attested as it was claimed', () => {
    expect(attest(claim)).toEqual({ by: 'owner', windows: [{ from: 0, to: 1_000 }] })
  })

  it('is attested no more once the API has served a row in it that the file does not tell', () => {
    const found = attest({ ...claim, missing: [2_000, 500] })
    expect(found).toEqual({ by: 'owner', windows: [], withdrawn: { why: 'refuted', at: 500 } })
    expect(attest({ ...claim, missing: [1_000] }).windows).toHaveLength(1)
  })

  it('is attested no more once the exchange has shown that a row of the file is none', () => {
    const found = attest({ ...claim, disprovedAt: 300 })
    expect(found).toEqual({ by: 'owner', windows: [], withdrawn: { why: 'disproved', at: 300 } })
    expect(withdrawalSentence({ why: 'disproved', at: 0 })).toBe(
      'The file attests nothing: it tells a row of 1970-01-01 00:00 UTC, and the exchange has shown otherwise. ' +
        'See whether it is of this account, and download it again.',
    )
  })

  it.each([500, 1_000, 5_000, 10_000, 50_000, 65_535, 100_000, 1_048_575])(
    'ends within its first and last row where there are exactly %i rows',
    (count) => {
      const found = attest({ ...claim, count })
      expect(found).toEqual({
        by: 'owner',
        windows: [{ from: 110, to: 900 }],
        withdrawn: { why: 'round', count },
      })
      expect(attest({ ...claim, count: count + 1 })).not.toHaveProperty('withdrawn')
    },
  )

  it('is nothing where all rows of a file that was cut are of one moment', () => {
    expect(attest({ ...claim, rows: [at(100)], count: 500 }).windows).toEqual([])
    expect(attest({ ...claim, rows: [], count: 500 }).windows).toEqual([])
  })

  it('never holds a moment that a row of the API refutes', () => {
    const window = fc.tuple(fc.nat(1_000), fc.nat(1_000)).map(([from, width]) => ({ from, to: from + width }))
    fc.assert(
      fc.property(
        window,
        fc.array(fc.nat(2_000)),
        fc.array(window),
        fc.nat(1_000),
        (span, missing, rows, count) => {
          const { windows } = attest({ by: 'owner', window: span, rows, count, missing })
          expect(missing.some((time) => windows.some(({ from, to }) => time >= from && time < to))).toBe(
            false,
          )
          expect(totalWidth(windows)).toBeLessThanOrEqual(totalWidth([span]))
        },
      ),
    )
  })

  it('stands beside what is covered, never over it, and on the better word of two', () => {
    const owner = attest({ ...claim, window: { from: 0, to: 500 } })
    const balance = attest({ ...claim, by: 'balance', window: { from: 300, to: 700 } })
    const beside = attestedBeside([owner, balance], [{ from: 600, to: 2_000 }])
    expect(beside).toEqual([
      { from: 0, to: 300, by: 'owner' },
      { from: 300, to: 600, by: 'balance' },
    ])
    expect(intersect(beside, [{ from: 600, to: 2_000 }])).toEqual([])
  })

  it('is told with whose word it is, and with what takes it away', () => {
    const window = { from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 6, 1, 12, 30) }
    expect(attestedSentence({ ...window, by: 'owner' })).toBe(
      '2025-01-01 00:00 to 2025-07-01 12:30 UTC is attested by a file, of which its owner says that it is whole',
    )
    expect(attestedSentence({ ...window, by: 'balance' })).toMatch(/running balance no row breaks$/)
    expect(withdrawalSentence({ why: 'refuted', at: window.from })).toMatch(/a row of 2025-01-01 00:00 UTC/)
    expect(withdrawalSentence({ why: 'round', count: 10_000 })).toMatch(
      /exactly 10000 rows.*shorter periods\.$/,
    )
  })
})
