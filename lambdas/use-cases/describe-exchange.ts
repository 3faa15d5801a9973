import { closingAdvice, closingDates, hasClosed } from '../domain/closing-words.ts'
import { type ExchangeDefinition, takesSymbols } from '../domain/exchange.ts'
import { isoTime } from '../domain/outward.ts'
import { checkedPowers } from '../domain/power-words.ts'
import { isListed, type StreamDefinition } from '../domain/stream.ts'
import { day } from '../domain/window.ts'

/**
 * Everything a user should know about an exchange before connecting it, taken from its definition, at `now` (epoch
 * milliseconds). Outward.
 */
export function describeExchange(exchange: ExchangeDefinition, addresses: readonly string[], now: number) {
  return {
    id: exchange.id,
    name: exchange.name,
    credentials: exchange.credentials.map(({ name, title, hint, maxLength, troublesome }) => ({
      name,
      title,
      hint,
      maxLength,
      ...(troublesome !== undefined && { troublesome }),
    })),
    streams: exchange.streams.map((stream) => ({
      stream: stream.stream,
      title: stream.title,
      works: true,
      ...readingOf(stream),
      changes: stream.mutable,
      servedDays: stream.depth / day,
      ...(stream.isDepthTaken && { isDepthTaken: true }),
      ...(stream.reportedDepth !== undefined && { reportedDays: stream.reportedDepth / day }),
      askedSince: isoTime(stream.opened),
      limit: { calls: stream.rate.calls, perMilliseconds: stream.rate.per, scope: stream.rate.scope },
      unverified: stream.unverified.map(({ says }) => says),
    })),
    takesSymbols: takesSymbols(exchange),
    powers: {
      checked: checkedPowers(exchange),
      uncheckable: exchange.uncheckable,
    },
    absent: exchange.absent,
    keyGuide: exchange.keyGuide,
    ...(exchange.keyPage !== undefined && { keyPage: exchange.keyPage }),
    addresses: { items: addresses, separator: exchange.addressSeparator },
    state: exchangeState(exchange, now),
    closing: closingDates(exchange, now),
    closingAdvice: closingAdvice(exchange, [], now),
  }
}

function exchangeState(
  exchange: Pick<ExchangeDefinition, 'closing'>,
  now: number,
): 'open' | 'closing' | 'closed' {
  if (hasClosed(exchange, now)) return 'closed'
  return exchange.closing.length > 0 ? 'closing' : 'open'
}

/** How a stream is asked for. */
function readingOf(stream: StreamDefinition) {
  const parts = isListed(stream.partitions)
    ? {
        partitions: [],
        partitionsOf: stream.partitions.each[0],
        askedWithinDays: stream.partitions.every / day,
      }
    : { partitions: stream.partitions }
  if (stream.reads === 'list') return { reads: stream.reads, ...parts, pageCap: stream.pageSizes.at(-1) ?? 0 }
  return {
    reads: stream.reads,
    ...parts,
    window: {
      maxDays: stream.maxSpan / day,
      unitMilliseconds: stream.unit,
      lowerEnd: stream.lowerEnd,
      upperEnd: stream.upperEnd,
    },
    pageCap: stream.pageCap,
  }
}
