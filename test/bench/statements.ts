import { Buffer } from 'node:buffer'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { knownFormats } from '../../lambdas/statements/known-formats.ts'
import { type SheetCell, sheetXml, workbookOf } from '../statements/files.ts'
import { message, start } from './child.ts'
import type { StatementReport } from './statement-library-process.ts'
import { table, whole } from './table.ts'
import { bringInByTerminal } from './terminal-file.ts'

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
      const path = join(folder, `orders.${kind.toLowerCase()}`)
      await writeFile(path, bytes)
      const size = `${whole(bytes.length / 1_048_576)} MB`
      const library = kind === 'XLSX' ? 'read-excel-file' : 'csv-parse, all at once'
      const contestants = {
        'this importer: read, merged and stored': () => bringInByTerminal(path),
        [`${library}: read`]: () =>
          message<StatementReport>(start('statement-library-process.ts', [path, kind])),
      }
      for (const [reader, read] of Object.entries(contestants)) {
        const { rows: found, seconds, processorSeconds, peakMegabytes } = await read()
        reports.push([
          kind,
          reader,
          size,
          whole(found),
          `${seconds.toFixed(1)} s`,
          `${processorSeconds.toFixed(1)} s`,
          `${whole(peakMegabytes)} MB`,
          peakMegabytes <= most ? 'yes' : 'no',
        ])
      }
    }
    yield `## Statement files

Orders of BingX in eleven columns, evenly over a year. Ours is \`npm run import -- --file\` as it is run, from the start of its process to its
end: read, merged block by block to show what would be stored, merged again to see that it is still that, written to the embedded store, and the
account's folder written. The libraries only read, and hold all rows; their time is that of reading alone, and their processes compile TypeScript, which ours does not.

${table(['', 'by', 'file', 'rows', 'time', 'of the processor', 'peak memory', `≤ ${most} MB`], reports)}`
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
  // The library finds a cell by its address alone, and a sheet by the type of its relation.
  const cell = (text: string, place: number, line: number): SheetCell => {
    const address = `${String.fromCharCode(65 + place)}${line}`
    return isNumber.has(place) && line > 1
      ? { xml: `<c r="${address}"><v>${text}</v></c>` }
      : { xml: `<c r="${address}" t="inlineStr"><is><t>${text}</t></is></c>` }
  }
  const lines = Array.from({ length: rows + 1 }, (_none, index) =>
    (index === 0 ? header() : order(index - 1)).map((text, place) => cell(text, place, index + 1)),
  )
  const type = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet'
  return workbookOf(
    { Spot: sheetXml(lines) },
    {
      'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="${type}" Target="worksheets/sheet1.xml"/></Relationships>`,
    },
  )
}
