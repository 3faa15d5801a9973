import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeAll, ownersWord, type Scope } from '../../lambdas/domain/completeness.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import { coverageWords } from '../../lambdas/domain/coverage-words.ts'
import { shortfalls } from '../../lambdas/domain/shortfalls.ts'
import { statementOf } from '../../lambdas/domain/statement.ts'
import { kindsOf } from '../../lambdas/domain/stream.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { type FileHistory, fileTimeOf } from '../../lambdas/statements/file-history.ts'
import { nothingMerged } from '../../lambdas/use-cases/owe-merge.ts'
import { describeCoverage } from '../../lambdas/use-cases/read-coverage.ts'
import { syncStream } from '../../lambdas/use-cases/sync-stream.ts'
import { describeStatus } from '../../local/status/describe-status.ts'

const now = Date.UTC(2026, 10, 26, 12)
const opened = Math.min(...bitmart.streams.map((stream) => stream.opened))
const connection: Connection = {
  id: 'aaaa000000000000',
  user: 'local',
  exchange: 'bitmart',
  subaccount: '',
  keyHint: 'x9f2',
  status: 'disconnected',
  createdAt: 1,
}

/** Of files that tell nothing but when their first row was. */
const fileHistory: FileHistory = { ...nothingMerged, isOwed: false }

const instant = fc.integer({ min: opened - 30 * day, max: now + 30 * day })

/** What may be known of one partition: all of it up to an instant, without a hole of any kind. */
const change = fc.record({
  until: fc.option(fc.integer({ min: opened + 1, max: now })),
  hole: fc.option(fc.tuple(instant, instant).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))),
  kind: fc.constantFrom('open', 'refused', 'damaged', 'expired', 'saturated', 'unreadable'),
  note: fc.constantFrom(null, null, null, null, null, 'not-opened', 'not-served'),
  oldest: fc.option(instant, { freq: 2 }),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

function known(
  stream: Coverage['stream'],
  partition: string,
  from: number,
  made: Change,
): readonly Coverage[] {
  const { until, kind, note, oldest } = made
  if (until === null) return []
  const to = Math.max(from + 1, until)
  const hole = { from: Math.max(from, made.hole?.from ?? 0), to: Math.min(to, made.hole?.to ?? 0) }
  const isHole = hole.to > hole.from
  const covered = isHole
    ? [
        { from, to: hole.from },
        { from: hole.to, to },
      ]
    : [{ from, to }]
  return [
    {
      ...noCoverage(stream, partition),
      attempted: to,
      covered: note === null ? covered.filter((window) => window.to > window.from) : [],
      ...(note !== null && { note }),
      ...(isHole &&
        (kind === 'refused' || kind === 'damaged') && { unverified: [{ ...hole, reason: kind }] }),
      ...(isHole &&
        (kind === 'expired' || kind === 'saturated' || kind === 'unreadable') && {
          lost: [{ ...hole, reason: kind }],
        }),
      ...(oldest !== null && { oldest }),
    },
  ]
}

const partitions = bitmart.streams.flatMap(({ stream, partitions, opened }) =>
  partitions.map((partition) => ({ stream, partition, opened })),
)
/** Mostly whole, so that what is complete comes up as often as what is not. */
const store = fc
  .tuple(
    fc.integer({ min: opened + 1, max: now }),
    fc.array(fc.option(change, { freq: 2 }), { maxLength: 7 }),
  )
  .map(([until, changes]) =>
    partitions.flatMap(({ stream, partition, opened }, index) =>
      known(
        stream,
        partition,
        opened,
        changes[index] ?? { until, hole: null, kind: 'open', note: null, oldest: null },
      ),
    ),
  )
const period = fc
  .record({ from: fc.option(instant), to: fc.option(instant) })
  .map(({ from, to }) => ({ ...(from !== null && { from }), ...(to !== null && { to }) }))
  .filter(({ from = 0, to = Number.POSITIVE_INFINITY }) => from < to)

describe('one meaning: of the same store', () => {
  it('status, the coverage of the API, an export and a run say the same state', () => {
    fc.assert(
      fc.property(store, fc.option(instant), fc.option(instant), (coverage, since, oldest) => {
        const mine = { ...connection, ...(since !== null && { accountSince: since }) }
        const history = oldest === null ? undefined : { ...fileHistory, oldest }
        const files = history === undefined ? undefined : fileTimeOf(history)
        const word = ownersWord(mine.accountSince, coverage, files)
        const status = describeStatus(
          [
            {
              connection: mine,
              exchange: bitmart,
              coverage,
              lastRun: undefined,
              files: history === undefined ? undefined : { stored: [], history },
            },
          ],
          now,
        )
        const told = describeCoverage(bitmart, coverage, mine, now, undefined, files)
        const exported = statementOf(
          [
            {
              name: 'x',
              exchange: bitmart,
              coverage,
              accountSince: mine.accountSince,
              ...(files !== undefined && { files }),
            },
          ],
          {},
        )
        const state = judgeAll(bitmart.streams, coverage, { word })
        expect([status.state, told.state, exported.state]).toEqual([state, state, state])
        const states = told.items.map((item) => item.state)
        expect(status.connections[0]?.streams.map((stream) => stream.state)).toEqual(states)
        const run = kindsOf(bitmart.streams).map((kind) => {
          const { gaps, unverified } = syncStream(kind, coverage, []).progress({ word })
          return { gaps: gaps.length > 0, doubts: unverified.length > 0 }
        })
        for (const [index, item] of told.items.entries()) {
          if (run[index]?.gaps) expect(item.state).toBe('incomplete')
          if (run[index]?.doubts) expect(item.state).not.toBe('complete')
        }
      }),
      { numRuns: 100 },
    )
  })

  it('the words of each stream lack something exactly when its state does', () => {
    const lacks = /nothing is known|nobody can tell|not served|gap |is missing/
    fc.assert(
      fc.property(store, fc.option(instant), period, (coverage, since, when) => {
        const scope: Scope = { period: when, word: ownersWord(since ?? undefined, coverage, undefined) }
        const words = coverageWords(bitmart, coverage, scope)
        for (const [index, kind] of kindsOf(bitmart.streams).entries()) {
          const state = judgeAll(kind, coverage, scope)
          const why = shortfalls(kind, coverage, scope)
          expect(why.length > 0).toBe(state !== 'complete')
          const text = words[index]?.sentences.join('; ') ?? ''
          if (state === 'complete') expect(text).not.toMatch(lacks)
          if (state === 'unverified') expect(text).toMatch(lacks)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('a period that its owner says the account was not used in is none by that word, and nothing else is said of it', () => {
    const coverage = partitions.flatMap(({ stream, partition, opened }) =>
      known(stream, partition, opened, { until: now, hole: null, kind: 'open', note: null, oldest: null }),
    )
    const since = Date.UTC(2026, 10, 21)
    const year = { from: Date.UTC(2025, 0, 1), to: Date.UTC(2026, 0, 1) }
    const { state, sentences } = statementOf(
      [{ name: 'x', exchange: bitmart, coverage, accountSince: since }],
      year,
    )
    expect(state).toBe('complete')
    expect(sentences[2]).toBe('Spot fills: before 2026-11-21 none, as its owner says.')
    const early = { from: Date.UTC(2015, 0, 1), to: Date.UTC(2016, 0, 1) }
    expect(statementOf([{ name: 'x', exchange: bitmart, coverage }], early).sentences[2]).toBe(
      `Spot fills: before ${new Date(bitmart.streams[0]?.opened ?? 0).toISOString().slice(0, 10)} none: the exchange began then.`,
    )
  })

  it('an account that began after the last sync is not complete: nothing is known of it yet', () => {
    const until = Date.UTC(2026, 10, 25, 23, 55)
    const coverage = partitions.flatMap(({ stream, partition, opened }) =>
      known(stream, partition, opened, { until, hole: null, kind: 'open', note: null, oldest: null }),
    )
    const word = ownersWord(Date.UTC(2026, 10, 26), coverage, undefined)
    expect(judgeAll(bitmart.streams, coverage, { word })).toBe('incomplete')
    expect(shortfalls(bitmart.streams, coverage, { word })).toEqual([
      'Spot fills, Futures fills, Futures ledger rows, Withdrawals and Deposits: nothing is known after 2026-11-25 23:55',
    ])
  })
})
