import { describe, expect, it } from 'vitest'
import {
  closingAdvice,
  closingDateWords,
  closingFacts,
  closingTable,
  hasClosed,
} from '../../lambdas/domain/closing-words.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import type { StreamKind } from '../../lambdas/domain/stream.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'

const at = (iso: string) => Date.parse(iso)
const today = at('2026-11-26T12:00:00Z')
/** As it is documented, nothing reported on top. */
const exchange = {
  ...bitmart,
  streams: bitmart.streams.map((stream) => ({ ...stream, depth: 90 * day, reportedDepth: undefined })),
}

describe('the dates of an exchange that closes', () => {
  it('are told as past when they are past, and else with the days that are left', () => {
    expect(closingTable(exchange, today).map(({ words }) => words)).toEqual([
      'registrations, deposits and new spot orders stopped; futures positions could only be reduced',
      'all trading stopped; the platform settled what was still open',
      'in 66 days: the platform ceases operations: nothing can be read after this',
    ])
    const [last] = exchange.closing.slice(-1)
    if (last === undefined) throw new Error('BitMart has no dates')
    expect(closingDateWords(last, last.at - day)).toMatch(/^in 1 day: /)
    expect(closingDateWords(last, last.at - 1)).toMatch(/^in less than a day: /)
    expect(closingDateWords(last, last.at)).toBe(
      'the platform ceased operations: nothing can be read any more',
    )
    expect([hasClosed(exchange, last.at - 1), hasClosed(exchange, last.at)]).toEqual([false, true])
  })

  it('mean together that no trade can be had any more, once trading ended before what can be read', () => {
    expect(closingAdvice(exchange, [], today)).toEqual([
      'BitMart’s trading ended on 2026-08-26; what can be read begins on 2026-08-28: no trade can be had by API any more.',
      'Get the statements from BitMart before 2027-01-31 (66 days left), and keep them: what is missing here can be had ' +
        'nowhere else after that. The console’s page Files brings them in, and so does npm run import -- --file FILE.',
    ])
  })

  it('do not say so while some of the trades can still be read, or were read', () => {
    expect(closingAdvice(exchange, [], at('2026-11-20T00:00:00Z'))).toHaveLength(1)
    const imported = {
      ...noCoverage('spot-trade', 'spot'),
      covered: [{ from: at('2026-06-01T00:00:00Z'), to: today }],
    }
    expect(closingAdvice(exchange, [imported], today)).toHaveLength(1)
    const shown = {
      ...noCoverage('spot-trade', 'spot'),
      evidence: { time: today - 100 * day, servedAt: today - 1 },
    }
    expect(closingAdvice(exchange, [shown], today)).toHaveLength(1)
  })

  it('say so beside trades from before what can be read, and not beside a younger one, which they tell', () => {
    const stored = (newest: number, stream: StreamKind = 'futures-trade') => [
      { ...noCoverage(stream, 'futures'), newest },
    ]
    const settled = at('2026-08-26T04:00:00Z')
    const young = at('2026-11-25T00:00:00Z')
    expect(closingAdvice(exchange, stored(settled), today)[0]).toMatch(/no trade can be had by API any more/)
    expect(closingAdvice(exchange, stored(young, 'withdrawal'), today)[0]).toMatch(/no trade can be had/)
    for (const sentences of [
      closingAdvice(exchange, stored(young), today),
      closingFacts(exchange, stored(young), today),
    ])
      expect(sentences).toEqual([
        'BitMart announced the end of its trading for 2026-08-26; trades of up to 2026-11-25 are stored all the same.',
        expect.stringMatching(/statements/),
      ])
  })

  it('rest on what others report only as a report', () => {
    const reported = {
      ...exchange,
      streams: exchange.streams.map((stream) => ({ ...stream, depth: 7 * day, reportedDepth: 90 * day })),
    }
    expect(closingAdvice(reported, [], today)[0]).toContain(
      'begins on 2026-08-28, as others report: no trade',
    )
  })

  it('mean nothing where an exchange does not close, and the end of all reading when that is past', () => {
    expect(closingAdvice({ ...exchange, closing: [] }, [], today)).toEqual([])
    const [only] = closingAdvice(exchange, [], at('2027-03-01T00:00:00Z'))
    expect(only).toMatch(/^BitMart ended on 2027-01-31: nothing can be read from it any more\./)
  })
})
