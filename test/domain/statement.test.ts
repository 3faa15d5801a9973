import { describe, expect, it } from 'vitest'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Period } from '../../lambdas/domain/period.ts'
import { statementOf } from '../../lambdas/domain/statement.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart.ts'

const at = (iso: string) => Date.parse(`${iso}T00:00:00Z`)
const opened = bitmart.streams[0]?.opened ?? 0
const period = { from: at('2026-01-01'), to: at('2026-07-01') }
const asOf = at('2026-08-01')

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

function statement(known: readonly Coverage[], when: Period = period) {
  return statementOf([{ name: '“Main”', exchange: bitmart, coverage: known }], when, asOf)
}

describe('what an export says that it covers', () => {
  it('is that it is complete, when every stream is covered for all of the period', () => {
    const { complete, sentences } = statement(coverage(at('2026-07-20')))
    expect(complete).toBe(true)
    expect(sentences.slice(0, 3)).toEqual([
      'From 2026-01-01 to 2026-07-01, as of 2026-07-20 UTC: complete.',
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
      asOf,
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
    const { complete, sentences } = statement(coverage(at('2026-07-20'), { covered, lost: [before, gap] }))
    expect(complete).toBe(false)
    expect(sentences[0]).toContain('not known to be complete')
    expect(sentences[2]).toContain('gap 2026-03-01 … 2026-03-05: no longer served when we came (expired)')
    expect(sentences.join()).not.toContain('2025-03')
    const later = { from: at('2026-04-01'), to: period.to }
    expect(statement(coverage(at('2026-07-20'), { covered, lost: [before, gap] }), later).complete).toBe(true)
  })

  it('is what nobody can tell', () => {
    const old = { from: opened, to: at('2026-02-01'), reason: 'beyond-depth' as const }
    const covered = [{ from: old.to, to: at('2026-07-20') }]
    const { complete, sentences } = statement(coverage(at('2026-07-20'), { covered, unverified: [old] }))
    expect(complete).toBe(false)
    expect(sentences[2]).toContain('before 2026-02-01 nobody can tell')
  })

  it('is that the end of the period was not imported yet', () => {
    const { complete, sentences } = statement(coverage(at('2026-06-15')))
    expect(complete).toBe(false)
    expect(sentences.join()).toContain('nothing is known after 2026-06-15 UTC')
    const never = statement([])
    expect(never.complete).toBe(false)
    expect(never.sentences.join()).toContain('nothing is known.')
  })

  it('does not ask for another sync where one was and nobody can tell', () => {
    const old = { from: opened, to: at('2026-07-20'), reason: 'beyond-depth' as const }
    const { sentences } = statement(coverage(at('2026-07-20'), { covered: [], unverified: [old] }))
    expect(sentences.join()).toContain('before 2026-07-01 nobody can tell')
    expect(sentences.join()).not.toContain('Sync again')
  })

  it('is complete as far as it is known, when the period is not over', () => {
    const year = { from: at('2026-01-01'), to: at('2027-01-01') }
    const { complete, sentences } = statement(coverage(asOf - 600_000), year)
    expect(complete).toBe(true)
    expect(sentences.join()).not.toContain('Sync again')
  })

  it('is the same at any later time, as long as nothing was synced', () => {
    const known = [{ name: '“Main”', exchange: bitmart, coverage: coverage(at('2026-07-20')) }]
    expect(statementOf(known, period, asOf + 1e9)).toEqual(statementOf(known, period, asOf))
  })

  it('is as of the connection that was synced the longest ago', () => {
    const synced = (until: number) => ({ name: 'x', exchange: bitmart, coverage: coverage(until) })
    const { sentences } = statementOf([synced(at('2026-07-20')), synced(at('2026-07-10'))], period, asOf)
    expect(sentences[0]).toContain('as of 2026-07-10 UTC')
  })

  it('is complete up to now, when the period lasts on', () => {
    const { from } = period
    expect(
      statementOf([{ name: 'x', exchange: bitmart, coverage: coverage(asOf - 1) }], { from }, asOf).complete,
    ).toBe(true)
    expect(statementOf([], {}, asOf)).toEqual({
      complete: false,
      sentences: ['All that is stored: not known to be complete.', 'There are no connections.'],
    })
  })

  it('does not miss what the exchange never serves', () => {
    const known = coverage(at('2026-07-20')).map((part) =>
      part.stream === 'withdrawal' ? { ...part, covered: [], note: 'not-served' as const } : part,
    )
    expect(statement(known).complete).toBe(true)
  })

  it('is named by the ends that its period has', () => {
    const title = (when: Period) => statement([], when).sentences[0]
    expect(title({})).toBe('All that is stored: not known to be complete.')
    expect(title({ from: period.from })).toBe('Everything from 2026-01-01 on: not known to be complete.')
    expect(title({ to: period.to })).toBe('Everything before 2026-07-01: not known to be complete.')
    expect(title(period)).toBe('From 2026-01-01 to 2026-07-01: not known to be complete.')
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
