import { canonicalCsv } from './canonical-csv.ts'
import type { ExportFormat } from './format.ts'
import { jsonLines } from './json-lines.ts'

/** Every export format, in the order in which they are offered. */
const all: readonly ExportFormat[] = [canonicalCsv, jsonLines]

export const formats: ReadonlyMap<string, ExportFormat> = new Map(all.map((format) => [format.id, format]))
