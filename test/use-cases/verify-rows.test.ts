import { describe, expect, it } from 'vitest'
import { openStores } from '../../lambdas/adapters/stores.ts'
import { queryAll, writeAll } from '../../lambdas/adapters/table.ts'
import { coverageKey, sumsKeys, transactionKeys } from '../../lambdas/adapters/table-keys.ts'
import { ownersWord } from '../../lambdas/domain/completeness.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import { monthOf } from '../../lambdas/domain/sums.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day } from '../../lambdas/domain/window.ts'
import { knownCoverage, verifiedCoverage } from '../../lambdas/use-cases/known-coverage.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import type { VerifyTurn } from '../../lambdas/use-cases/verify-rows.ts'
import { temporaryStore } from '../adapters/temporary-store.ts'
import { connection, patiently } from '../model/engine.ts'
import { type ModelExchange, modelClient, modelDefinition, tick } from '../model/model-exchange.ts'
import { eventfulAccount } from '../model/small-worlds.ts'

const owner = { user: connection.user, connection: connection.id }

/** An account whose rows are imported, and final. */
async function imported() {
  const { table } = await temporaryStore()
  const stores = openStores(table)
  const account = { rows: [...eventfulAccount.rows] }
  const exchange: ModelExchange = {
    ...eventfulAccount,
    rows: account.rows,
    clock: eventfulAccount.clock + 300 * tick,
  }

  async function sync(later: number, verification: VerifyTurn = 'always'): Promise<void> {
    exchange.clock += later
    await syncConnection(
      {
        ...stores,
        verification,
        clock: () => exchange.clock,
        sleep: patiently,
        client: modelClient(exchange),
        markets: noMarkets,
      },
      connection,
      modelDefinition({ opened: eventfulAccount.clock - 350 * tick }),
      { runId: String(exchange.clock), holder: `h${exchange.clock}` },
    )
  }
  async function rows(): Promise<readonly Transaction[]> {
    const found: Transaction[] = []
    for await (const row of stores.transactions.each(owner)) found.push(row)
    return found
  }
  async function oldest(): Promise<Transaction> {
    const [row] = await rows()
    if (row === undefined) throw new Error('Nothing was imported.')
    return row
  }
  /** Whether the time of this row is called covered, or damaged, where a history is handed out as complete. */
  async function told({ time, account }: Transaction) {
    const parts = (await verifiedCoverage(stores, owner)).filter(({ partition }) => partition === account)
    const says = (spans: readonly { from: number; to: number; reason?: string }[]) =>
      spans.find(({ from, to }) => time >= from && time < to)
    return parts.map(({ covered, unverified }) =>
      says(covered) ? 'covered' : (says(unverified)?.reason ?? 'not covered'),
    )
  }
  await sync(0)
  await sync(100 * tick)
  return { table, stores, exchange, account, sync, rows, oldest, told }
}

describe('what is stored is compared with what was put there', () => {
  it('and a row that is gone is told at once, and asked again by the next run', async () => {
    const { stores, sync, rows, oldest, told } = await imported()
    const before = await rows()
    const lost = await oldest()
    expect(await told(lost)).toEqual(['covered'])
    await stores.transactions.remove(owner, [lost])
    expect(await told(lost)).toEqual(['damaged'])
    await sync(tick)
    expect((await rows()).map(({ raw }) => raw)).toEqual(before.map(({ raw }) => raw))
    expect(await told(lost)).toEqual(['covered'])
  })

  it('and a sync that begins while it is compared is no damage, while a row that is gone is', async () => {
    const { stores, exchange, account, sync, oldest } = await imported()
    const lost = await oldest()
    const [first] = account.rows
    if (first === undefined) throw new Error('The account is empty.')
    async function comparedDuringSync() {
      let begun = false
      return verifiedCoverage(
        {
          ...stores,
          transactions: {
            async *inspect(...asked: Parameters<typeof stores.transactions.inspect>) {
              if (!begun) {
                begun = true
                account.rows.push(
                  Object.assign({}, first, { id: 'new', time: exchange.clock, late: 0, doneAt: 0 }),
                )
                await sync(5 * tick)
              }
              yield* stores.transactions.inspect(...asked)
            },
          },
        },
        owner,
      )
    }
    const damagedIn = (parts: Awaited<ReturnType<typeof comparedDuringSync>>) =>
      parts.flatMap(({ unverified }) => unverified.filter(({ reason }) => reason === 'damaged'))
    const [before] = await stores.sums.load(owner)
    expect(damagedIn(await comparedDuringSync())).toEqual([])
    const [after] = await stores.sums.load(owner)
    expect(after?.version).toBeGreaterThan(before?.version ?? 0)
    await stores.transactions.remove(owner, [lost])
    expect(damagedIn(await verifiedCoverage(stores, owner))).not.toEqual([])
  })

  it('and what a sync writes all the while is left to that sync, after three counts', async () => {
    const { stores, oldest } = await imported()
    const lost = await oldest()
    await stores.transactions.remove(owner, [lost])
    const month = monthOf(lost)
    let loads = 0
    const sums = {
      ...stores.sums,
      async load(of: typeof owner) {
        loads += 1
        const all = await stores.sums.load(of)
        return all.map((one) => ({
          ...one,
          version: one.version + loads,
          months: one.months.map((sum) => (sum.month === month ? { ...sum, count: sum.count + loads } : sum)),
        }))
      },
    }
    const parts = await verifiedCoverage({ ...stores, sums }, owner)
    const damaged = parts
      .filter(({ stream }) => stream === lost.stream)
      .flatMap(({ unverified }) => unverified.filter(({ reason }) => reason === 'damaged'))
    expect(damaged.some(({ from, to }) => lost.time >= from && lost.time < to)).toBe(false)
  })

  it('and a row that was altered is put aside, told, and had again', async () => {
    const { table, sync, rows, oldest, told } = await imported()
    const before = await rows()
    const altered = await oldest()
    const [item] = await queryAll(
      table,
      transactionKeys(owner, altered.stream, altered.time, altered.time + 1),
    )
    if (item === undefined) throw new Error('The row is not where it should be.')
    await writeAll(table, [{ put: { ...item, PK: String(item.PK), SK: String(item.SK), amount: '9999' } }])
    expect(await told(altered)).toEqual(['damaged'])
    await sync(tick)
    expect((await rows()).map(({ raw }) => raw)).toEqual(before.map(({ raw }) => raw))
    expect(await told(altered)).toEqual(['covered'])
  })

  it('and a row that nobody stored takes its month back', async () => {
    const { stores, sync, oldest, told } = await imported()
    const row = await oldest()
    await stores.transactions.write(owner, [{ ...row, identity: `${row.identity}x`, time: row.time + 1 }])
    expect(await told(row)).toEqual(['damaged'])
    await sync(tick)
    expect(await told(row)).toEqual(['covered'])
  })

  it('weekly where reading is paid for: until then a sync does not notice', async () => {
    const { exchange, stores, sync, rows, oldest } = await imported()
    const verifiedAt = async () => (await stores.sums.load(owner))[0]?.verifiedAt ?? 0
    const compared = await verifiedAt()
    expect(compared).toBeGreaterThan(0)
    const before = (await rows()).length
    const lost = await oldest()
    await stores.transactions.remove(owner, [lost])
    await sync(tick, 'weekly')
    expect(await rows()).toHaveLength(before - 1)
    expect(await verifiedAt()).toBe(compared)
    exchange.served = 100 * day
    const week = exchange.clock
    await sync(7 * day, 'weekly')
    expect(await verifiedAt()).toBeGreaterThan(week)
    expect(await rows()).toHaveLength(before)
  })

  it('and what an export finds is said by everybody from then on, until the next sync has mended it', async () => {
    const { stores, sync, rows, oldest } = await imported()
    const lost = await oldest()
    const before = (await rows()).length
    const said = async () =>
      (await knownCoverage(stores, owner)).some(({ unverified }) =>
        unverified.some(
          ({ from, to, reason }) => reason === 'damaged' && lost.time >= from && lost.time < to,
        ),
      )
    await stores.transactions.remove(owner, [lost])
    expect(await said()).toBe(false)
    await verifiedCoverage(stores, owner)
    expect(await said()).toBe(true)
    await sync(tick, 'weekly')
    expect(await rows()).toHaveLength(before)
    expect(await said()).toBe(false)
    await verifiedCoverage(stores, owner)
    expect(await said()).toBe(false)
  })

  it('and where coverage is lost, a row from before what its owner says refutes him all the same', async () => {
    const { table, stores, exchange, sync, oldest } = await imported()
    const row = await oldest()
    const word = (coverage: readonly Coverage[]) => ownersWord(row.time + 1, coverage, undefined)?.refutedBy
    expect(word(await stores.coverage.load(owner))).toBe(row.time)
    /** Of the other part, the oldest row is younger by so much. */
    async function lose(younger: number): Promise<void> {
      await writeAll(table, [{ remove: coverageKey(owner, row.stream, row.account ?? '') }])
      const epoch = (await stores.lease.acquire(owner, 'test', exchange.clock, 1)) ?? 0
      for (const part of await stores.coverage.load(owner))
        await stores.coverage.save(owner, { ...part, oldest: row.time + younger }, epoch)
      await stores.lease.release(owner, 'test', epoch)
    }
    await lose(tick)
    expect(word(await stores.coverage.load(owner))).toBeUndefined()
    expect(word(await verifiedCoverage(stores, owner))).toBe(row.time)
    await sync(tick, 'weekly')
    expect(word(await stores.coverage.load(owner))).toBe(row.time)
    await lose(60 * day)
    expect(word(await knownCoverage(stores, owner))).toBe(row.time)
  })

  it('and where the count itself is lost, nothing is called covered before all was asked again', async () => {
    const { table, sync, rows, oldest, told } = await imported()
    const row = await oldest()
    const items = await queryAll(table, sumsKeys(owner))
    expect(items).toHaveLength(1)
    await writeAll(
      table,
      items.map(({ PK, SK }) => ({ remove: { PK: String(PK), SK: String(SK) } })),
    )
    expect(await told(row)).toEqual(['damaged'])
    const before = (await rows()).length
    await sync(tick)
    expect(await told(row)).toEqual(['covered'])
    expect(await rows()).toHaveLength(before)
  })

  it('but what a killed run was writing is counted anew, and believed', async () => {
    const { exchange, stores, sync, oldest, told } = await imported()
    const row = await oldest()
    const [sums] = await stores.sums.load(owner)
    if (sums === undefined) throw new Error('Nothing was counted.')
    const epoch = await stores.lease.acquire(owner, 'killed', exchange.clock, 1)
    await stores.sums.save(owner, { ...sums, touched: [monthOf(row)] }, epoch ?? 0)
    await stores.transactions.write(owner, [{ ...row, identity: `${row.identity}x` }])
    expect(await told(row)).toEqual(['covered'])
    await sync(10 * tick)
    expect(await told(row)).toEqual(['covered'])
    const [counted] = await stores.sums.load(owner)
    expect(counted?.touched).toEqual([])
    expect(counted?.months.reduce((sum, { count }) => sum + count, 0)).toBe(
      1 + sums.months.reduce((sum, { count }) => sum + count, 0),
    )
  })
})
