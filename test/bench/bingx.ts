import { bingx as definition } from '../../lambdas/exchanges/bingx/index.ts'
import { endpoints } from '../../local/simulated-bingx/endpoints.ts'
import { demoKey } from '../../local/simulated-bingx/options.ts'
import { startSimulatedBingx } from '../../local/simulated-bingx/server.ts'
import { type TrueRow, truthOf } from '../../local/simulated-bingx/truth.ts'
import { syncOverHttp } from '../use-cases/bingx-over-http.ts'
import { type BingxRecipe, makeBingxAccount } from './bingx-account.ts'
import { type BingxLoop, bingxLoops, runBingxCcxt } from './bingx-ccxt.ts'
import type { BingxWishes } from './bingx-simulator-process.ts'
import type { Obtained } from './ccxt-history.ts'
import { withServer } from './children.ts'
import { againstTheFloor } from './floor.ts'
import { table, whole } from './table.ts'
import { importInTerminal, type TerminalImport } from './terminal-import.ts'

type Case = { readonly title: string; readonly type: 'spot' | 'swap'; readonly recipe: BingxRecipe }

export const bingxCases: readonly Case[] = [
  {
    title: '2,000 spot fills of two symbols, of which 1,000 in one millisecond',
    type: 'spot',
    recipe: { spotFills: 2_000, spotBurst: 1_000, spotSymbols: 2 },
  },
  {
    title: '1,200 USDT-M fills, of which 600 in one second',
    type: 'swap',
    recipe: { futuresFills: 1_200, futuresBurst: 600 },
  },
]

/** What an account holds, as far as it is compared. */
type HeldRow = Pick<TrueRow, 'text' | 'time' | 'amount'>

export type Tally = {
  readonly rows: number
  readonly of: number
  /** Of those that were obtained. */
  readonly wrongTimes: number
  readonly wrongAmounts: number
  readonly stoppedBy?: string
}

/** What a contestant makes of an account of a simulated BingX without limits, held against what the account holds. */
export async function compete(contestant: 'ours' | BingxLoop, { type, recipe }: Case): Promise<Tally> {
  const now = Date.now()
  const account = makeBingxAccount(recipe, now)
  const simulator = await startSimulatedBingx({ account, clock: () => now, enforceLimits: false })
  try {
    const truth = truthOf(account, simulator.options)
    const held = type === 'spot' ? truth.spotFills : truth.futuresFills
    if (contestant === 'ours') {
      const { store } = await syncOverHttp(simulator)
      const rows = [...store.rows.values()].map(({ raw, time, amount }) => ({
        row: keyOf(raw),
        time,
        amount: Number(amount),
      }))
      return tally(rows, held, [])
    }
    const symbols = [...new Set(held.flatMap(({ symbol }) => symbol ?? []))]
    const { obtained, stoppedBy } = await runBingxCcxt(contestant, { url: simulator.url, symbols, type, now })
    return { ...tally(obtained, held, truth.orderFills), ...(stoppedBy !== undefined && { stoppedBy }) }
  } finally {
    await simulator.close()
  }
}

/** `otherwise`: the same rows, as another list tells them. */
export function tally(
  obtained: readonly Obtained[],
  held: readonly HeldRow[],
  otherwise: readonly HeldRow[],
): Tally {
  const known = new Map([...otherwise, ...held].map((row) => [keyOf(row.text), row]))
  const found = new Map(obtained.map((one) => [keyOf(one.row), one]))
  const pairs = [...found].flatMap(([row, one]) => {
    const real = known.get(row)
    return real === undefined ? [] : [{ one, real }]
  })
  return {
    rows: pairs.length,
    of: held.length,
    wrongTimes: pairs.filter(({ one, real }) => one.time !== real.time).length,
    wrongAmounts: pairs.filter(({ one, real }) => one.amount !== Number(real.amount)).length,
  }
}

/** A row without regard to whether its numbers are written as texts, as ccxt makes them. */
function keyOf(row: string): string {
  return row.replace(/":([+.0-9eE-]+)([,}])/g, '":"$1"$2')
}

const contestants = ['ours', ...(Object.keys(bingxLoops) as BingxLoop[])] as const

/** BingX beside ccxt, its first import against what its limits allow, and the memory of a large one. */
export async function* bingx(): AsyncGenerator<string> {
  yield `## BingX beside ccxt

Each imports the same account from the same simulated BingX, which counts nobody's calls here: ccxt asks faster than BingX allows, and
would be shut out for five minutes. ccxt demands a symbol, is told which, and asks for ninety days of spot fills and seven of
futures fills. A time or an amount is wrong where it is not what the row says.`
  for (const one of bingxCases) {
    const rows = []
    for (const contestant of contestants) rows.push(rowOf(contestant, await compete(contestant, one)))
    yield `### ${one.title}\n\n${table(['', 'rows obtained', 'wrong times', 'wrong amounts', 'complete and right'], rows)}`
  }
  yield `## The first import of BingX against the floor

The floor is what the slowest limit takes for the requests that were answered. At most ${mostRatio} times the floor is promised.

${table(['latency', 'requests', 'refused', 'slowest limit', 'floor', 'time', 'ratio', `≤ ${mostRatio}`], [await measure(0), await measure(300)])}`
  const large = await withBingx({ recipe: { spotFills: 100_000 }, now: Date.now() }, importBingx)
  yield `## Memory of a large import of BingX

${table(
  ['', 'rows', 'time', 'peak memory', `≤ ${mostMegabytes} MB`],
  [
    [
      '`npm run import`, files written',
      whole(large.result.rows),
      `${large.result.seconds.toFixed(1)} s`,
      `${whole(large.result.peakMegabytes)} MB`,
      large.result.peakMegabytes <= mostMegabytes ? 'yes' : 'NO',
    ],
  ],
)}`
}

export function rowOf(
  contestant: string,
  { rows, of, wrongTimes, wrongAmounts, stoppedBy }: Tally,
): readonly string[] {
  const isRight = rows === of && wrongTimes + wrongAmounts === 0
  return [
    contestant,
    `${whole(rows)} of ${whole(of)}`,
    whole(wrongTimes),
    whole(wrongAmounts),
    stoppedBy === undefined ? (isRight ? 'yes' : 'no, silently') : `no: ${stoppedBy}`,
  ]
}

const mostRatio = 1.15
const mostMegabytes = 160

async function measure(latency: number): Promise<readonly string[]> {
  const recipe = { spotFills: 2_000, futuresFills: 1_200, ledgerRows: 3_000, deposits: 150, withdrawals: 150 }
  const { result, calls, tooMany } = await withBingx({ recipe, now: Date.now(), latency }, importBingx)
  return againstTheFloor({ latency, calls, tooMany, endpoints, seconds: result.seconds, mostRatio })
}

async function importBingx(url: string): Promise<TerminalImport> {
  return importInTerminal(url, { exchange: definition, keys: demoKey })
}

function withBingx(wishes: BingxWishes, use: (url: string) => Promise<TerminalImport>) {
  return withServer('bingx-simulator-process.ts', wishes, use)
}
