import { Buffer } from 'node:buffer'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { knownFormats } from '../../lambdas/statements/known-formats.ts'
import { number, sheetXml, workbookOf } from '../statements/files.ts'
import { message, start } from './child.ts'
import type { StatementReport } from './statement-file-process.ts'
import { table, whole } from './table.ts'

const rows = Number(process.env.BENCH_ROWS ?? 200_000)
const year = 365 * 86_400_000
const most = 256

/** The time and memory that a large statement file takes, beside a library that only reads it. */
export async function* statements(): AsyncGenerator<string> {
  const folder = await mkdtemp(join(tmpdir(), 'statements-'))
  try {
    const files = { CSV: csv(), XLSX: xlsx() }
    const reports: (readonly string[])[] = []
    for (const [kind, bytes] of Object.entries(files)) {
      const path = join(folder, kind)
      await writeFile(path, bytes)
      const size = `${whole(bytes.length / 1_048_576)} MB`
      const library = kind === 'XLSX' ? 'read-excel-file' : 'csv-parse, all at once'
      for (const [reader, file] of [
        ['this importer: read, merged and stored', 'statement-file-process.ts'],
        [`${library}: read`, 'statement-library-process.ts'],
      ] as const) {
        const { rows, seconds, peakMegabytes } = await message<StatementReport>(start(file, [path, kind]))
        reports.push([
          kind,
          reader,
          size,
          whole(rows),
          `${seconds.toFixed(1)} s`,
          `${whole(peakMegabytes)} MB`,
          peakMegabytes <= most ? 'yes' : 'no',
        ])
      }
    }
    yield `## Statement files

Orders of BingX in eleven columns, evenly over a year, as an import in the terminal brings them in: read, merged block by block to show what
would be stored, read again and merged again to see that it is still that, and written to the embedded store. The libraries only read, and
hold all rows.

${table(['', 'by', 'file', 'rows', 'time', 'peak memory', `≤ ${most} MB`], reports)}`
  } finally {
    await rm(folder, { recursive: true })
  }
}

function header(): readonly string[] {
  const format = knownFormats.find(({ id }) => id === 'bingx-spot-orders')
  return (format?.header ?? []).map((cell) => cell.replace('<clock>', 'UTC+8'))
}

function order(index: number): readonly string[] {
  const time = new Date(Date.UTC(2025, 0, 1) + Math.floor((index * year) / rows))
    .toISOString()
    .slice(0, 19)
    .replace('T', ' ')
  const price = (30_000 + (index % 10_000) / 100).toFixed(2)
  const side = index % 2 === 0 ? 'Buy' : 'Sell'
  return [
    '1',
    String(1516000000000000565n + BigInt(index)),
    time,
    'BTC/USDT',
    side,
    price,
    '0.0012',
    '36',
    '-0.036',
    'USDT',
    'Autonomous',
  ]
}

function csv(): Buffer {
  const lines = [header(), ...Array.from({ length: rows }, (_none, index) => order(index))]
  return Buffer.from(lines.map((cells) => cells.join(',')).join('\n'))
}

function xlsx(): Buffer {
  const isNumber = new Set([5, 6, 7, 8])
  const lines = Array.from({ length: rows }, (_none, index) =>
    order(index).map((cell, place) => (isNumber.has(place) ? number(cell) : cell)),
  )
  // The library finds a sheet by the type of its relation alone.
  const type = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet'
  return workbookOf(
    { Spot: sheetXml([header(), ...lines]) },
    {
      'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="${type}" Target="worksheets/sheet1.xml"/></Relationships>`,
    },
  )
}
