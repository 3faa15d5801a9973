import { formats } from '../../lambdas/formats/index.ts'
import { message, start } from './child.ts'
import type { ExportReport, ExportWishes } from './export-process.ts'
import type { TurnsReport, TurnsWishes } from './export-turns-process.ts'
import { table, whole } from './table.ts'

const most = 256
const rows = 1_000_000

/** Rows a second: of tables, of workbooks, and of what is promised nothing. */
const least = (extension: string) =>
  extension === 'csv' ? 50_000 : extension === 'xlsx' ? 20_000 : undefined

/** How fast and in how much memory each format is written, without a store before it and a disk behind it. */
export async function* exports(): AsyncGenerator<string> {
  const lines: string[][] = []
  for (const { id, extension } of formats.values()) {
    const wishes: ExportWishes = { format: id, rows }
    const report = await message<ExportReport>(start('export-process.ts', [JSON.stringify(wishes)]))
    const promised = least(extension)
    lines.push([
      id,
      `${report.seconds.toFixed(1)} s`,
      whole(rows / report.seconds),
      whole(rows / report.cpuSeconds),
      promised === undefined ? '' : whole(promised),
      `${whole(report.megabytes)} MB`,
      `${whole(report.peakMegabytes)} MB`,
      report.peakMegabytes <= most ? 'yes' : 'NO',
    ])
  }
  yield `## Exports

${whole(rows)} rows of all kinds, made on the way and not kept, counted and added up as in an export. Memory is the resident set
of the process at its largest, Node and the TypeScript loader included. Where the machine has other work, rows by seconds of
the processor tell more than rows by seconds.

${table(['format', 'time', 'rows/s', 'rows by CPU second', 'promised', 'file', 'peak memory', `≤ ${most} MB`], lines)}`
  yield await inTurns()
}

const many: readonly TurnsWishes[] = ['koinly', 'parquet', 'xlsx'].map((format) => ({
  format,
  rows: 10_000_000,
  inATurn: 1_500_000,
}))

/** What a Lambda has no time for at once: stopped, kept, and gone on with by the next one. */
async function inTurns(): Promise<string> {
  const lines: string[][] = []
  for (const wishes of many) {
    const report = await message<TurnsReport>(start('export-turns-process.ts', [JSON.stringify(wishes)]))
    lines.push([
      wishes.format,
      whole(report.lookedAt),
      String(report.turns),
      `${report.seconds.toFixed(0)} s`,
      `${report.cpuSeconds.toFixed(0)} s`,
      `${whole(report.megabytes)} MB`,
      `${whole(report.keptKilobytes)} KB`,
      `${whole(report.peakMegabytes)} MB`,
      report.peakMegabytes <= most ? 'yes' : 'NO',
    ])
  }
  return `## Exports in turns

The whole use case, from the rows of five streams to the parts of an upload and the statement, with a store and an S3 that answer
at once. Each turn ends after ${whole(many[0]?.inATurn ?? 0)} rows; the next one goes on with what was kept.

${table(
  ['format', 'rows', 'turns', 'time', 'CPU', 'file', 'kept between turns', 'peak memory', `≤ ${most} MB`],
  lines,
)}`
}
