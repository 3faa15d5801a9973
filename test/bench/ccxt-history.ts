import type { Exchange, Trade, Transaction } from 'ccxt'

type Served = Trade | Transaction

/** A row as it came, and what was made of it. */
export type Obtained = { readonly row: string; readonly time: number; readonly amount: number }

export type History = { readonly obtained: readonly Obtained[]; readonly stoppedBy?: string }

/** Forward: on from the last row that came. */
export async function* tradesForward(
  exchange: Exchange,
  symbol: string,
  start: number,
  pageSize: number,
): AsyncGenerator<Trade[]> {
  let since = start
  while (true) {
    const trades = await exchange.fetchMyTrades(symbol, since, pageSize)
    yield trades
    const last = trades.at(-1)?.timestamp
    if (last === undefined || last < since) return
    since = last + 1
  }
}

/** All that `pages` serve from the simulator at `url`, until an error ends it. */
export async function obtain<Ccxt extends Exchange>(
  exchange: Ccxt,
  url: string,
  pages: (exchange: Ccxt) => AsyncIterable<readonly Served[]>,
): Promise<History> {
  const sign = exchange.sign.bind(exchange)
  exchange.sign = (...asked: Parameters<typeof sign>) => {
    const signed = sign(...asked)
    return { ...signed, url: url + signed.url.slice(new URL(signed.url).origin.length) }
  }
  const obtained: Obtained[] = []
  try {
    await exchange.loadMarkets()
    for await (const page of pages(exchange))
      for (const { info, timestamp, amount } of page)
        obtained.push({ row: JSON.stringify(info), time: timestamp ?? 0, amount: amount ?? Number.NaN })
    return { obtained }
  } catch (error) {
    return { obtained, stoppedBy: reasonOf(error) }
  } finally {
    await exchange.close()
  }
}

/** The class only: ccxt's messages can quote a signed request. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : 'error'
}
