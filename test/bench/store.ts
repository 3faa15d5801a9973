import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { connection } from '../model/engine.ts'
import { makeAccount } from './accounts.ts'
import type { Store } from './import-account.ts'
import { withStoreOnDisk } from './store-on-disk.ts'
import { table, whole } from './table.ts'

const fills = 20_000
const page = 200
const saves = 1_000

const owner = { user: connection.user, connection: connection.id }

/** How fast the embedded store is: more than the exchange's limits let through, or it would set the pace. */
export async function* store(): AsyncGenerator<string> {
  const pages = await pagesOfFills()
  const rows = await withStoreOnDisk(async (opened) => [
    await timed('write fills, a page at a time', fills, async () => {
      for (const one of pages) await opened.transactions.write(owner, one)
    }),
    await timed('read them again by their times', fills, async () => {
      for (const one of pages) await opened.transactions.stored(owner, 'spot-trade', spanOf(one))
    }),
    await timed('write them again', fills, async () => {
      for (const one of pages) await opened.transactions.write(owner, one)
    }),
    await timed('save coverage', saves, () => saveCoverage(opened)),
  ])
  yield `## The embedded store

At BitMart's limits at most 1,200 spot fills arrive in a second.

${table(['', 'items', 'seconds', 'items/s'], rows)}`
}

async function pagesOfFills(): Promise<readonly (readonly Transaction[])[]> {
  const account = makeAccount({ spotFills: fills, perMillisecond: 1 }, Date.now())
  const definition = bitmart.streams.find(({ stream }) => stream === 'spot-trade')
  if (definition === undefined) throw new Error('There is no stream of spot fills.')
  const { readable: rows } = definition.rows.parse(account.spotFills)
  const all = definition.normalise(rows, { partition: 'spot', markets: noMarkets })
  return Array.from({ length: fills / page }, (_, index) => all.slice(index * page, (index + 1) * page))
}

function spanOf(transactions: readonly Transaction[]) {
  const times = transactions.map(({ time }) => time)
  return { from: Math.min(...times), to: Math.max(...times) + 1 }
}

async function saveCoverage({ lease, coverage }: Store): Promise<void> {
  const epoch = await lease.acquire(owner, 'bench', Date.now(), 60_000)
  if (epoch === undefined) throw new Error('The lease is taken.')
  for (let count = 0; count < saves; count++)
    await coverage.save(owner, { ...noCoverage('spot-trade', 'spot'), attempted: count }, epoch)
}

async function timed(what: string, items: number, work: () => Promise<void>): Promise<string[]> {
  const startedAt = performance.now()
  await work()
  const seconds = (performance.now() - startedAt) / 1_000
  return [what, whole(items), seconds.toFixed(1), whole(items / seconds)]
}
