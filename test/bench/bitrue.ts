import { bitrue as definition } from '../../lambdas/exchanges/bitrue/index.ts'
import { type AccountOptions, generateAccount } from '../../local/simulated-bitrue/account.ts'
import { demoKey, type Readings, usualReadings } from '../../local/simulated-bitrue/options.ts'
import { startSimulatedBitrue } from '../../local/simulated-bitrue/server.ts'
import { truthOf } from '../../local/simulated-bitrue/truth.ts'
import { syncOverHttp } from '../use-cases/bitrue-over-http.ts'
import { rowOf, type Tally, tally } from './bingx.ts'
import { type BitrueLoop, bitrueLoops, runBitrueCcxt } from './bitrue-ccxt.ts'
import { wholeBitrue } from './bitrue-whole.ts'
import { table, whole } from './table.ts'
import { importInTerminal } from './terminal-import.ts'

type Case = {
  readonly title: string
  readonly what: 'fills' | 'deposits'
  readonly recipe: Omit<AccountOptions, 'seed' | 'now'>
  readonly readings: Partial<Readings>
}

const listed = { symbols: 90, coins: 60 } as const

const bitrueCases: readonly Case[] = [
  {
    title:
      'Fills of eight symbols of 90, 2,500 of one of them and seven of one that was delisted; endTime is obeyed',
    what: 'fills',
    recipe: { ...listed, traded: 8, mostFills: 2_500 },
    readings: { times: 'obeyed' },
  },
  {
    title:
      'The same, where no filter is obeyed: the newest thousand are all that anybody can have of the one symbol',
    what: 'fills',
    recipe: { ...listed, traded: 8, mostFills: 2_500 },
    readings: {},
  },
  {
    title: 'Deposits of twelve coins of 60, 1,005 of one of them',
    what: 'deposits',
    recipe: { ...listed, movedCoins: 12, mostDeposits: 1_005 },
    readings: {},
  },
]

const contestants = ['ours', ...(Object.keys(bitrueLoops) as BitrueLoop[])] as const

/** A fill by its id, since not everybody reads numbers of seventeen digits; a deposit by all that it says. */
function named(row: string): string {
  const { symbol, id, tradeId, ...rest } = JSON.parse(row)
  return JSON.stringify(tradeId === undefined ? { symbol, id, ...rest } : { symbol, id: Number(id) })
}

/** What a contestant makes of an account of a simulated Bitrue without limits, held against what the account holds. */
async function competeForBitrue(
  contestant: (typeof contestants)[number],
  { what, recipe, readings }: Case,
): Promise<Tally> {
  const now = Date.now()
  const account = generateAccount({ ...recipe, seed: 7, now })
  const simulator = await startSimulatedBitrue({
    account,
    enforceLimits: false,
    readings: { ...usualReadings, weight: 10_000_000, ...readings },
  })
  try {
    const truth = truthOf(account)
    // Two deposits are alike letter by letter: which of them came nobody could tell here.
    const all = what === 'fills' ? truth.spotFills : truth.deposits
    const held = [...new Map(all.map((row) => [row.text, { ...row, text: named(row.text) }])).values()]
    if (contestant !== 'ours') {
      const asked = { url: simulator.url, since: now - 400 * 86_400_000 }
      const { obtained, stoppedBy } = await runBitrueCcxt(contestant, what, asked)
      const rows = obtained.map((one) => ({ ...one, row: named(one.row) }))
      return { ...tally(rows, held, []), ...(stoppedBy !== undefined && { stoppedBy }) }
    }
    const { run, store } = await syncOverHttp(simulator, ['GONEUSDT'])
    const rows = [...store.rows.values()].map(({ raw, time, amount }) => ({
      row: named(raw),
      time,
      amount: Number(amount),
    }))
    const kind = what === 'fills' ? 'spot-trade' : 'deposit'
    const isShort = run.streams.some(({ stream, state }) => stream === kind && state === 'incomplete')
    return { ...tally(rows, held, []), ...(isShort && { stoppedBy: 'and says so' }) }
  } finally {
    await simulator.close()
  }
}

/** Bitrue beside ccxt. */
export async function* bitrue(): AsyncGenerator<string> {
  yield `## Bitrue beside ccxt

Each imports the same account from the same simulated Bitrue, which counts nobody's calls here. ccxt demands a symbol or a coin, and is asked for
each that is listed; the importer is told the name of the one that is not.`
  for (const one of bitrueCases) {
    const rows = []
    for (const contestant of contestants)
      rows.push(rowOf(contestant, await competeForBitrue(contestant, one)))
    yield `### ${one.title}\n\n${table(['', 'rows obtained', 'wrong times', 'wrong amounts', 'complete and right'], rows)}`
  }
  yield await againstTheFloor()
  yield await wholeBitrue(floorOf)
}

const mostRatio = 1.15
const mostMegabytes = 160

/** The documented paces of each kind of question: so many in so many seconds, and what each weighs of 1,200 a minute. */
const paces: readonly {
  readonly of: RegExp
  readonly calls: number
  readonly per: number
  readonly weight: number
}[] = [
  { of: /^\/api\/v2\/myTrades$/, calls: 4, per: 1, weight: 5 },
  { of: /^\/api\/v1\/(deposit|withdraw)\//, calls: 8, per: 10, weight: 1 },
  { of: /^\/[fd]api\/v2\//, calls: 5, per: 1, weight: 0 },
]

/** Seconds that the slowest pace takes for so many calls of each path, at the least weight. */
function floorOf(calls: ReadonlyMap<string, number>): number {
  const counts = paces.map(({ of, ...pace }) => ({
    ...pace,
    count: [...calls].reduce((sum, [path, count]) => sum + (of.test(path) ? count : 0), 0),
  }))
  const weighed = counts.reduce((sum, { count, weight }) => sum + count * weight, 0) / 20
  return Math.max(weighed, ...counts.map(({ count, calls: most, per }) => (count * per) / most))
}

/** The first import of a smaller Bitrue, at its real pace. */
async function againstTheFloor(): Promise<string> {
  const calls = new Map<string, number>()
  let refused = 0
  const simulator = await startSimulatedBitrue({
    account: generateAccount({ ...floorSizes, seed: 7, now: Date.now() }),
    onRequest: ({ path, code }) => {
      if (code === tooManyRequests) refused += 1
      else calls.set(path, (calls.get(path) ?? 0) + 1)
    },
  })
  try {
    const { rows, seconds, peakMegabytes } = await importInTerminal(simulator.url, {
      exchange: definition,
      keys: demoKey,
    })
    const floor = floorOf(calls)
    const ratio = seconds / floor
    return `## The first import of Bitrue against the floor

Of ${floorSizes.symbols} symbols, ${floorSizes.coins} coins and ${floorSizes.linear + floorSizes.inverse} contracts. The floor is what the slowest pace takes for the questions that were answered, at 1,200
weight a minute and 3,000 transfers an hour. At most ${mostRatio} times the floor and ${mostMegabytes} MB are wished for.

${table(
  [
    'requests',
    'refused',
    'rows',
    'floor',
    'time',
    'ratio',
    `≤ ${mostRatio}`,
    'peak memory',
    `≤ ${mostMegabytes} MB`,
  ],
  [
    [
      whole([...calls.values()].reduce((sum, count) => sum + count, 0)),
      whole(refused),
      whole(rows),
      `${floor.toFixed(1)} s`,
      `${seconds.toFixed(1)} s`,
      ratio.toFixed(2),
      ratio <= mostRatio ? 'yes' : 'NO',
      `${whole(peakMegabytes)} MB`,
      peakMegabytes <= mostMegabytes ? 'yes' : 'NO',
    ],
  ],
)}`
  } finally {
    await simulator.close()
  }
}

const floorSizes = {
  ...{ symbols: 90, coins: 30, linear: 20, inverse: 5, traded: 8, mostFills: 2_500, movedCoins: 12 },
  ...{ mostDeposits: 25, tradedContracts: 3, mostFuturesFills: 40, walletTransfers: 60 },
} as const

const tooManyRequests = -1003
