import { setTimeout as delay } from 'node:timers/promises'
import { Secret } from '../../lambdas/domain/secret.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { demoKey } from '../../local/simulated-bingx/options.ts'
import type { SimulatedBingx } from '../../local/simulated-bingx/server.ts'
import { type TrueRow, truthOf } from '../../local/simulated-bingx/truth.ts'
import { connection, patiently } from '../model/engine.ts'
import { withoutLimits } from '../model/hurry.ts'
import { type MemoryStore, memoryStore } from '../model/memory-store.ts'

const quick = withoutLimits(bingx)

/** BingX with limits so generous, and so young, that tests need not wait for it. */
export const hurriedBingx = {
  ...quick,
  streams: quick.streams.map((stream) => ({ ...stream, opened: Date.UTC(2026, 5, 1) })),
}

/** The real client, which waits for nothing. */
export function openHurriedClient({ url, options: { clock } }: SimulatedBingx) {
  return openExchangeClient(
    hurriedBingx,
    { apiKey: new Secret(demoKey.apiKey), secret: new Secret(demoKey.secret) },
    {
      hosts: { bingx: url },
      clock,
      sleep: (ms) => delay(Math.min(ms, 5)),
      random: Math.random,
      timeout: 60_000,
    },
  )
}

/** One sync of the simulated BingX into a store in memory, through the real client. */
export async function syncOverHttp(simulator: SimulatedBingx, store: MemoryStore = memoryStore()) {
  const { clock } = simulator.options
  const client = openHurriedClient(simulator)
  try {
    const catalogue = { load: async () => undefined, save: async () => undefined }
    const markets = await fetchMarkets({ client, clock, catalogue }, hurriedBingx, 0)
    const run = await syncConnection(
      { ...store, clock, sleep: patiently, client, markets },
      { ...connection, exchange: 'bingx' },
      hurriedBingx,
      { runId: String(clock()), holder: String(Math.random()) },
    )
    return { run, store }
  } finally {
    await client.close()
  }
}

/** What of each history the store has that the account has not, and the other way round; a row is all that must be right of it. */
export function differences(store: MemoryStore, simulator: SimulatedBingx) {
  const truth = truthOf(simulator.account, simulator.options)
  const rows = [...store.rows.values()]
  const of = (isWanted: (row: Transaction) => boolean) => rows.filter(isWanted)
  const futures = of(({ stream }) => stream === 'futures-trade')
  const compared: readonly (readonly [string, readonly TrueRow[], readonly Transaction[]])[] = [
    ['spot fills', truth.spotFills, of(({ stream }) => stream === 'spot-trade')],
    ['futures fills', truth.futuresFills, futures.filter(({ account }) => account === 'usdt-m')],
    ['COIN-M fills', truth.coinFills, futures.filter(({ account }) => account === 'coin-m')],
    ['ledger', truth.ledger, of(({ stream }) => stream === 'futures-ledger')],
    ['deposits', truth.deposits, of(({ stream }) => stream === 'deposit')],
    ['withdrawals', truth.withdrawals, of(({ stream }) => stream === 'withdrawal')],
  ]
  return compared.flatMap(([what, held, stored]) => {
    const left = new Map<string, number>()
    for (const row of held) left.set(lineOf(row), (left.get(lineOf(row)) ?? 0) + 1)
    let invented = 0
    for (const { time, amount, contracts, symbol, raw } of stored) {
      const line = lineOf({
        text: raw,
        time,
        amount: (what === 'COIN-M fills' ? contracts : amount) ?? '',
        ...(symbol !== undefined && { symbol }),
      })
      const count = left.get(line) ?? 0
      if (count === 0) invented += 1
      else left.set(line, count - 1)
    }
    const missing = [...left.values()].reduce((sum, count) => sum + count, 0)
    return missing + invented === 0 ? [] : [{ what, held: held.length, missing, invented }]
  })
}

function lineOf({ text, time, amount, symbol }: TrueRow): string {
  return `${time} ${symbol ?? ''} ${amount} ${text}`
}
