import { describe, expect, it } from 'vitest'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Period } from '../../lambdas/domain/period.ts'
import { statementOf } from '../../lambdas/domain/statement.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'

const at = (iso: string) => Date.parse(`${iso}T00:00:00Z`)
const opened = bitmart.streams[0]?.opened ?? 0
const period = { from: at('2026-01-01'), to: at('2026-07-01') }
const year = { from: at('2026-01-01'), to: at('2027-01-01') }

/** Everything covered since the exchange opened, apart from what `change` says of spot fills. */
function coverage(until: number, change: Partial<Coverage> = {}): readonly Coverage[] {
  return bitmart.streams.flatMap(({ stream, partitions }) =>
    partitions.map((partition) => ({
      ...noCoverage(stream, partition),
      covered: [{ from: opened, to: until }],
      attempted: until,
      ...(stream === 'spot-trade' && change),
    })),
  )
}

function statement(known: readonly Coverage[], when: Period = period, accountSince?: number) {
  return statementOf([{ name: '“Main”', exchange: bitmart, coverage: known, accountSince }], when)
}

describe('what an export says that it covers', () => {
  it('is that it is complete, when every stream is covered for all of the period', () => {
    const { state, sentences } = statement(coverage(at('2026-07-20')))
    expect(state).toBe('complete')
    expect(sentences.slice(0, 3)).toEqual([
      '1 January 2026 to 30 June 2026, UTC, as of 2026-07-20 UTC: complete.',
      'BitMart, “Main”:',
      'Spot fills: complete from the first day (2026-01-01) to 2026-07-01 UTC.',
    ])
  })

  it('is what is never imported, once for each exchange', () => {
    const known = coverage(at('2026-07-20'))
    const one = { exchange: bitmart, coverage: known }
    const { sentences } = statementOf(
      [
        { name: '“a”', ...one },
        { name: '“b”', ...one },
      ],
      period,
    )
    expect(sentences.slice(-bitmart.absent.length - 1)).toEqual([
      'Never imported from BitMart:',
      ...bitmart.absent,
    ])
    expect(sentences.filter((sentence) => sentence.startsWith('Never imported'))).toHaveLength(1)
  })

  it('is which gaps there are within the period, and none of those outside', () => {
    const gap = { from: at('2026-03-01'), to: at('2026-03-05'), reason: 'expired' as const }
    const before = { from: at('2025-03-01'), to: at('2025-03-05'), reason: 'expired' as const }
    const covered = [
      { from: opened, to: before.from },
      { from: before.to, to: gap.from },
      { from: gap.to, to: at('2026-07-20') },
    ]
    const { state, sentences } = statement(coverage(at('2026-07-20'), { covered, lost: [before, gap] }))
    expect(state).toBe('incomplete')
    expect(sentences[0]).toContain(': not complete: something is missing.')
    expect(sentences[2]).toContain(
      'from 2026-03-01 to 2026-03-05 is missing: no longer served when we came (expired)',
    )
    expect(sentences.join()).not.toContain('2025-03')
    const later = { from: at('2026-04-01'), to: period.to }
    expect(statement(coverage(at('2026-07-20'), { covered, lost: [before, gap] }), later).state).toBe(
      'complete',
    )
  })

  it('is what nobody can tell', () => {
    const old = { from: opened, to: at('2026-02-01'), reason: 'beyond-depth' as const }
    const covered = [{ from: old.to, to: at('2026-07-20') }]
    const { state, sentences } = statement(coverage(at('2026-07-20'), { covered, unverified: [old] }))
    expect(state).toBe('unverified')
    expect(sentences[0]).toContain(
      ': not known to be complete: nothing is known to be missing, and for some of the time nobody can tell.',
    )
    expect(sentences[2]).toContain('before 2026-02-01 nobody can tell')
  })

  it('is that the end of the period was not imported yet', () => {
    const { state, sentences } = statement(coverage(at('2026-06-15')))
    expect(state).toBe('incomplete')
    expect(sentences.join('\n')).toContain('nothing is known after 2026-06-15 UTC')
    const never = statement([])
    expect(never.state).toBe('incomplete')
    expect(never.sentences.join('\n')).toContain('of some of it nothing is known')
  })

  it('does not ask for another sync where one was and nobody can tell', () => {
    const old = { from: opened, to: at('2026-07-20'), reason: 'beyond-depth' as const }
    const { sentences } = statement(coverage(at('2026-07-20'), { covered: [], unverified: [old] }))
    expect(sentences.join()).toContain('before 2026-07-01 nobody can tell')
    expect(sentences.join()).not.toContain('Sync again')
  })

  it('is that a period which ends later than is known is not complete, however whole all before is, and of no sync that it was before: it may have been later', () => {
    const { state, sentences } = statement(coverage(at('2026-11-26')), year)
    expect(state).toBe('incomplete')
    expect(sentences[0]).toContain(': not complete: it ends later than is known yet.')
    expect(sentences.join()).not.toContain('after the last sync')
    expect(sentences).toContain(
      'The period ends later than is known yet: nothing is known after 2026-11-26 UTC (rows of the minutes before a sync may come late, and are not counted as known). Sync again once it is over, and export again.',
    )
    expect(
      statement(coverage(at('2026-11-26')), { from: at('2027-01-01'), to: at('2028-01-01') }).state,
    ).toBe('incomplete')
    const coming = statement(coverage(at('2026-11-26')), { from: at('2027-01-01') })
    expect(coming.state).toBe('incomplete')
    expect(coming.sentences.join()).toContain('nothing is known after 2026-11-26 UTC')
  })

  it('is as of the stream that was asked for the longest ago, whatever the others know', () => {
    const older = coverage(at('2026-07-20'), {
      attempted: at('2026-07-10'),
      covered: [{ from: opened, to: at('2026-07-10') }],
    })
    const { state, sentences } = statement(older, {})
    expect(state).toBe('complete')
    expect(sentences[0]).toBe('All that is stored, as of 2026-07-10 UTC: complete.')
  })

  it('is as of the connection that was synced the longest ago', () => {
    const synced = (until: number) => ({ name: 'x', exchange: bitmart, coverage: coverage(until) })
    const { sentences } = statementOf([synced(at('2026-07-20')), synced(at('2026-07-10'))], period)
    expect(sentences[0]).toContain('as of 2026-07-10 UTC')
  })

  it('is complete up to the last sync, when the period has no end', () => {
    expect(statement(coverage(at('2026-07-31')), { from: period.from }).state).toBe('complete')
  })

  it('is that nothing is known of no connections', () => {
    expect(statementOf([], {})).toEqual({
      state: 'incomplete',
      sentences: ['All that is stored: not complete.', 'There are no connections.'],
    })
  })

  it('does not vouch for what the exchange never serves to this key', () => {
    const known = coverage(at('2026-07-20')).map((part) =>
      part.stream === 'withdrawal' ? { ...part, covered: [], note: 'not-served' as const } : part,
    )
    expect(statement(known).state).toBe('unverified')
    expect(statement(known).sentences[0]).toContain('not known to be complete')
  })

  it('is whole where the exchange says that nothing was ever opened', () => {
    const known = coverage(at('2026-07-20')).map((part) =>
      part.stream === 'futures-trade' ? { ...part, covered: [], note: 'not-opened' as const } : part,
    )
    expect(statement(known).state).toBe('complete')
  })

  it('is none before the day that its owner names, and says whose word that is', () => {
    const old = { from: opened, to: at('2026-02-01'), reason: 'beyond-depth' as const }
    const known = coverage(at('2026-07-20'), {
      covered: [{ from: old.to, to: at('2026-07-20') }],
      unverified: [old],
    })
    const { state, sentences } = statement(known, period, at('2026-03-01'))
    expect(state).toBe('complete')
    expect(sentences[2]).toBe(
      'Spot fills: complete from the first day (2026-03-01) to 2026-07-01 UTC; before 2026-03-01 none, as its owner says.',
    )
    expect(statement(known, period, at('2026-01-15')).state).toBe('unverified')
    const refuted = known.map((part) =>
      part.stream === 'deposit' ? { ...part, oldest: at('2026-02-11') } : part,
    )
    const told = statement(refuted, period, at('2026-03-01'))
    expect(told.state).toBe('unverified')
    const refusal =
      'Not used before 2026-03-01, says its owner, but a row of 2026-02-11 is stored: so that does not count.'
    expect(told.sentences[2]).toBe(refusal)
    expect(told.sentences.filter((sentence) => sentence.includes('its owner'))).toHaveLength(1)
    const later = { from: at('2026-04-01'), to: at('2026-07-01') }
    expect(statement(refuted, later, at('2026-03-01')).sentences.join()).not.toContain('its owner')
  })

  it('says what the dates of a closing exchange mean together, in words that stay true', () => {
    const edge = at('2026-08-28')
    const old = { from: opened, to: edge, reason: 'beyond-depth' as const }
    const only = { covered: [{ from: edge, to: at('2026-11-26') }], unverified: [old] }
    const known = coverage(at('2026-11-26')).map((part) => ({ ...part, ...only }))
    const told = statement(known, {}).sentences
    const first = told.findIndex((sentence) => sentence.includes('trading ended'))
    expect(told.slice(first, first + 2)).toEqual([
      'BitMart’s trading ended on 2026-08-26; what can be read begins on 2026-08-28: no trade can be had by API any more.',
      'What is missing can only be had from BitMart’s own statements, and those only until 2027-01-31: keep them with this.',
    ])
  })

  it('is named by the ends that its period has', () => {
    const title = (when: Period) => statement([], when).sentences[0]
    expect(title({})).toBe('All that is stored: not complete: some of it was not asked for yet.')
    expect(title({ from: period.from })).toBe(
      'Everything from 1 January 2026 on, UTC: not complete: some of it was not asked for yet.',
    )
    expect(title({ to: period.to })).toBe(
      'Everything up to 30 June 2026, UTC: not complete: some of it was not asked for yet.',
    )
    expect(title(period)).toBe(
      '1 January 2026 to 30 June 2026, UTC: not complete: some of it was not asked for yet.',
    )
  })

  it('counts the unfinished transfers of its period alone, the first instant included and the last one not', () => {
    const { from, to } = period
    const told = (...unfinished: readonly number[]) =>
      statement(
        coverage(at('2026-07-20'), { unfinished: unfinished.map((time) => ({ time, identity: 'a' })) }),
      ).sentences[2]
    expect(told(from, from + 1, to - 1)).toContain('; 3 not finished when last read')
    for (const outside of [from - 1, to]) expect(told(outside)).not.toContain('not finished')
  })
})
