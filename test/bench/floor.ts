import { demoSizes } from '../../local/simulated-bitmart/account.ts'
import { endpoints } from '../../local/simulated-bitmart/endpoints.ts'
import type { Recipe } from './accounts.ts'
import { withSimulator } from './children.ts'
import { table, total, whole } from './table.ts'
import { importInTerminal } from './terminal-import.ts'

const accounts: readonly { readonly title: string; readonly recipe: Recipe }[] = [
  {
    title: '5,000 spot fills, 5,000 futures fills, 3,000 ledger rows, 400 transfers',
    recipe: { spotFills: 5_000, futuresFills: 5_000, ledgerRows: 3_000, withdrawals: 200, deposits: 200 },
  },
  { title: 'the account of the demo', recipe: demoSizes },
]

const latencies = [0, 300]

const mostRatio = 1.25

/** How close the first import of an account comes to the time that BitMart's limits alone would take. */
export async function* floor(): AsyncGenerator<string> {
  yield `## Time against the floor

The floor is what the slowest limit takes for the requests that were answered: requests × period ÷ calls, for each
limit of its own; all else happens meanwhile. Refused requests came too early and are asked again. The time is that
of \`npm run import\`, from its start until its files are written. At most ${mostRatio} times the floor is promised.`
  for (const { title, recipe } of accounts) {
    const rows: string[][] = []
    for (const latency of latencies) rows.push(await measure(recipe, latency))
    const heads = [
      'latency',
      'requests',
      'refused',
      'slowest limit',
      'floor',
      'time',
      'ratio',
      `≤ ${mostRatio}`,
    ]
    yield `### ${title}\n\n${table(heads, rows)}`
  }
}

async function measure(recipe: Recipe, latency: number): Promise<string[]> {
  const wishes = { recipe, now: Date.now(), options: { latency } }
  const { result, calls, tooMany } = await withSimulator(wishes, importInTerminal)
  return againstTheFloor({
    latency,
    calls,
    tooMany,
    endpoints,
    seconds: result.seconds,
    mostRatio,
    isComplete: result.complete,
  })
}

type Measured = {
  /** Milliseconds. */
  readonly latency: number
  readonly calls: Readonly<Record<string, number>>
  readonly tooMany: number
  readonly endpoints: readonly { readonly path: string; readonly limit: Limit }[]
  readonly seconds: number
  readonly mostRatio: number
  readonly isComplete?: boolean
}

type Limit = { readonly calls: number; readonly per: number }

/** The row of a table: what was asked, what its slowest limit takes, and what it took. */
export function againstTheFloor({
  latency,
  calls,
  tooMany,
  endpoints,
  seconds,
  mostRatio,
  isComplete = true,
}: Measured): string[] {
  const slowest = Object.entries(calls)
    .map(([path, count]) => ({ path, count, seconds: floorOf(endpoints, path, count) }))
    .reduce((a, b) => (b.seconds > a.seconds ? b : a))
  const ratio = seconds / slowest.seconds
  return [
    `${latency} ms`,
    whole(total(calls)),
    whole(tooMany),
    `${slowest.count} × ${slowest.path}`,
    `${slowest.seconds.toFixed(1)} s`,
    `${seconds.toFixed(1)} s`,
    ratio.toFixed(2),
    !isComplete ? 'NOT COMPLETE' : ratio <= mostRatio ? 'yes' : 'NO',
  ]
}

/** Seconds. */
function floorOf(endpoints: Measured['endpoints'], path: string, count: number): number {
  const limit = endpoints.find((endpoint) => endpoint.path === path)?.limit
  return limit === undefined ? 0 : (count * limit.per) / limit.calls / 1_000
}
