import type { StreamKind } from '../domain/stream.ts'
import { rowOfOwn } from './own-row.ts'
import { type OwnRow, ownRowsOf } from './own-rows.ts'
import { openPreview } from './preview.ts'
import { FileRefused } from './refusal.ts'
import type { StatementRow } from './row.ts'

/** The tables of an export of ours: one for each kind of history. All of its rows are of one account. */
export async function readOwnExport(
  name: string,
  format: Parameters<typeof ownRowsOf>[0],
  bytes: Uint8Array,
) {
  const previews = new Map<StreamKind, ReturnType<typeof openPreview>>()
  let first: OwnRow | undefined
  for await (const [line, row] of numbered(ownRowsOf(format, bytes))) {
    first ??= row
    if (row.connection !== first.connection)
      throw new FileRefused(
        `${name} has the rows of several accounts: export each account by itself, and take it to its connection.`,
      )
    const { stream } = row.transaction
    const preview = previews.get(stream) ?? openPreview({ lostIds: [] })
    previews.set(stream, preview)
    preview.see(rowOfOwn(line, row.transaction))
  }
  if (first === undefined) throw new FileRefused(`${name} has no rows: there is nothing to take from it.`)
  const { exchange, connection: exportOf } = first
  return [...previews].map(([stream, preview]) => ({
    name: `Our own export, ${stream}`,
    format: 'own-export',
    exchange,
    exportOf,
    clock: 'UTC',
    grain: {
      // What a ledger repeats was settled before it was exported: its rows are events.
      granularity:
        stream === 'spot-trade' || stream === 'futures-trade' ? ('fill' as const) : ('transfer' as const),
      unit: 1,
      fields: [],
      decimals: {},
    },
    preview: preview.result(),
    rows: () => rowsOf(stream, format, bytes),
  }))
}

async function* rowsOf(
  stream: StreamKind,
  format: Parameters<typeof ownRowsOf>[0],
  bytes: Uint8Array,
): AsyncIterable<StatementRow> {
  for await (const [line, { transaction }] of numbered(ownRowsOf(format, bytes)))
    if (transaction.stream === stream) yield rowOfOwn(line, transaction)
}

async function* numbered<T>(rows: AsyncIterable<T>): AsyncIterable<readonly [number, T]> {
  let number = 0
  for await (const row of rows) {
    number += 1
    yield [number, row]
  }
}
