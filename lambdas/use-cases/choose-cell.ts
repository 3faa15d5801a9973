import { cellOf, leastLoaded } from '../domain/cell.ts'
import type { Connection } from '../domain/connection.ts'

export type ChooseCellPorts = {
  readonly cells: {
    find(user: string, exchange: string): Promise<number | undefined>
    /** Resolves with the cell that it is from now on: another one where somebody was quicker. */
    settle(user: string, exchange: string, cell: number): Promise<number>
    /** What each of so many cells carries at an exchange, in their order. */
    loads(exchange: string, count: number): Promise<readonly number[]>
    add(exchange: string, cell: number): Promise<void>
  }
  readonly connections: { list(user: string): Promise<readonly Connection[]> }
  /** How many cells there are. */
  readonly cellCount: number
}

/**
 * The cell of all that a user connects to an exchange: chosen by what each carries when its address is shown for the first time, and the
 * same ever after, since that address is bound at the exchange. Who was there before there were cells stays where they were.
 */
export async function chooseCell(ports: ChooseCellPorts, user: string, exchange: string): Promise<number> {
  const { cells, connections, cellCount } = ports
  const settled = await cells.find(user, exchange)
  if (settled !== undefined) return settled
  // Without a key nobody has bound an address yet.
  const other = (await connections.list(user)).find(
    (one) => one.exchange === exchange && one.statementsOnly !== true,
  )
  if (other !== undefined) return cells.settle(user, exchange, cellOf(other))
  const chosen = await cells.settle(user, exchange, leastLoaded(await cells.loads(exchange, cellCount)))
  // Whoever was shown an address counts already: many who look at once would all be sent to one.
  await cells.add(exchange, chosen)
  return chosen
}

/** The cell of a connection that is being made: it carries one more from now on. */
export async function joinCell(ports: ChooseCellPorts, user: string, exchange: string): Promise<number> {
  const cell = await chooseCell(ports, user, exchange)
  await ports.cells.add(exchange, cell)
  return cell
}
