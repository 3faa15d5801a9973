import ccxt, { type bingx, type Trade } from 'ccxt'
import { day } from '../../lambdas/domain/window.ts'
import { demoKey } from '../../local/simulated-bingx/options.ts'

type Loop = (exchange: bingx, symbol: string, since: number) => AsyncGenerator<Trade[]>

const pageSize = 1_000

/** ccxt as its users write it for BingX, symbol by symbol, as it demands. */
export const bingxLoops = {
  'ccxt one call': async function* (exchange, symbol, since) {
    yield await exchange.fetchMyTrades(symbol, since, pageSize)
  },
  /** Forward: on from the last row that came. */
  'ccxt since-loop': async function* (exchange, symbol, start) {
    let since = start
    while (true) {
      const trades = await exchange.fetchMyTrades(symbol, since, pageSize)
      yield trades
      const last = trades.at(-1)?.timestamp
      if (last === undefined || last < since) return
      since = last + 1
    }
  },
  /** What ccxt's manual recommends for more than one page. */
  'ccxt paginate': async function* (exchange, symbol, since) {
    yield await exchange.fetchMyTrades(symbol, since, undefined, { paginate: true })
  },
} satisfies Record<string, Loop>

export type BingxLoop = keyof typeof bingxLoops

/** A row as it came, and what was made of it. */
export type Obtained = { readonly row: string; readonly time: number; readonly amount: number }

/** Without regard to limits: where the simulator enforces none, nobody is shut out. */
export async function runBingxCcxt(
  name: BingxLoop,
  {
    url,
    symbols,
    type,
    now,
  }: { url: string; symbols: readonly string[]; type: 'spot' | 'swap'; now: number },
): Promise<{ readonly obtained: readonly Obtained[]; readonly stoppedBy?: string }> {
  const exchange = new ccxt.bingx({ apiKey: demoKey.apiKey, secret: demoKey.secret, enableRateLimit: false })
  const sign = exchange.sign.bind(exchange)
  exchange.sign = (...asked: Parameters<typeof sign>) => {
    const signed = sign(...asked)
    return { ...signed, url: url + signed.url.slice(new URL(signed.url).origin.length) }
  }
  const obtained: Obtained[] = []
  try {
    await exchange.loadMarkets()
    const markets = Object.values(exchange.markets).filter(
      (market) => market?.type === type && symbols.includes(market.id ?? ''),
    )
    for (const market of markets)
      for await (const trades of bingxLoops[name](
        exchange,
        market?.symbol ?? '',
        now - (type === 'spot' ? 90 : 7) * day,
      ))
        for (const { info, timestamp, amount } of trades)
          obtained.push({ row: JSON.stringify(info), time: timestamp ?? 0, amount: amount ?? Number.NaN })
    return { obtained }
  } catch (error) {
    // The class only: ccxt's messages can quote a signed request.
    return { obtained, stoppedBy: error instanceof Error ? error.constructor.name : 'error' }
  } finally {
    await exchange.close()
  }
}
