import { formats } from '../../lambdas/formats/index.ts'
import { message, start } from './child.ts'
import type { ExportReport, ExportWishes } from './export-process.ts'
import { table, whole } from './table.ts'

const most = 256
const least = 50_000

/** The formats that hold everything are the largest files; those made of events take their time. */
const large = ['canonical-csv', 'json-lines', 'xlsx', 'parquet']
const rowsOf = (id: string) => (large.includes(id) ? 1_000_000 : 200_000)

/** How fast and in how much memory each format is written, without a store before it and a disk behind it. */
export async function* exports(): AsyncGenerator<string> {
  const lines: string[][] = []
  for (const { id } of formats.values()) {
    const rows = rowsOf(id)
    const wishes: ExportWishes = { format: id, rows }
    const report = await message<ExportReport>(start('export-process.ts', [JSON.stringify(wishes)]))
    lines.push([
      id,
      whole(rows),
      `${report.seconds.toFixed(1)} s`,
      whole(rows / report.seconds),
      `${whole(report.megabytes)} MB`,
      `${whole(report.peakMegabytes)} MB`,
      report.peakMegabytes <= most ? 'yes' : 'NO',
    ])
  }
  yield `## Exports

Rows of all kinds, made on the way and not kept. Promised are ${whole(least)} rows a second for the canonical CSV, and at
most ${most} MB. Memory is the resident set of the process at its largest, Node and the TypeScript loader included.

${table(['format', 'rows', 'time', 'rows/s', 'file', 'peak memory', `≤ ${most} MB`], lines)}`
}
