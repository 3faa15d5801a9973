import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it } from 'vitest'
import { coverageStore } from '../../lambdas/adapters/coverage.ts'
import { leaseStore } from '../../lambdas/adapters/lease.ts'
import { queryAll, type Table } from '../../lambdas/adapters/table.ts'
import { allCoverageParts } from '../../lambdas/adapters/table-keys.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import type { Owner } from '../../lambdas/domain/connection.ts'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import { temporaryStore } from '../adapters/temporary-store.ts'

const owner: Owner = { user: 'ann', connection: 'c1' }

/** Coverage with so many seconds that hold more rows than the exchange can be made to show. */
function crowded(seconds: number, attempted = 1_700_000_000_000): Coverage {
  const windows = Array.from({ length: seconds }, (_, index) => ({
    from: 1_700_000_000_000 + 2_000 * index,
    to: 1_700_000_001_000 + 2_000 * index,
  }))
  return {
    ...noCoverage('spot-trade', 'spot'),
    covered: windows.map(({ from, to }) => ({ from: from + 1_000, to: to + 1_000 })),
    lost: windows.map((window) => ({ ...window, reason: 'saturated' })),
    attempted,
    symbols: ['Ünï_🙂'],
  }
}

async function stores() {
  const { table, requests } = await temporaryStore()
  const [lease, coverage] = [leaseStore(table), coverageStore(table)]
  const epoch = (await lease.acquire(owner, 'a', 1_000, 500)) ?? 0
  return { table, requests, lease, coverage, epoch }
}

const partsOf = (table: Table) => queryAll(table, allCoverageParts(owner), { keysOnly: true })

describe('coverage that outgrows an item of the store', () => {
  it('of 50,000 crowded seconds comes back as it was saved, and nothing is left of what it replaced', async () => {
    const { table, coverage, epoch } = await stores()
    await coverage.save(owner, crowded(3_500), epoch)
    expect(await coverage.load(owner)).toEqual([crowded(3_500)])
    await coverage.save(owner, crowded(50_000), epoch)
    expect(await coverage.load(owner)).toEqual([crowded(50_000)])
    const before = await partsOf(table)
    await coverage.save(owner, crowded(50_000, 1_800_000_000_000), epoch)
    expect(await coverage.load(owner)).toEqual([crowded(50_000, 1_800_000_000_000)])
    expect(await partsOf(table)).toHaveLength(before.length)
    await coverage.save(owner, crowded(1), epoch)
    expect(await coverage.load(owner)).toEqual([crowded(1)])
    expect(await partsOf(table)).toEqual([])
  })

  it('is one item and one write while it fits', async () => {
    const { requests, coverage, epoch } = await stores()
    const before = requests.writes
    await coverage.save(owner, crowded(1_500), epoch)
    await coverage.save(owner, crowded(1_501), epoch)
    expect(requests.writes - before).toBe(2)
  })

  it.each([
    ['grows out of one', 2, 5_000],
    ['grows on', 5_000, 6_000],
    ['fits again', 5_000, 2],
  ])('%s: killed between any two writes, it is the old or the new, whole', async (_what, old, young) => {
    const outcomes = new Set<string>()
    for (let survived = 0; ; survived += 1) {
      const { table, lease, coverage, epoch } = await stores()
      await coverage.save(owner, crowded(old), epoch)
      let writes = 0
      let alive = true
      table.client.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (alive && /^(PutItem|BatchWriteItem)/.test(commandName ?? '') && writes++ >= survived)
              throw new Error('killed')
            return next(args)
          },
        { step: 'initialize' },
      )
      const outcome = await coverage.save(owner, crowded(young), epoch).catch(() => 'killed')
      alive = false
      const [found] = await coverage.load(owner)
      if (found?.lost.length === old) expect(found).toEqual(crowded(old))
      else expect(found).toEqual(crowded(young))
      outcomes.add(found?.lost.length === old ? 'old' : 'new')
      // The next run goes on from there, and cleans up.
      const next = (await lease.acquire(owner, 'b', 2_000, 500)) ?? 0
      await coverage.save(owner, crowded(6_001), next)
      expect(await coverage.load(owner)).toEqual([crowded(6_001)])
      await coverage.save(owner, crowded(3), next)
      expect(await partsOf(table)).toEqual([])
      if (outcome !== 'killed') break
    }
    expect(outcomes).toEqual(new Set(['old', 'new']))
  })

  it('is not harmed by a run that lost its lease, at whatever write it stood still', async () => {
    for (let stood = 0; stood < 6; stood += 1) {
      const { table, lease, coverage, epoch } = await stores()
      await coverage.save(owner, crowded(4_000), epoch)
      let writes = 0
      table.client.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (/^(PutItem|BatchWriteItem)/.test(commandName ?? '') && writes++ === stood) {
              const second = (await lease.acquire(owner, 'b', 2_000, 500)) ?? 0
              await coverage.save(owner, crowded(5_000), second)
            }
            return next(args)
          },
        { step: 'initialize' },
      )
      await coverage.save(owner, crowded(4_500), epoch).catch(() => undefined)
      const [found] = await coverage.load(owner)
      expect(found).toEqual(writes > stood ? crowded(5_000) : crowded(4_500))
    }
  })

  it('whose parts are gone claims nothing: all of it is asked again', async () => {
    const { table, coverage, epoch } = await stores()
    await coverage.save(owner, crowded(5_000), epoch)
    const [part] = await partsOf(table)
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: { PK: part?.PK, SK: part?.SK } }))
    expect(await coverage.load(owner)).toEqual([])
    await coverage.save(owner, crowded(5_001), epoch)
    expect(await coverage.load(owner)).toEqual([crowded(5_001)])
  })

  it('goes with its history', async () => {
    const { table, coverage, epoch } = await stores()
    await coverage.save(owner, crowded(5_000), epoch)
    await transactionStore(table).removeAll(owner)
    expect(await partsOf(table)).toEqual([])
  })
})
