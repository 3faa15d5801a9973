type TimeOrder = {
  readonly length: number
  readonly positions: readonly number[]
  readonly times: readonly number[]
}
type OrderIndex = { readonly length: number; readonly positions: ReadonlyMap<string, readonly number[]> }

const timeOrders = new WeakMap<readonly unknown[], TimeOrder>()
const orderIndexes = new WeakMap<readonly unknown[], OrderIndex>()

/** The rows from `from` to `to`, both included, in time order. Rows added to the list later are found too. */
export function rowsBetween<Row>(
  rows: readonly Row[],
  timeOf: (row: Row) => number,
  from: number,
  to: number,
  keep: (row: Row) => boolean,
): Row[] {
  const { positions, times } = timeOrder(rows, timeOf)
  const found: Row[] = []
  for (let rank = firstAtLeast(times, from); rank < times.length; rank++) {
    if ((times[rank] ?? to) > to) break
    const row = rows[positions[rank] ?? -1]
    if (row !== undefined && keep(row)) found.push(row)
  }
  return found
}

export function rowsOfOrder<Row>(rows: readonly Row[], orderOf: (row: Row) => string, order: string): Row[] {
  return (orderIndex(rows, orderOf).get(order) ?? []).flatMap((position) => rows[position] ?? [])
}

const firstRows = new WeakMap<
  readonly unknown[],
  { readonly length: number; readonly positions: readonly number[] }
>()

/** One row of each order. */
export function firstOfOrder<Row>(rows: readonly Row[], orderOf: (row: Row) => string): readonly Row[] {
  const known = firstRows.get(rows)
  if (known?.length !== rows.length) {
    const positions = [...orderIndex(rows, orderOf).values()].flatMap((list) => list.slice(0, 1))
    firstRows.set(rows, { length: rows.length, positions })
  }
  return (firstRows.get(rows)?.positions ?? []).flatMap((position) => rows[position] ?? [])
}

function timeOrder<Row>(rows: readonly Row[], timeOf: (row: Row) => number): TimeOrder {
  const known = timeOrders.get(rows)
  if (known?.length === rows.length) return known
  const ranked = rows.map((row, position) => ({ time: timeOf(row), position }))
  ranked.sort((a, b) => a.time - b.time || a.position - b.position)
  const order = {
    length: rows.length,
    positions: ranked.map(({ position }) => position),
    times: ranked.map(({ time }) => time),
  }
  timeOrders.set(rows, order)
  return order
}

function orderIndex<Row>(
  rows: readonly Row[],
  orderOf: (row: Row) => string,
): ReadonlyMap<string, readonly number[]> {
  const known = orderIndexes.get(rows)
  if (known?.length === rows.length) return known.positions
  const positions = new Map<string, number[]>()
  rows.forEach((row, position) => {
    const order = orderOf(row)
    const list = positions.get(order)
    if (list === undefined) positions.set(order, [position])
    else list.push(position)
  })
  orderIndexes.set(rows, { length: rows.length, positions })
  return positions
}

function firstAtLeast(times: readonly number[], time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? time) < time) low = middle + 1
    else high = middle
  }
  return low
}
