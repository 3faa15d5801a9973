import ccxt, { type bingx, type Trade } from 'ccxt'
import { day } from '../../lambdas/domain/window.ts'
import { demoKey } from '../../local/simulated-bingx/options.ts'
import { type History, obtain, tradesForward } from './ccxt-history.ts'

type Loop = (exchange: bingx, symbol: string, since: number) => AsyncGenerator<Trade[]>

const pageSize = 1_000

/** ccxt as its users write it for BingX, symbol by symbol, as it demands. */
export const bingxLoops = {
  'ccxt one call': async function* (exchange, symbol, since) {
    yield await exchange.fetchMyTrades(symbol, since, pageSize)
  },
  'ccxt since-loop': (exchange, symbol, since) => tradesForward(exchange, symbol, since, pageSize),
  /** What ccxt's manual recommends for more than one page. */
  'ccxt paginate': async function* (exchange, symbol, since) {
    yield await exchange.fetchMyTrades(symbol, since, undefined, { paginate: true })
  },
} satisfies Record<string, Loop>

export type BingxLoop = keyof typeof bingxLoops

/** Without regard to limits: where the simulator enforces none, nobody is shut out. */
export async function runBingxCcxt(
  name: BingxLoop,
  {
    url,
    symbols,
    type,
    now,
  }: { url: string; symbols: readonly string[]; type: 'spot' | 'swap'; now: number },
): Promise<History> {
  const exchange = new ccxt.bingx({ apiKey: demoKey.apiKey, secret: demoKey.secret, enableRateLimit: false })
  const since = now - (type === 'spot' ? 90 : 7) * day
  return obtain(exchange, url, async function* ({ markets }) {
    for (const market of Object.values(markets))
      if (market?.type === type && symbols.includes(market.id ?? ''))
        yield* bingxLoops[name](exchange, market.symbol, since)
  })
}
