import type { StreamKind } from '../domain/stream.ts'
import { type Sums, windowOf } from '../domain/sums.ts'
import type { Window } from '../domain/window.ts'
import { type FindConnectionPorts, findConnection, type Owner, ownerOf } from './find-connection.ts'

export type CountMonthsPorts = FindConnectionPorts & {
  readonly sums: { load(owner: Owner): Promise<readonly Sums[]> }
}

export type Month = Window & { readonly stream: StreamKind; readonly rows: number }

/**
 * How many rows are stored of each stream, thirty days by thirty days, oldest first; days without rows are left out. As
 * the last sync has counted them: one under way may have stored more.
 */
export async function countMonths(
  ports: CountMonthsPorts,
  user: string,
  id: string,
): Promise<readonly Month[]> {
  const connection = await findConnection(ports, user, id)
  const sums = await ports.sums.load(ownerOf(connection))
  return sums.flatMap(({ stream, months }) =>
    [...months]
      .sort((a, b) => a.month - b.month)
      .flatMap(({ month, count }) => (count > 0 ? [{ stream, rows: count, ...windowOf(month) }] : [])),
  )
}
