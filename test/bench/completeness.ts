import { makeAccount } from './accounts.ts'
import { runContestant, withSimulator } from './children.ts'
import { type Comparison, comparisons } from './comparisons.ts'
import type { Contestant } from './contestant-process.ts'
import { keyOfRow, type Outcome } from './contestants.ts'
import { table, total, whole } from './table.ts'

const contestants: readonly Contestant[] = ['ours', 'ccxt paginate', 'ccxt since-loop', 'ccxt until-loop']

/** Ours and ccxt as its users write it, one after the other, on the same account with BitMart's limits. */
export async function* completeness(): AsyncGenerator<string> {
  yield `## Completeness

Each contestant imports the same account from the same simulated BitMart, which enforces the documented limits, in a
process of its own. Ours stores every row on disk and asks back to BitMart's opening; ccxt keeps what it gets in
memory and is told to ask for the last 90 days. \`paginate\` is \`fetchMyTrades\` with \`paginate: true\`; the loops advance
\`since\` past the last row, or \`until\` before the first. Contracts are asked for one by one, as ccxt demands.`
  for (const comparison of comparisons) yield `### ${comparison.title}\n\n${await compare(comparison)}`
}

async function compare(comparison: Comparison): Promise<string> {
  const rows: string[][] = []
  for (const contestant of contestants) rows.push(await row(comparison, contestant))
  return table(['', 'rows obtained', 'complete', 'requests', 'seconds', 'peak memory'], rows)
}

async function row(comparison: Comparison, contestant: Contestant): Promise<string[]> {
  const { recipe, product, faults, withoutSince } = comparison
  const now = Date.now()
  const account = makeAccount(recipe, now)
  const existing = new Set((product === 'spot' ? account.spotFills : account.futuresFills).map(keyOfRow))
  const { result, calls, tooMany } = await withSimulator({ recipe, now, options: {}, faults }, (url) =>
    runContestant({ contestant, url, product, sinceGiven: !withoutSince }),
  )
  const obtained = result.rows.filter((key) => existing.has(key)).length
  return [
    contestant,
    `${whole(obtained)} of ${whole(existing.size)}`,
    verdict(result, obtained, existing.size),
    whole(total(calls) + tooMany),
    result.seconds.toFixed(1),
    `${whole(result.peakMegabytes)} MB`,
  ]
}

function verdict({ stoppedBy }: Outcome, obtained: number, existing: number): string {
  if (stoppedBy !== undefined) return `no: ${stoppedBy}`
  return obtained === existing ? 'yes' : 'no, silently'
}
