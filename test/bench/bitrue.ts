import { type AccountOptions, generateAccount } from '../../local/simulated-bitrue/account.ts'
import { type Readings, usualReadings } from '../../local/simulated-bitrue/options.ts'
import { startSimulatedBitrue } from '../../local/simulated-bitrue/server.ts'
import { truthOf } from '../../local/simulated-bitrue/truth.ts'
import { syncOverHttp } from '../use-cases/bitrue-over-http.ts'
import { rowOf, type Tally, tally } from './bingx.ts'
import { type BitrueLoop, bitrueLoops, runBitrueCcxt } from './bitrue-ccxt.ts'
import { table } from './table.ts'

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
}
