import type { Owner } from '../domain/connection.ts'
import type { StreamKind } from '../domain/stream.ts'
import { type Sums, windowOf } from '../domain/sums.ts'
import type { Window } from '../domain/window.ts'
import type { FileHistory } from '../statements/file-history.ts'
import { type FindConnectionPorts, findConnection, ownerOf } from './find-connection.ts'

export type CountMonthsPorts = FindConnectionPorts & {
  readonly sums: { load(owner: Owner): Promise<readonly Sums[]> }
  readonly fileHistory: { load(owner: Owner): Promise<Pick<FileHistory, 'months'> | undefined> }
}

export type Month = Window & { readonly stream: StreamKind; readonly rows: number }

/**
 * How many rows are stored of each stream, thirty days by thirty days, oldest first; days without rows are left out. As
 * the last sync and the last merge of files have counted them: one under way may have stored more.
 */
export async function countMonths(
  ports: CountMonthsPorts,
  user: string,
  id: string,
): Promise<readonly Month[]> {
  const connection = await findConnection(ports, user, id)
  const owner = ownerOf(connection)
  const served = (await ports.sums.load(owner)).flatMap(({ stream, months }) =>
    months.map(({ month, count }) => ({ stream, month, rows: count })),
  )
  const told = connection.files ? ((await ports.fileHistory.load(owner))?.months ?? []) : []
  const streams = [...new Set([...served, ...told].map(({ stream }) => stream))]
  return streams.flatMap((stream) => {
    const own = [...served, ...told].filter((one) => one.stream === stream)
    const numbers = [...new Set(own.map(({ month }) => month))].sort((a, b) => a - b)
    return numbers.flatMap((number) => {
      const rows = own.reduce((sum, { month, rows: some }) => (month === number ? sum + some : sum), 0)
      return rows > 0 ? [{ stream, rows, ...windowOf(number) }] : []
    })
  })
}
