import type { ExportFormat } from '../domain/export-format.ts'

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
  // Its writer is loaded when it is used: every function that names the formats would start with it.
  open: async (facts, kept) => (await import('./parquet-file.ts')).openParquetFile(facts, kept),
}
