import { readFile } from 'node:fs/promises'
import { Big } from 'big.js'
import { z } from 'zod'
import type { StreamKind } from '../../lambdas/domain/stream.ts'

/** How one stream came out: rows and the sum of their amounts, at the exchange and in the file. */
export type Comparison = {
  readonly name: string
  readonly held: Tally
  readonly imported: Tally
  /** Rows of the exchange that the file does not have, digit for digit. */
  readonly missing: number
  /** Rows of the file that the exchange does not have. */
  readonly invented: number
}

export type Tally = { readonly rows: number; readonly sum: string }

/** One history of an account as its exchange holds it, and where a file tells it. */
export type HeldHistory = {
  readonly name: string
  readonly stream: StreamKind
  /** Which of the stream's lines, where several histories are told in it. */
  readonly account?: string
  /** Where a line says the amount. */
  readonly field: 'amount' | 'contracts'
  /** Each row as it is served, letter by letter. */
  readonly rows: readonly { readonly text: string; readonly amount: string }[]
}

/** Compares each row in a file of JSON Lines with what a simulated exchange holds. */
export async function compareHistory(
  path: string,
  held: readonly HeldHistory[],
): Promise<readonly Comparison[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
  const written = lines.map((line) => ({ ...lineSchema.parse(JSON.parse(line)), raw: rawOf(line) }))
  return held.map(({ name, stream, account, field, rows }) => {
    const imported = written.filter(
      (line) => line.stream === stream && (account === undefined || line.account === account),
    )
    const missing = countEach(rows.map(({ text }) => text))
    let invented = 0
    for (const { raw } of imported) {
      const left = missing.get(raw) ?? 0
      if (left === 0) invented += 1
      else missing.set(raw, left - 1)
    }
    return {
      name,
      held: tally(rows.map(({ amount }) => amount)),
      imported: tally(imported.map((line) => line[field] ?? '0')),
      missing: [...missing.values()].reduce((sum, left) => sum + left, 0),
      invented,
    }
  })
}

export function isExact({ held, imported, missing, invented }: Comparison): boolean {
  return held.rows === imported.rows && held.sum === imported.sum && missing === 0 && invented === 0
}

const lineSchema = z.object({
  stream: z.string(),
  account: z.string().optional(),
  amount: z.string().optional(),
  contracts: z.string().optional(),
})

/** The row as served is the last field of its line; its text is taken as it is. */
function rawOf(line: string): string {
  const name = '"raw":'
  return line.slice(line.indexOf(name) + name.length, -1)
}

function countEach(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

function tally(amounts: readonly string[]): Tally {
  return {
    rows: amounts.length,
    sum: amounts.reduce((sum, amount) => sum.plus(amount), new Big(0)).toFixed(),
  }
}
