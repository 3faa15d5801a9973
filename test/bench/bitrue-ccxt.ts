import ccxt, { type bitrue, type Trade, type Transaction } from 'ccxt'
import { demoKey } from '../../local/simulated-bitrue/options.ts'
import { type History, obtain, tradesForward } from './ccxt-history.ts'

type Served = Trade | Transaction
type Loop = (exchange: bitrue, name: string, since: number) => AsyncGenerator<Served[]>

const pageSize = 1_000

/** ccxt as its users write it for Bitrue: symbol by symbol and coin by coin, as it demands. */
export const bitrueLoops = {
  'ccxt one call': {
    fills: async function* (exchange, symbol) {
      yield await exchange.fetchMyTrades(symbol, undefined, pageSize)
    },
    deposits: async function* (exchange, coin) {
      yield await exchange.fetchDeposits(coin)
    },
  },
  'ccxt since-loop': {
    fills: (exchange, symbol, since) => tradesForward(exchange, symbol, since, pageSize),
    deposits: async function* (exchange, coin, since) {
      yield await exchange.fetchDeposits(coin, since, pageSize)
    },
  },
} satisfies Record<string, { readonly fills: Loop; readonly deposits: Loop }>

export type BitrueLoop = keyof typeof bitrueLoops

/** Without regard to limits: where the simulator enforces none, nobody is shut out. */
export async function runBitrueCcxt(
  name: BitrueLoop,
  what: 'fills' | 'deposits',
  { url, since }: { readonly url: string; readonly since: number },
): Promise<History> {
  const exchange = new ccxt.bitrue({ apiKey: demoKey.apiKey, secret: demoKey.secret, enableRateLimit: false })
  return obtain(exchange, url, async function* ({ markets, currencies }) {
    const spot = Object.values(markets).filter((market) => market?.spot === true)
    const names = what === 'fills' ? spot.map((market) => market?.symbol ?? '') : Object.keys(currencies)
    for (const one of names) yield* bitrueLoops[name][what](exchange, one, since)
  })
}
