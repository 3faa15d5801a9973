/**
 * A cell is an address of our own (or one for each zone), with a queue and workers of its own behind it. A connection belongs to one for
 * good: its key may be bound to that address. The first is always there.
 */
export const firstCell = 1

export function cellOf({ cell = firstCell }: { readonly cell?: number | undefined }): number {
  return cell
}

/** The number of the cell with the least on it; of several, the first. `loads` is in the order of the cells. */
export function leastLoaded(loads: readonly number[]): number {
  return firstCell + loads.indexOf(Math.min(...loads))
}

/**
 * The addresses to bind a key to: the first cell's, from which keys are tried before they are connected, and those from which the
 * connection is synced.
 */
export function addressesOf(cells: readonly (readonly string[])[], cell: number): readonly string[] {
  const of = (number: number) => cells[number - firstCell] ?? []
  return cell === firstCell ? of(firstCell) : [...of(firstCell), ...of(cell)]
}

/**
 * What a queue is called after: each exchange has its own in each cell, with workers that nobody else can take, so that one which is
 * slow or hangs keeps no other waiting.
 */
export function laneOf(exchange: string, cell: number): string {
  return cell === firstCell ? exchange : `${exchange}-${cell}`
}
