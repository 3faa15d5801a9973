import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import readExcel from 'read-excel-file/node'
import { peakMegabytes, processorSeconds } from './memory-use.mjs'

export type StatementReport = {
  readonly rows: number
  readonly seconds: number
  /** Of the whole process, from its start. */
  readonly processorSeconds: number
  readonly peakMegabytes: number
}

/** Reads the same file as whoever takes a library for it does: all rows at once. Nothing of them is understood or merged. */
const [, , path = '', kind] = process.argv
const bytes = readFileSync(path)
const startedAt = performance.now()
const rows: number = kind === 'XLSX' ? await rowsOfSheets() : rowsOfText()
process.send?.({
  rows,
  seconds: (performance.now() - startedAt) / 1_000,
  processorSeconds: processorSeconds(),
  peakMegabytes: peakMegabytes(),
} satisfies StatementReport)

async function rowsOfSheets(): Promise<number> {
  const sheets = await readExcel(bytes)
  return sheets.reduce((sum, { data }) => sum + data.length - 1, 0)
}

function rowsOfText(): number {
  const records: readonly unknown[] = parse(bytes, { columns: true })
  return records.length
}
