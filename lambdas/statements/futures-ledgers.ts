import type { Window } from '../domain/window.ts'
import type { Assignment } from './assign.ts'
import { instantsOf } from './exactness.ts'
import { eventOf, isProven, type Known, type Proven, type Settled } from './known.ts'
import { type Layer, placesOf } from './layers.ts'
import { ledgerCause } from './ledger-words.ts'
import { pairOf } from './told.ts'
import { meets, type TradeTime } from './trade-time.ts'

/** How much later than its fill a row of the ledger may be dated, or earlier. Milliseconds. */
export const skew = 10_000

type Part = 'realizedPnl' | 'fee'

/**
 * What a file of the futures ledger adds. Profit and fees that fills tell, or orders of a file, are told there: a row of a file always tells
 * its own, so that what is left of it here stands nowhere else.
 */
export function settleFuturesLedger(
  layer: Layer,
  finer: readonly Known[],
  found: Assignment,
  proven: Proven,
  tradeTime: TradeTime,
): Settled {
  const fills = near(finer, 'futures-trade')
  const fresh: Known[] = []
  const hidden: Known[] = []
  const contradictions: Settled['contradictions'][number][] = []
  let known = 0
  layer.groups.forEach((group, index) => {
    const taken = found.taken.get(index) ?? 0
    known += taken
    const rest = group.count - taken
    if (rest === 0) return
    if (isProven(group.row, layer.grain, found.rule, proven)) {
      contradictions.push({ why: 'unserved', row: group.row, count: rest, places: placesOf(group) })
      return
    }
    const part = partOf(group.row.type)
    for (let ordinal = 1; ordinal <= rest; ordinal += 1) {
      const event = eventOf(layer, group, ordinal, found.rule)
      const span = instantsOf(event.row.time, layer.grain.unit, found.rule.time)
      if (part !== undefined && isToldByTrades(event, part, span)) {
        known += 1
        hidden.push(event)
      } else if (part !== undefined && pairOf(event.row) === undefined && meetsOrders(part, span))
        contradictions.push({ why: 'no-market', row: group.row, count: 1, places: placesOf(group) })
      else fresh.push(event)
    }
  })
  return { fresh, hidden, contradictions, known }

  function isToldByTrades(event: Known, part: Part, span: Window): boolean {
    const pair = pairOf(event.row)
    const isNear = fills(span).some(
      ({ row }) => row[part] !== undefined && (pair === undefined || (pairOf(row) ?? pair) === pair),
    )
    return isNear || (pair !== undefined && meetsOrders(part, span, pair))
  }

  function meetsOrders(part: Part, span: Window, market?: string): boolean {
    return tradeTime[part].some(
      (time) => (market === undefined || time.market === market) && meets(time, span),
    )
  }
}

function partOf(type: string | undefined): Part | undefined {
  const cause = ledgerCause(type)
  if (cause === 'realized-pnl') return 'realizedPnl'
  return cause === 'commission' ? 'fee' : undefined
}

/** The rows of a stream that a row of a file at some time may tell again. */
export function near(
  finer: readonly Known[],
  stream: Known['row']['stream'],
): (span: Window) => readonly Known[] {
  const spans = new Map<number, Known[]>()
  for (const one of finer) {
    if (one.row.stream !== stream) continue
    const number = Math.floor(one.row.time / skew)
    const known = spans.get(number)
    if (known === undefined) spans.set(number, [one])
    else known.push(one)
  }
  return ({ from, to }) => {
    const found: Known[] = []
    for (let number = Math.floor((from - skew) / skew); number * skew < to + skew; number += 1)
      for (const one of spans.get(number) ?? [])
        if (one.row.time >= from - skew && one.row.time < to + skew) found.push(one)
    return found
  }
}
