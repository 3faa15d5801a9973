import { Buffer } from 'node:buffer'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { z } from 'zod'
import type { ExportRow, FileFacts, FileWriter } from '../domain/export-format.ts'
import { canonicalColumns, canonicalFields } from './canonical-csv.ts'
import { footerOf, packedGroup } from './parquet-footer.ts'

/** Rows held in memory at once, and between two stops. */
const groupSize = 5_000

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
  const writer = new ParquetWriter({ writer: bytes, schema })
  const groups: Uint8Array[] = []
  let group = emptyGroup()
  if (kept !== undefined) {
    const known = keptSchema.parse(kept)
    Object.assign(bytes, { offset: known.offset, index: 0 })
    writer.num_rows = BigInt(known.rows)
    groups.push(...known.groups.map((one) => Buffer.from(one, 'base64')))
  }

  function writeGroup(): void {
    writer.write({ columnData: group.columns, rowGroupSize: group.size })
    groups.push(...writer.row_groups.map((one) => packedGroup(one, schema)))
    // What the library would hold until the end.
    writer.row_groups = []
    writer.pendingIndexes = []
    group = emptyGroup()
  }

  return {
    begin: () => written(bytes),
    row: (row) => {
      addTo(group, row)
      if (group.size < groupSize) return nothing
      writeGroup()
      return written(bytes)
    },
    end: () => {
      if (group.size > 0) writeGroup()
      const facts = {
        schema,
        createdBy: 'exchange-history-importer',
        keyValues: [
          { key: 'statement', value: statement.sentences.join('\n') },
          { key: 'complete', value: String(statement.state === 'complete') },
          { key: 'state', value: statement.state },
        ],
        rows: writer.num_rows,
      }
      return Buffer.concat([written(bytes), footerOf(facts, groups)])
    },
    kept: () =>
      group.size === 0
        ? {
            offset: bytes.offset,
            rows: String(writer.num_rows),
            groups: groups.map((one) => Buffer.from(one).toString('base64')),
          }
        : undefined,
  }
}

const nothing = new Uint8Array(0)

const keptSchema = z.object({ offset: z.number(), rows: z.string(), groups: z.array(z.string()) })

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
