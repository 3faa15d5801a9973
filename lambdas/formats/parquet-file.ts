import { Buffer } from 'node:buffer'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { z } from 'zod'
import type { ExportRow, FileFacts, FileWriter } from '../domain/export-format.ts'
import { canonicalColumns, canonicalFields } from './canonical-csv.ts'

/**
 * Rows held in memory at once, and between two stops, after so many that are written. What the footer tells of a group takes
 * some 150 KB until the end (measured at ten million rows), so that a large file has larger groups.
 */
function groupSizeAfter(rows: bigint): number {
  return rows < 1_000_000n ? 5_000 : 25_000
}

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema']

/** `time` is in every row; all other fields are absent where they have no meaning. */
const schema: Schema = [
  { name: 'transactions', num_children: canonicalColumns.length },
  ...canonicalColumns.map(({ name, kind }): Schema[number] =>
    kind === 'time'
      ? {
          name,
          type: 'INT64',
          converted_type: 'TIMESTAMP_MILLIS',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
          repetition_type: 'REQUIRED',
        }
      : {
          name,
          type: 'BYTE_ARRAY',
          converted_type: 'UTF8',
          logical_type: { type: 'STRING' },
          repetition_type: 'OPTIONAL',
        },
  ),
]

/** Groups are as large as they are wherever a writer stopped: it goes on between two of them only. */
export function openParquetFile({ statement }: FileFacts, kept?: unknown): FileWriter {
  const bytes = new ByteWriter()
  const writer = new ParquetWriter({
    writer: bytes,
    schema,
    createdBy: 'exchange-history-importer',
    kvMetadata: [
      { key: 'statement', value: statement.sentences.join('\n') },
      { key: 'complete', value: String(statement.state === 'complete') },
      { key: 'state', value: statement.state },
    ],
  })
  let group = emptyGroup()
  if (kept !== undefined) {
    const { offset, groups } = keptSchema.parse(kept)
    Object.assign(bytes, { offset, index: 0 })
    for (const one of groups.map(withBigInts)) if (isGroup(one)) writer.row_groups.push(one)
    writer.num_rows = writer.row_groups.reduce((sum, { num_rows: rows }) => sum + rows, 0n)
  }

  function writeGroup(): void {
    writer.write({ columnData: group.columns, rowGroupSize: group.size })
    group = emptyGroup()
  }

  return {
    begin: () => written(bytes),
    row: (row) => {
      addTo(group, row)
      if (group.size < groupSizeAfter(writer.num_rows)) return nothing
      writeGroup()
      return written(bytes)
    },
    end: () => {
      if (group.size > 0) writeGroup()
      writer.finish()
      if (writer.num_rows === 0n) nameElementsOfNoGroups(bytes)
      return written(bytes)
    },
    kept: () =>
      group.size === 0 ? { offset: bytes.offset, groups: writer.row_groups.map(withoutBigInts) } : undefined,
  }
}

const nothing = new Uint8Array(0)

const keptSchema = z.object({ offset: z.number(), groups: z.array(z.unknown()) })

/** What the footer says of a group, as the library made it. */
function isGroup(kept: unknown): kept is ParquetWriter['row_groups'][number] {
  return z.object({ columns: z.array(z.unknown()), num_rows: z.bigint() }).safeParse(kept).success
}

/** JSON knows no integers of 64 bits: they are texts there that end with `n`, as nothing else in a footer does. */
function withoutBigInts(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_name, one) => (typeof one === 'bigint' ? `${one}n` : one)))
}

function withBigInts(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_name, one) =>
    typeof one === 'string' && /^-?\d+n$/.test(one) ? BigInt(one.slice(0, -1)) : one,
  )
}

/**
 * An empty list says in Thrift, too, what it would hold. The library says nothing, and strict readers (Arrow's in Rust)
 * then refuse the file: no rows (field 3, a 64-bit 0), hence no row groups (field 4, a list), which are structs.
 */
function nameElementsOfNoGroups({ buffer, index }: ByteWriter): void {
  const file = Buffer.from(buffer, 0, index)
  const noGroups = file.indexOf(Buffer.from([0x16, 0x00, 0x19, 0x00]))
  if (noGroups >= 0) file[noGroups + 3] = 0x0c
}

/** Held as columns: the rows themselves are forgotten at once, and would take twice the memory. */
function emptyGroup() {
  const columns = canonicalColumns.map(({ name, kind }) => ({
    name,
    data: [] as (string | bigint | undefined)[],
    // For questions about a time; the bounds of ids and prices as text help nobody and make the footer grow.
    statistics: kind === 'time',
    offsetIndex: false,
  }))
  return { columns, size: 0 }
}

function addTo(group: ReturnType<typeof emptyGroup>, row: ExportRow): void {
  const fields = canonicalFields(row)
  for (const { name, data } of group.columns) {
    const value = fields[name]
    if (name === 'time') data.push(BigInt(row.transaction.time))
    else data.push(value === undefined ? undefined : String(value))
  }
  group.size += 1
}

/** What was written since the last time; positions in the file go on being counted. */
function written(bytes: ByteWriter): Uint8Array {
  const piece = bytes.getBytes().slice()
  bytes.index = 0
  return piece
}
