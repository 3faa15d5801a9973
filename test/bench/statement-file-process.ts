import { readFileSync } from 'node:fs'
import { packTable } from '../../lambdas/statements/kept-table.ts'
import { unpackRows } from '../../lambdas/statements/packed-rows.ts'
import { readStatement } from '../../lambdas/statements/read-statement.ts'
import { mergedBlocks, type TableSource } from '../../lambdas/use-cases/merge-files.ts'
import { peakMegabytes } from './memory-use.mjs'

export type StatementReport = {
  readonly rows: number
  /** What is left of them once they are merged, each event once. */
  readonly merged: number
  readonly seconds: number
  readonly peakMegabytes: number
}

/** Reads one statement file to its end, packs its rows, and merges them block by block, with no row of an API beside them. */
const bytes = readFileSync(process.argv[2] ?? '')
const startedAt = performance.now()
const outcome = await readStatement('statement', bytes)
if (outcome.kind !== 'read') throw new Error(`The statement was not read: ${outcome.kind}.`)
const sources: TableSource[] = []
for (const { preview: _preview, rows, ...told } of outcome.tables) {
  const { table, bytesOf } = await packTable(told, rows())
  sources.push({ file: 'f', table, rowsIn: (month) => Promise.resolve(unpackRows(bytesOf(month))) })
}
const noApi = { transactions: { merging: async function* () {} } }
let merged = 0
const owner = { user: 'u', connection: 'c' }
for await (const block of mergedBlocks(noApi, owner, sources, () => false, { stored: [] }))
  merged += block.plan.write.length
process.send?.({
  rows: sources.reduce((sum, { table }) => sum + table.rows, 0),
  merged,
  seconds: (performance.now() - startedAt) / 1_000,
  peakMegabytes: peakMegabytes(),
} satisfies StatementReport)
