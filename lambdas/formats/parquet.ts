import { Buffer } from 'node:buffer'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { ExportFormat, ExportInput, ExportRow } from '../domain/export-format.ts'
import { canonicalColumns, canonicalFields } from './canonical-csv.ts'

/** Rows held in memory at once. The footer keeps a few kilobytes for each group. */
const groupSize = 10_000

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

export const parquet: ExportFormat = {
  id: 'parquet',
  name: 'Parquet, everything',
  extension: 'parquet',
  contentType: 'application/vnd.apache.parquet',
  timezone: 'utc',
  statement: 'inside',
  everyRow: true,
  carries: [
    'Every transaction of every stream with the columns of the canonical CSV: futures fills and unfinished, cancelled and failed transfers included.',
    'The column time is a timestamp in UTC with milliseconds. Amounts are text, digit by digit as the exchange wrote them, because no decimal type holds them all.',
    'What the export covers is in the metadata of the file, under the key statement.',
  ],
  cannotSay: [],
  upload: [
    'Open it with DuckDB, pandas, Spark or any other program that reads Parquet (Snappy compression).',
  ],
  write,
}

async function* write({ rows, statement }: ExportInput): AsyncIterable<Uint8Array> {
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
  for await (const group of inGroups(rows)) {
    await writer.write({ columnData: columnsOf(group), rowGroupSize: group.length })
    yield* written(bytes)
  }
  await writer.finish()
  if (writer.num_rows === 0n) nameElementsOfNoGroups(bytes)
  yield* written(bytes)
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

async function* inGroups(rows: AsyncIterable<ExportRow>): AsyncIterable<readonly ExportRow[]> {
  let group: ExportRow[] = []
  for await (const row of rows) {
    group.push(row)
    if (group.length < groupSize) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

function columnsOf(group: readonly ExportRow[]) {
  const fields = group.map(canonicalFields)
  return canonicalColumns.map(({ name, kind }) => ({
    name,
    data:
      kind === 'time'
        ? group.map(({ transaction }) => BigInt(transaction.time))
        : fields.map((one) => (one[name] === undefined ? undefined : String(one[name]))),
    // For questions about a time; the bounds of ids and prices as text help nobody and make the footer grow.
    statistics: kind === 'time',
    offsetIndex: false,
  }))
}

/** What was written since the last time; positions in the file go on being counted. */
function* written(bytes: ByteWriter): Iterable<Uint8Array> {
  if (bytes.index > 0) yield bytes.getBytes().slice()
  bytes.index = 0
}
