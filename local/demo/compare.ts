import { readFile } from 'node:fs/promises'
import { Big } from 'big.js'
import { z } from 'zod'
import { streamNames } from '../../lambdas/domain/coverage-words.ts'
import type { StreamKind } from '../../lambdas/domain/stream.ts'
import type { SimulatedAccount } from '../simulated-bitmart/account.ts'

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

type Check = {
  readonly stream: StreamKind
  /** The account's own rows, and which of their fields is the amount. */
  readonly held: (account: SimulatedAccount) => readonly { readonly row: object; readonly amount: string }[]
  /** Where the file says that amount. */
  readonly field: 'amount' | 'contracts'
}

const checks: readonly Check[] = [
  {
    stream: 'spot-trade',
    held: ({ spotFills }) => spotFills.map((row) => ({ row, amount: row.size })),
    field: 'amount',
  },
  {
    stream: 'futures-trade',
    held: ({ futuresFills }) => futuresFills.map((row) => ({ row, amount: row.vol })),
    field: 'contracts',
  },
  {
    stream: 'futures-ledger',
    held: ({ ledger }) => ledger.map((row) => ({ row, amount: row.amount })),
    field: 'amount',
  },
  { stream: 'withdrawal', held: transfersOf('withdraw'), field: 'amount' },
  { stream: 'deposit', held: transfersOf('deposit'), field: 'amount' },
]

function transfersOf(operation: 'withdraw' | 'deposit'): Check['held'] {
  return ({ transfers }) =>
    transfers
      .filter(({ operation_type }) => operation_type === operation)
      .map((row) => ({ row, amount: row.arrival_amount }))
}

/** Compares each row in a file of JSON Lines with what the simulated exchange holds. */
export async function compareHistory(
  path: string,
  account: SimulatedAccount,
): Promise<readonly Comparison[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
  const written = lines.map((line) => ({ ...lineSchema.parse(JSON.parse(line)), raw: rawOf(line) }))
  return checks.map(({ stream, held, field }) => {
    const rows = held(account)
    const imported = written.filter((line) => line.stream === stream)
    const missing = countEach(rows.map(({ row }) => JSON.stringify(row)))
    let invented = 0
    for (const { raw } of imported) {
      const left = missing.get(raw) ?? 0
      if (left === 0) invented += 1
      else missing.set(raw, left - 1)
    }
    return {
      name: streamNames[stream],
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
