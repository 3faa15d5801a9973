import type { Connection } from '../domain/connection.ts'
import { type Coverage, frontier, gaps } from '../domain/coverage.ts'
import { streamNames, streamSentences } from '../domain/coverage-words.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { isoTime } from '../domain/outward.ts'
import type { Window } from '../domain/window.ts'
import { type FindConnectionPorts, findConnection, type Owner } from './find-connection.ts'
import { RefusedError } from './refusal.ts'

export type ReadCoveragePorts = FindConnectionPorts & {
  readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
  readonly coverage: { load(owner: Owner): Promise<readonly Coverage[]> }
}

/**
 * What is known about every stream of a connection, in words and as intervals, and what the streams leave out; outward,
 * so times are ISO 8601.
 */
export async function readCoverage(ports: ReadCoveragePorts, user: string, id: string) {
  const connection: Connection = await findConnection(ports, user, id)
  const exchange = ports.exchanges.get(connection.exchange)
  if (exchange === undefined)
    throw new RefusedError('not-found', `The exchange ${connection.exchange} is not known here any more.`)
  const coverage = await ports.coverage.load({ user, connection: id })
  return { items: describeCoverage(exchange, coverage), absent: exchange.absent }
}

/** Every stream of the exchange, the ones never asked included. */
export function describeCoverage(exchange: ExchangeDefinition, coverage: readonly Coverage[]) {
  return exchange.streams.map((definition) => {
    const { stream, opened } = definition
    const parts = coverage.filter((part) => part.stream === stream)
    return {
      stream,
      title: streamNames[stream],
      sentences: streamSentences(definition, parts, exchange.sentences),
      partitions: parts.map((part) => describePart(part, opened)),
    }
  })
}

function describePart(part: Coverage, opened: number) {
  const newest = frontier(part)
  return {
    partition: part.partition,
    ...(part.note !== undefined && { note: part.note }),
    ...(newest !== undefined && { coveredUntil: isoTime(newest) }),
    covered: part.covered.map(outside),
    gaps: gaps(part, opened).map((gap) => ({ ...outside(gap), reason: gap.reason })),
    unverified: part.unverified.map((span) => ({ ...outside(span), reason: span.reason })),
    unfinished: part.unfinished.length,
    ...(part.missing !== undefined && { missing: part.missing.length }),
    ...(part.revised !== undefined && { revised: part.revised.length }),
  }
}

function outside({ from, to }: Window): { from: string; to: string } {
  return { from: isoTime(from), to: isoTime(to) }
}
