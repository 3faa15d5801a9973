import { isZero } from '../domain/amount.ts'
import { identityOf } from '../domain/transaction.ts'
import type { Assignment } from './assign.ts'
import { eventOf, type Known, type Proven, type Settled } from './known.ts'
import type { Group, Layer } from './layers.ts'
import type { MergedRow } from './merged-row.ts'
import { pairOf } from './told.ts'

/**
 * What closed positions add, for time of which neither a ledger nor fills tell: themselves, with their profit and fee, and their funding as
 * a row of the futures ledger. They vanish when a ledger comes, which has each of these as it was.
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
      if (isToldElsewhere(group, futures, layer.grain.unit, proven)) {
        known += 1
        hidden.push(event)
      } else fresh.push(event, ...fundingOf(group, event))
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

/** What a position was paid, or paid, for being held; without an amount where nobody says which of the two. */
function fundingOf({ row }: Group, { row: event, told }: Known): readonly Known[] {
  const isTold = row.funding !== undefined && !isZero(row.funding)
  const isUnclear = row.unsignedFunding !== undefined && !isZero(row.unsignedFunding)
  if (!('places' in event) || (!isTold && !isUnclear)) return []
  const coin = row.currency ?? row.quote ?? row.feeCurrency
  const { time, raw, symbol, account, precision, places } = event
  const derived: MergedRow = {
    stream: 'futures-ledger',
    time,
    identity: identityOf('position', row.orderId ?? event.identity, 'funding'),
    ...(symbol !== undefined && { symbol }),
    ...(account !== undefined && { account }),
    ...(coin !== undefined && { currency: coin }),
    type: 'funding',
    ...(isTold && { amount: row.funding }),
    raw,
    precision,
    places,
    derived: 'position',
  }
  return [{ row: derived, told: { ...told, stream: 'futures-ledger', row: {} } }]
}
