import { type Origin, openFilled, originOf, restName, rowsOfOwn } from './own-origin.ts'
import { type OwnRow, ownRowsOf } from './own-rows.ts'
import { openPreview } from './preview.ts'
import { FileRefused } from './refusal.ts'
import type { StatementRow } from './row.ts'

type Format = Parameters<typeof ownRowsOf>[0]

/** The tables of an export of ours: one for each kind of history and of what it was made of. All of its rows are of one account. */
export async function readOwnExport(name: string, format: Format, bytes: Uint8Array) {
  const tables = new Map<
    string,
    { readonly origin: Origin; readonly preview: ReturnType<typeof openPreview> }
  >()
  const rests = new Set<string>()
  let first: OwnRow | undefined
  for await (const [, row] of numbered(ownRowsOf(format, bytes))) {
    first ??= row
    if (row.connection !== first.connection)
      throw new FileRefused(
        `${name} has the rows of several accounts: export each account by itself, and take it to its connection.`,
      )
    const rest = restName(row.transaction)
    if (rest !== undefined) rests.add(rest)
  }
  if (first === undefined) throw new FileRefused(`${name} has no rows: there is nothing to take from it.`)
  const filled = openFilled(rests)
  if (rests.size > 0)
    for await (const [, { transaction }] of numbered(ownRowsOf(format, bytes))) filled.see(transaction)
  for await (const [line, { transaction }] of numbered(ownRowsOf(format, bytes))) {
    const origin = originOf(transaction)
    const table = tables.get(nameOf(origin)) ?? { origin, preview: openPreview({ lostIds: [] }) }
    tables.set(nameOf(origin), table)
    for (const row of rowsOfOwn(line, transaction, filled)) table.preview.see({ row })
  }
  const { exchange, connection: exportOf } = first
  return [...tables].map(([key, { origin, preview }]) => ({
    name: `Our own export, ${origin.stream}`,
    format: 'own-export',
    exchange,
    exportOf,
    clock: 'UTC',
    grain: {
      granularity: origin.granularity,
      unit: origin.unit,
      fields: [],
      decimals: {},
    },
    preview: preview.result(),
    rows: async function* rows(): AsyncIterable<StatementRow> {
      for await (const [line, { transaction }] of numbered(ownRowsOf(format, bytes)))
        if (nameOf(originOf(transaction)) === key) yield* rowsOfOwn(line, transaction, filled)
    },
  }))
}

function nameOf({ stream, granularity, unit }: Origin): string {
  return `${stream} ${granularity} ${unit}`
}

async function* numbered<T>(rows: AsyncIterable<T>): AsyncIterable<readonly [number, T]> {
  let number = 0
  for await (const row of rows) {
    number += 1
    yield [number, row]
  }
}
