import ccxt, { type bitrue, type Trade, type Transaction } from 'ccxt'
import { demoKey } from '../../local/simulated-bitrue/options.ts'
import type { Obtained } from './bingx-ccxt.ts'

type Served = Trade | Transaction
type Loop = (exchange: bitrue, name: string, since: number) => AsyncGenerator<Served[]>

const pageSize = 1_000

async function* trades(exchange: bitrue, symbol: string, start: number): AsyncGenerator<Trade[]> {
  let since = start
  while (true) {
    const page = await exchange.fetchMyTrades(symbol, since, pageSize)
    yield page
    const last = page.at(-1)?.timestamp
    if (last === undefined || last < since) return
    since = last + 1
  }
}

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
  /** Forward: on from the last row that came. */
  'ccxt since-loop': {
    fills: trades,
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
): Promise<{ readonly obtained: readonly Obtained[]; readonly stoppedBy?: string }> {
  const exchange = new ccxt.bitrue({ apiKey: demoKey.apiKey, secret: demoKey.secret, enableRateLimit: false })
  const sign = exchange.sign.bind(exchange)
  exchange.sign = (...asked: Parameters<typeof sign>) => {
    const signed = sign(...asked)
    return { ...signed, url: url + signed.url.slice(new URL(signed.url).origin.length) }
  }
  const obtained: Obtained[] = []
  try {
    await exchange.loadMarkets()
    const spot = Object.values(exchange.markets).filter((market) => market?.spot === true)
    const names =
      what === 'fills' ? spot.map((market) => market?.symbol ?? '') : Object.keys(exchange.currencies)
    for (const one of names)
      for await (const served of bitrueLoops[name][what](exchange, one, since))
        for (const { info, timestamp, amount } of served)
          obtained.push({ row: JSON.stringify(info), time: timestamp ?? 0, amount: amount ?? Number.NaN })
    return { obtained }
  } catch (error) {
    // The class only: ccxt's messages can quote a signed request.
    return { obtained, stoppedBy: error instanceof Error ? error.constructor.name : 'error' }
  } finally {
    await exchange.close()
  }
}
