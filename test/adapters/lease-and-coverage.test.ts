import { describe, expect, it } from 'vitest'
import { coverageStore } from '../../lambdas/adapters/coverage.ts'
import { leaseStore, readLease } from '../../lambdas/adapters/lease.ts'
import { put } from '../../lambdas/adapters/table.ts'
import { coverageKey } from '../../lambdas/adapters/table-keys.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import type { Owner } from '../../lambdas/domain/connection.ts'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import { temporaryStore } from './temporary-store.ts'

const owner: Owner = { user: 'ann', connection: 'c1' }

async function stores() {
  const { table } = await temporaryStore()
  return {
    table,
    lease: leaseStore(table),
    coverage: coverageStore(table),
    transactions: transactionStore(table),
  }
}

const full: Coverage = {
  stream: 'futures-trade',
  partition: 'copy#1',
  covered: [
    { from: 0, to: 10 },
    { from: 1_700_000_000_000, to: 1_800_000_000_000 },
  ],
  unverified: [{ from: 10, to: 20, reason: 'beyond-depth' }],
  lost: [{ from: 20, to: 30, reason: 'saturated' }],
  attempted: 1_800_000_000_000,
  unfinished: [
    { time: 5, identity: 'a' },
    { time: 6, identity: 'b', movedTo: 7 },
  ],
  symbols: ['BTC_USDT', 'Ünï'],
  note: 'not-opened',
}

describe('the lease', () => {
  it('is had by one holder at a time', async () => {
    const { lease } = await stores()
    const epochs = await Promise.all(
      Array.from({ length: 10 }, (_, index) => lease.acquire(owner, `h${index}`, 1_000, 500)),
    )
    expect(epochs.filter((epoch) => epoch !== undefined)).toHaveLength(1)
    expect(await lease.acquire({ ...owner, connection: 'c2' }, 'h', 1_000, 500)).toBeDefined()
  })

  it('passes on when it expires, when it is released and to its own holder, each time in a new epoch', async () => {
    const { lease } = await stores()
    const first = (await lease.acquire(owner, 'a', 1_000, 500)) ?? 0
    expect(await lease.acquire(owner, 'b', 1_499, 500)).toBeUndefined()
    expect(await lease.acquire(owner, 'a', 1_499, 500)).toBe(first + 1)
    expect(await lease.acquire(owner, 'b', 1_998, 500)).toBeUndefined()
    expect(await lease.acquire(owner, 'b', 1_999, 500)).toBe(first + 2)
    await lease.release(owner, 'b', first + 2)
    expect(await lease.acquire(owner, 'c', 1_999, 500)).toBe(first + 3)
  })

  it('is renewed and released by its holder in its epoch only', async () => {
    const { lease } = await stores()
    const epoch = (await lease.acquire(owner, 'a', 1_000, 500)) ?? 0
    expect(await lease.renew(owner, 'a', epoch, 1_400, 500)).toBe(true)
    expect(await lease.acquire(owner, 'b', 1_899, 500)).toBeUndefined()
    expect(await lease.renew(owner, 'b', epoch, 1_400, 500)).toBe(false)
    expect(await lease.renew(owner, 'a', epoch - 1, 1_400, 500)).toBe(false)
    await lease.release(owner, 'b', epoch)
    await lease.release(owner, 'a', epoch - 1)
    expect(await lease.acquire(owner, 'b', 1_899, 500)).toBeUndefined()
    expect(await lease.renew({ ...owner, connection: 'c2' }, 'a', epoch, 1_400, 500)).toBe(false)
  })

  it('of a dead holder is freed with its epoch kept, and freeing none makes none', async () => {
    const { table, lease } = await stores()
    await lease.expire(owner)
    expect(await readLease(table, owner)).toBeUndefined()
    const epoch = (await lease.acquire(owner, 'a', 1_000, 500)) ?? 0
    await lease.expire(owner)
    await lease.expire(owner)
    expect(await lease.acquire(owner, 'b', 1_000, 500)).toBe(epoch + 1)
  })

  it('is seized from whoever holds it', async () => {
    const { lease, coverage } = await stores()
    const epoch = (await lease.acquire(owner, 'a', 1_000, 500)) ?? 0
    expect(await lease.seize(owner, 1_100, 500)).toBe(epoch + 1)
    expect(await lease.renew(owner, 'a', epoch, 1_100, 500)).toBe(false)
    await expect(coverage.save(owner, full, epoch)).rejects.toMatchObject({ failure: { kind: 'lease-lost' } })
    expect(await lease.acquire(owner, 'b', 1_200, 500)).toBeUndefined()
    expect(await lease.acquire(owner, 'b', 1_600, 500)).toBe(epoch + 2)
    expect(await lease.seize({ ...owner, connection: 'new' }, 5_000, 500)).toBe(5_001)
  })

  it('has epochs that grow also when it was removed in between', async () => {
    const { lease, transactions } = await stores()
    const before = (await lease.acquire(owner, 'a', 1_000, 500)) ?? 0
    await transactions.removeAll(owner)
    expect(await lease.acquire(owner, 'b', 1_010, 500)).toBeGreaterThan(before)
  })
})

describe('coverage', () => {
  it('comes back as it was saved, one for each partition', async () => {
    const { lease, coverage } = await stores()
    expect(await coverage.load(owner)).toEqual([])
    const epoch = (await lease.acquire(owner, 'a', 1_000, 500)) ?? 0
    await coverage.save(owner, noCoverage('futures-trade', 'copy#1'), epoch)
    await coverage.save(owner, full, epoch)
    await coverage.save(owner, noCoverage('deposit', ''), epoch)
    expect(await coverage.load(owner)).toEqual([noCoverage('deposit', ''), full])
    expect(await coverage.load({ ...owner, connection: 'c2' })).toEqual([])
  })

  it('is saved by later epochs over earlier ones, never the other way', async () => {
    const { lease, coverage } = await stores()
    const first = (await lease.acquire(owner, 'a', 1_000, 500)) ?? 0
    await coverage.save(owner, noCoverage('deposit', ''), first)
    const second = (await lease.acquire(owner, 'b', 2_000, 500)) ?? 0
    const newer = { ...noCoverage('deposit', ''), attempted: 7 }
    await coverage.save(owner, newer, second)
    await expect(coverage.save(owner, noCoverage('deposit', ''), first)).rejects.toMatchObject({
      failure: { kind: 'lease-lost' },
    })
    expect(await coverage.load(owner)).toEqual([newer])
    await lease.release(owner, 'b', second)
    await coverage.save(owner, { ...newer, attempted: 8 }, second)
  })

  it('of an older run is refused when the lease passed on, and was used, between look and write', async () => {
    const { table, lease, coverage } = await stores()
    const first = (await lease.acquire(owner, 'a', 1_000, 500)) ?? 0
    const newer = { ...full, attempted: 7 }
    let overtaken = false
    table.client.middlewareStack.add(
      (next, { commandName }) =>
        async (input) => {
          if (commandName === 'PutItemCommand' && !overtaken) {
            overtaken = true
            const second = (await lease.acquire(owner, 'b', 2_000, 500)) ?? 0
            await coverage.save(owner, newer, second)
          }
          return next(input)
        },
      { step: 'initialize' },
    )
    await expect(coverage.save(owner, full, first)).rejects.toMatchObject({ failure: { kind: 'lease-lost' } })
    expect(overtaken).toBe(true)
    expect(await coverage.load(owner)).toEqual([newer])
  })

  it('needs a lease: none is saved without, and none is claimed', async () => {
    const { coverage } = await stores()
    await expect(coverage.save(owner, full, 1)).rejects.toMatchObject({ failure: { kind: 'lease-lost' } })
    expect(await coverage.load(owner)).toEqual([])
  })

  it('that a run writes after its history was removed claims nothing', async () => {
    const { table, lease, coverage, transactions } = await stores()
    const zombie = (await lease.acquire(owner, 'a', 1_000, 500)) ?? 0
    await transactions.removeAll(owner)
    // The write of a run that had looked at its lease before the removal.
    await put(table, { ...coverageKey(owner, full.stream, full.partition), ...full, epoch: zombie })
    expect(await coverage.load(owner)).toEqual([])
    const epoch = (await lease.acquire(owner, 'b', 2_000, 500)) ?? 0
    expect(await coverage.load(owner)).toEqual([])
    await coverage.save(owner, { ...full, attempted: 3 }, epoch)
    expect(await coverage.load(owner)).toEqual([{ ...full, attempted: 3 }])
  })
})
