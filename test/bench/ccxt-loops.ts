import ccxt, { type bitmart, type Trade } from 'ccxt'
import { day } from '../../lambdas/domain/window.ts'
import { demoKey } from '../../local/simulated-bitmart/options.ts'
import { reasonOf } from './ccxt-history.ts'
import { keyOfRow, type Outcome, type Task } from './contestants.ts'

type Loop = (
  exchange: bitmart,
  symbol: string | undefined,
  since: number | undefined,
  now: number,
) => AsyncGenerator<Trade[]>

const pageSize = 200

/** ccxt 4.5.70 as its users write it. Each yields what every call brought. */
export const ccxtLoops = {
  /** What ccxt's manual recommends for more than one page. */
  'ccxt paginate': async function* (exchange, symbol, since) {
    yield await exchange.fetchMyTrades(symbol, since, undefined, { paginate: true })
  },

  /** Forward: on from the last row that came. */
  'ccxt since-loop': async function* (exchange, symbol, start) {
    let since = start
    while (true) {
      const trades = await exchange.fetchMyTrades(symbol, since, pageSize)
      yield trades
      const last = trades.at(-1)?.timestamp
      if (last === undefined) return
      since = last + 1
    }
  },

  /** Backward: on from before the first row that came. */
  'ccxt until-loop': async function* (exchange, symbol, since, now) {
    let until = now
    while (true) {
      const trades = await exchange.fetchMyTrades(symbol, since, pageSize, { until })
      yield trades
      const first = trades[0]?.timestamp
      if (first === undefined) return
      until = first - 1
    }
  },
} satisfies Record<string, Loop>

export type CcxtLoop = keyof typeof ccxtLoops

/** Runs one loop: once for all spot symbols, or once for each contract, since ccxt demands a symbol there. */
export async function runCcxt(
  name: CcxtLoop,
  { url, product, clock, hurried, sinceGiven }: Task,
): Promise<Outcome> {
  const exchange = new ccxt.bitmart({
    apiKey: demoKey.apiKey,
    secret: demoKey.secret,
    uid: demoKey.memo,
    enableRateLimit: !hurried,
    urls: { api: { spot: url, swap: url } },
  })
  exchange.nonce = clock
  const now = clock()
  const since = sinceGiven ? now - 90 * day : undefined
  const rows = new Set<string>()
  try {
    await exchange.loadMarkets()
    const symbols =
      product === 'spot' ? [undefined] : (exchange.symbols ?? []).filter((id) => exchange.market(id).swap)
    for (const symbol of symbols)
      for await (const trades of ccxtLoops[name](exchange, symbol, since, now))
        for (const { info } of trades) rows.add(keyOfRow(info))
    return { rows: [...rows] }
  } catch (error) {
    return { rows: [...rows], stoppedBy: reasonOf(error) }
  } finally {
    await exchange.close()
  }
}
