import { describe, expect, it } from 'vitest'
import { rowSentences } from '../../lambdas/domain/row-words.ts'

const since = Date.UTC(2026, 10, 26, 3)
const missing = (identity: string, later = 0) => ({ time: 1, identity, since: since + later })

describe('words about single rows', () => {
  it('are none where every row is as it was', () => {
    expect(rowSentences([{}, { missing: [], revised: [] }])).toEqual([])
  })

  it('tell how many rows the exchange no longer shows, since when, and that they are kept', () => {
    expect(rowSentences([{ missing: [missing('a')] }])).toEqual([
      '1 row is no longer shown by the exchange since 2026-11-26 03:00 UTC; it is kept',
    ])
    expect(rowSentences([{ missing: [missing('a', 60_000)] }, { missing: [missing('b')] }])).toEqual([
      '2 rows are no longer shown by the exchange, the first of them since 2026-11-26 03:00 UTC; they are kept',
    ])
  })

  it('tell how many rows count as they were, since what they say now cannot be read', () => {
    expect(rowSentences([{ unread: [missing('a')] }])).toEqual([
      '1 row could not be read when it was served anew since 2026-11-26 03:00 UTC: what it said before counts, and what came is kept raw with it',
    ])
    expect(rowSentences([{ unread: [missing('a', 60_000), missing('b')] }])[0]).toMatch(
      /^2 rows could not be read when they were served anew, the first of them since 2026-11-26 03:00 UTC: /,
    )
  })

  it('tell how many rows took back what was final', () => {
    const revised = { time: 1, identity: 'a' }
    expect(rowSentences([{ revised: [revised] }])[0]).toMatch(/^1 row said something final/)
    expect(rowSentences([{ revised: [revised, { time: 2, identity: 'b' }] }])[0]).toMatch(/^2 rows said/)
  })
})
