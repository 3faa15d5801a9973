import { type Coverage, frontier, gaps } from './coverage.ts'
import { coverageWords, readableTime } from './coverage-words.ts'
import type { ExchangeDefinition } from './exchange.ts'
import type { Period } from './period.ts'
import { intersect } from './window.ts'

/** What an export covers, in sentences for whoever files it. */
export type Statement = {
  /** True when all of the period is known to be complete, in every stream of every connection. */
  readonly complete: boolean
  readonly sentences: readonly string[]
}

/** A connection as its user calls it, and what is known about its history. */
export type Covered = {
  readonly name: string
  readonly exchange: Pick<ExchangeDefinition, 'name' | 'streams' | 'sentences' | 'absent'>
  readonly coverage: readonly Coverage[]
}

/**
 * What is known about the period, at `now` (epoch milliseconds). It says as of which sync that is, and not as of now: the
 * same data makes the same statement.
 */
export function statementOf(connections: readonly Covered[], period: Period, now: number): Statement {
  const parts = connections.map((connection) => statementOfOne(connection, period, now))
  const complete = parts.length > 0 && parts.every((part) => part.complete)
  return {
    complete,
    sentences: [
      `${periodInWords(period)}${asOf(connections)}: ${complete ? 'complete.' : 'not known to be complete.'}`,
      ...(connections.length === 0 ? ['There are no connections.'] : []),
      ...parts.flatMap((part) => part.sentences),
      ...absentSentences(connections),
    ],
  }
}

/** What no period and no connection of these exchanges ever holds, once for each exchange. */
function absentSentences(connections: readonly Covered[]): readonly string[] {
  const exchanges = new Map(connections.map(({ exchange }) => [exchange.name, exchange]))
  return [...exchanges.values()].flatMap(({ name, absent }) =>
    absent.length === 0 ? [] : [`Never imported from ${name}:`, ...absent],
  )
}

/** Up to when every connection was synced. */
function asOf(connections: readonly Covered[]): string {
  const synced = connections.map(({ coverage }) =>
    coverage.reduce((latest, { attempted }) => Math.max(latest, attempted), 0),
  )
  const all = synced.reduce((earliest, time) => Math.min(earliest, time), Number.POSITIVE_INFINITY)
  return Number.isFinite(all) && all > 0 ? `, as of ${readableTime(all)} UTC` : ''
}

function periodInWords({ from, to }: Period): string {
  if (from === undefined)
    return to === undefined ? 'All that is stored' : `Everything before ${readableTime(to)}`
  return to === undefined
    ? `Everything from ${readableTime(from)} on`
    : `From ${readableTime(from)} to ${readableTime(to)}`
}

function statementOfOne(connection: Covered, period: Period, now: number): Statement {
  const from = period.from ?? 0
  const to = period.to ?? Number.MAX_SAFE_INTEGER
  // Seen through the period, the exchange opened when it begins, and nothing was tried after its end.
  const streams = connection.exchange.streams.map((stream) => ({
    ...stream,
    opened: Math.max(stream.opened, from),
  }))
  const coverage = connection.coverage.map((part) => clip(part, from, to))
  // A period that lasts on is told up to where it is known.
  const end = period.to === undefined || period.to > now ? undefined : period.to
  const behind = streams.flatMap(({ stream, partitions, opened }) => {
    if (end === undefined || opened >= end) return []
    return partitions.flatMap((partition) => {
      const part = coverage.find((one) => one.stream === stream && one.partition === partition)
      if (part?.note !== undefined) return []
      if (part !== undefined && part.attempted >= end) return []
      return [{ known: part === undefined ? undefined : frontier(part) }]
    })
  })
  const complete =
    behind.length === 0 &&
    streams.every(({ stream, partitions, opened }) =>
      partitions.every((partition) => {
        const part = coverage.find((one) => one.stream === stream && one.partition === partition)
        if (part === undefined) return false
        return part.note !== undefined || (part.unverified.length === 0 && gaps(part, opened).length === 0)
      }),
    )
  const words = coverageWords({ ...connection.exchange, streams }, coverage)
  return {
    complete,
    sentences: [
      `${connection.exchange.name}, ${connection.name}:`,
      ...words.map(({ title, sentences }) => `${title}: ${sentences.join('; ')}.`),
      ...(behind.length === 0 ? [] : [lateSentence(behind.map(({ known }) => known))]),
    ],
  }
}

function lateSentence(known: readonly (number | undefined)[]): string {
  const times = known.filter((time) => time !== undefined)
  const since =
    times.length < known.length ? '' : ` after ${readableTime(times.reduce((a, b) => Math.min(a, b)))} UTC`
  return `The end of the period is not imported yet: nothing is known${since}. Sync again, and export again.`
}

function clip(part: Coverage, from: number, to: number): Coverage {
  const span = [{ from, to }]
  const isWithin = ({ time }: { readonly time: number }) => time >= from && time < to
  const within = <T extends { readonly from: number; readonly to: number }>(list: readonly T[]) =>
    list.flatMap((one) => intersect([one], span).map((window) => ({ ...one, ...window })))
  return {
    ...part,
    covered: intersect(part.covered, span),
    unverified: within(part.unverified),
    lost: within(part.lost),
    attempted: Math.min(part.attempted, to),
    unfinished: part.unfinished.filter(isWithin),
    missing: part.missing?.filter(isWithin),
    revised: part.revised?.filter(isWithin),
  }
}
