import { describe, expect, it } from 'vitest'
import { minute } from '../../lambdas/domain/window.ts'
import { stopSync } from '../../lambdas/use-cases/stop-sync.ts'
import { cloudInProcess } from './cloud-in-process.ts'

const owner = { user: 'ada', connection: 'c1' }

async function opened() {
  const cloud = await cloudInProcess()
  const connection = await cloud.connect('c1')
  return { ...cloud, connection, ports: { ...cloud.stores, clock: () => cloud.world.now } }
}

describe('stopping a sync that runs elsewhere', () => {
  it('closes its run, takes its lease and leaves the connection free at once', async () => {
    const { stores, ports, world, connection, enqueue, run } = await opened()
    await enqueue(connection)
    const epoch = (await stores.lease.acquire(owner, 'worker', world.now, minute)) ?? 0
    world.now += 1_000
    const { connection: busy } = await run(connection)
    if (busy === undefined) throw new Error('no connection')
    await stopSync(ports, busy)
    expect((await run(connection)).run).toMatchObject({ state: 'interrupted', finishedAt: world.now })
    expect(await stores.lease.holds(owner, epoch)).toBe(false)
    expect(await stores.lease.renew(owner, 'worker', epoch, world.now, minute)).toBe(false)
    expect(await stores.lease.acquire(owner, 'another', world.now, minute)).toBeGreaterThan(epoch)
  })

  it('leaves a run that has ended as it is', async () => {
    const { ports, connection, enqueue, work, run } = await opened()
    await enqueue(connection)
    await work()
    const before = await run(connection)
    if (before.connection === undefined) throw new Error('no connection')
    await stopSync(ports, before.connection)
    expect(before.run?.state).toBe('unverified')
    expect((await run(connection)).run).toEqual(before.run)
  })

  it('finds nothing to close at a connection that never synced', async () => {
    const { stores, ports, connection } = await opened()
    await stopSync(ports, connection)
    expect(await stores.runs.latest(owner)).toBeUndefined()
  })
})
