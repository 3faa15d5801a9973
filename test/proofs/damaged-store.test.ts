import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStores } from '../../lambdas/adapters/stores.ts'
import { noMarkets, streamKinds } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { verifiedCoverage } from '../../lambdas/use-cases/known-coverage.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { seededRandom } from '../../local/simulated-exchange/random.ts'
import { temporaryDirectory } from '../adapters/temporary-store.ts'
import { connection, patiently } from '../model/engine.ts'
import { type ModelExchange, modelClient, modelDefinition, tick } from '../model/model-exchange.ts'
import { announce, seed, setting } from '../model/replay.ts'
import { eventfulAccount } from '../model/small-worlds.ts'

const owner = { user: connection.user, connection: connection.id }
/** Within what the exchange is documented to serve: all of it can be known. */
const opened = eventfulAccount.clock - 350 * tick

/** One run of a new process over the files in this directory; what is stored afterwards, and what is said of it. */
async function live(dataDir: string, exchange: ModelExchange, job: 'sync' | 'export') {
  const { table, close } = await openEmbeddedStore({ dataDir })
  try {
    const stores = openStores(table)
    if (job === 'sync')
      await syncConnection(
        {
          ...stores,
          verification: 'always',
          clock: () => exchange.clock,
          sleep: patiently,
          client: modelClient(exchange),
          markets: noMarkets,
        },
        connection,
        modelDefinition({ opened }),
        { runId: String(exchange.clock), holder: `h${exchange.clock}` },
      )
    const coverage = await verifiedCoverage(stores, owner)
    const rows: Transaction[] = []
    for await (const row of stores.transactions.each(owner)) rows.push(row)
    return { rows, coverage }
  } finally {
    await close()
  }
}

const isDamaged = (coverage: Awaited<ReturnType<typeof live>>['coverage']) =>
  coverage.length < 2 ||
  coverage.some(({ unverified }) => unverified.some(({ reason }) => reason === 'damaged'))

/** Rows that are not there as they were, in time that is still called covered. */
function lostInSilence(
  rows: readonly Transaction[],
  { rows: left, coverage }: Awaited<ReturnType<typeof live>>,
) {
  const whole = new Set(left.map((row) => JSON.stringify(row)))
  return rows
    .filter((row) => !whole.has(JSON.stringify(row)))
    .filter(({ identity, time }) =>
      coverage
        .filter(({ partition }) => partition === identity[1])
        .some(({ covered }) => covered.some(({ from, to }) => time >= from && time < to)),
    )
}

async function flipBit(path: string, share: number, bit: number): Promise<void> {
  const bytes = await readFile(path)
  const at = Math.floor(share * bytes.length)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
  await writeFile(path, bytes)
}

/** A history as it is after two nights: in the log, and, opened once more, in a table. */
async function importedHistory() {
  const dataDir = await temporaryDirectory()
  const exchange = { ...eventfulAccount, clock: eventfulAccount.clock + 300 * tick }
  await live(dataDir, exchange, 'sync')
  exchange.clock += 100 * tick
  const { rows } = await live(dataDir, exchange, 'sync')
  return { dataDir, exchange, rows }
}

/** In each file, one in every part of it. */
const places = Math.ceil(setting('MODEL_RUNS', 80) / 5)

const files = (dataDir: string) => readdir(join(dataDir, 'store'))

describe('a bit that flips in the files of the store', () => {
  it('is told by an export, and healed by a sync while the exchange still serves: never silence', async () => {
    const { dataDir, exchange, rows } = await importedHistory()
    const names = (await files(dataDir)).filter((name) => /\.(ldb|log)$/.test(name))
    const outcomes = { untouched: 0, told: 0 }
    const random = seededRandom(seed)
    announce()
    for (const name of names) {
      for (let place = 0; place < places; place += 1) {
        const copy = await temporaryDirectory()
        await cp(dataDir, copy, { recursive: true })
        const [share, bit] = [(place + random()) / places, Math.floor(random() * 8)]
        const what = `MODEL_SEED=${seed} MODEL_RUNS=${places * 5}: ${name} ${share} ${bit}`
        await flipBit(join(copy, 'store', name), share, bit)
        const told = await live(copy, exchange, 'export').catch((error: Error) => error.message)
        if (typeof told === 'string') expect(told, what).toMatch(/damaged|is not what was stored/)
        else expect(lostInSilence(rows, told), what).toEqual([])
        const isTold = typeof told === 'string' || told.rows.length < rows.length || isDamaged(told.coverage)
        outcomes[isTold ? 'told' : 'untouched'] += 1
        const later = { ...exchange, clock: exchange.clock + tick }
        const healed = await live(copy, later, 'sync')
        expect(
          healed.rows.map(({ identity, raw }) => [identity, raw]),
          what,
        ).toEqual(rows.map(({ identity, raw }) => [identity, raw]))
        const doubted = healed.coverage.flatMap(({ unverified }) => unverified.map(({ reason }) => reason))
        expect(doubted, what).not.toContain('damaged')
        await rm(copy, { recursive: true })
      }
    }
    expect(outcomes.told).toBeGreaterThan(2)
  })

  it('in a row that the exchange serves no more is told as damaged for good', async () => {
    const { dataDir, exchange, rows } = await importedHistory()
    const { table, close } = await openEmbeddedStore({ dataDir })
    const lost = rows[3]
    if (lost === undefined) throw new Error('no rows')
    await openStores(table).transactions.remove(owner, [lost])
    await close()
    // Now nothing is served but the last moments.
    const strict: ModelExchange = {
      ...exchange,
      rows: [],
      beyond: 'empty',
      clock: exchange.clock + 9_000 * tick,
    }
    const { coverage, rows: left } = await live(dataDir, strict, 'sync')
    expect(isDamaged(coverage)).toBe(true)
    expect(left).toHaveLength(rows.length - 1)
    const again = await live(dataDir, { ...strict, clock: strict.clock + tick }, 'export')
    expect(isDamaged(again.coverage)).toBe(true)
    expect(new Set(left.map(({ stream }) => stream)).size).toBeLessThanOrEqual(streamKinds.length)
  })
})
