import { isZero, negate } from '../domain/amount.ts'
import { type Amount, identityOf } from '../domain/transaction.ts'
import type { Assignment } from './assign.ts'
import { eventOf, type Known, type Proven, type Settled } from './known.ts'
import type { Group, Layer } from './layers.ts'
import type { MergedRow } from './merged-row.ts'
import { pairOf } from './told.ts'

/**
 * What closed positions add: their profit, fees and funding, as rows of the futures ledger, for time of which neither a ledger nor
 * fills tell. They vanish when a ledger comes, which has each of them as it was.
 */
export function settlePositions(
  layer: Layer,
  finer: readonly Known[],
  found: Assignment,
  proven: Proven,
): Settled {
  const fresh: Known[] = []
  const hidden: Known[] = []
  let known = 0
  const futures = finer.filter(({ row }) => row.stream === 'futures-trade' || row.stream === 'futures-ledger')
  layer.groups.forEach((group, index) => {
    const taken = found.taken.get(index) ?? 0
    known += taken
    for (let ordinal = 1; ordinal <= group.count - taken; ordinal += 1) {
      const event = eventOf(layer, group, ordinal, found.rule)
      hidden.push(event)
      if (isToldElsewhere(group, futures, layer.grain.unit, proven)) known += 1
      else fresh.push(...moneyOf(group, event))
    }
  })
  return { fresh, hidden, contradictions: [], known }
}

/** Whether a ledger is known for the time in which a position was held, or fills of its market are. */
function isToldElsewhere({ row }: Group, futures: readonly Known[], unit: number, proven: Proven): boolean {
  const to = row.times[0] + unit
  const from = row.openWall === undefined ? row.times[0] : row.openWall + row.times[0] - row.wall
  const pair = pairOf(row)
  return (
    proven({ ...row, stream: 'futures-ledger' }, { from, to }) ||
    futures.some((one) => one.row.time >= from && one.row.time < to && (pairOf(one.row) ?? pair) === pair)
  )
}

function moneyOf({ row }: Group, { row: event, told }: Known): readonly Known[] {
  if (!('precision' in event)) return []
  const coin = row.currency ?? row.quote ?? row.feeCurrency
  const changes: readonly (readonly [type: string, amount: Amount | undefined])[] = [
    ['realized-pnl', row.realizedPnl],
    ['commission', row.fee === undefined ? undefined : negate(row.fee)],
    ['funding', row.funding],
  ]
  return changes.flatMap(([type, amount]) => {
    if (amount === undefined || isZero(amount)) return []
    const { time, raw, symbol, account, precision, places } = event
    const derived: MergedRow = {
      stream: 'futures-ledger',
      time,
      identity: identityOf('position', row.orderId ?? event.identity, type),
      ...(symbol !== undefined && { symbol }),
      ...(account !== undefined && { account }),
      ...(coin !== undefined && { currency: coin }),
      type,
      amount,
      raw,
      precision,
      places,
      derived: 'position',
    }
    return [{ row: derived, told: { ...told, stream: 'futures-ledger', row: {} } }]
  })
}
