import { readFileSync } from 'node:fs'
import { readStatement } from '../../lambdas/statements/read-statement.ts'
import { peakMegabytes } from './memory-use.mjs'

export type StatementReport = {
  readonly rows: number
  readonly seconds: number
  readonly peakMegabytes: number
}

/** Reads one statement file to its end, as a preview and a storing do: looked at, checked, and every row taken once. */
const bytes = readFileSync(process.argv[2] ?? '')
const startedAt = performance.now()
const outcome = await readStatement('statement', bytes)
if (outcome.kind !== 'read') throw new Error(`The statement was not read: ${outcome.kind}.`)
let rows = 0
for (const table of outcome.tables) for await (const _row of table.rows()) rows += 1
process.send?.({
  rows,
  seconds: (performance.now() - startedAt) / 1_000,
  peakMegabytes: peakMegabytes(),
} satisfies StatementReport)
