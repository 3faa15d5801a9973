import { describe, expect, it } from 'vitest'
import { newRunId } from '../../lambdas/adapters/identity.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { hour, minute } from '../../lambdas/domain/window.ts'
import { reopenSync } from '../../lambdas/use-cases/reopen-sync.ts'
import { cloudInProcess } from './cloud-in-process.ts'

type Cloud = Awaited<ReturnType<typeof cloudInProcess>>

/** A run whose last delivery broke, and the message that lies among the dead letters since. */
async function deadLetter(cloud: Cloud, connection: Connection) {
  await cloud.enqueue(connection)
  const [dead] = cloud.queue
  if (dead === undefined) throw new Error('nothing was queued')
  const { coverage } = cloud.ports
  Object.assign(cloud.ports, {
    coverage: { ...coverage, save: async () => Promise.reject(new Error('broken')) },
  })
  await expect(cloud.work({ lastDelivery: true })).rejects.toThrow('broken')
  Object.assign(cloud.ports, { coverage })
  return dead
}

function reopen(cloud: Cloud, { message }: Cloud['queue'][number]) {
  return reopenSync({ ...cloud.ports, connections: cloud.stores.connections, newRunId }, message)
}

describe('A dead letter that an operator sends again', () => {
  it('finds its run given up, and opens a new one that syncs', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const dead = await deadLetter(cloud, connection)
    cloud.queue.push(dead)
    expect(await cloud.work()).toBe('given-up')
    expect(await reopen(cloud, dead)).toBe('reopened')
    expect(await cloud.work()).toBe('ended')
    const { run } = await cloud.run(connection)
    expect(run).toMatchObject({ state: 'unverified' })
    expect(run?.id).not.toBe(dead.message.run)
    expect(run).not.toHaveProperty('givenUp')
  })

  it('opens one run, however often it comes', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const dead = await deadLetter(cloud, connection)
    const outcomes = await Promise.all([reopen(cloud, dead), reopen(cloud, dead), reopen(cloud, dead)])
    expect(outcomes).toContain('reopened')
    expect(cloud.queue).toHaveLength(1)
    expect(await cloud.work()).toBe('ended')
    expect(await reopen(cloud, dead)).toBe('dropped')
    expect(cloud.queue).toEqual([])
  })

  it('is done with when the connection was synced since, or is gone', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const dead = await deadLetter(cloud, connection)
    await cloud.enqueue(connection)
    expect(await cloud.work()).toBe('ended')
    expect(await reopen(cloud, dead)).toBe('dropped')
    expect(await reopen(cloud, { ...dead, message: { ...dead.message, connection: 'c2' } })).toBe('dropped')
    expect(cloud.queue).toEqual([])
  })

  it('was told as a failed run when it was put aside', async () => {
    const cloud = await cloudInProcess()
    await deadLetter(cloud, await cloud.connect('c1'))
    expect(cloud.reports.map(({ run }) => [run.state, run.givenUp])).toEqual([['failed', true]])
  })
})

describe('A run whose worker was killed', () => {
  it('is ended as failed, and told, by whoever plans the next one', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    expect(await cloud.plan()).toMatchObject({ sent: 1, lost: 0 })
    const [message] = cloud.queue.splice(0)
    cloud.world.now += hour
    expect(await cloud.plan()).toMatchObject({ sent: 1, lost: 1 })
    const owner = { user: connection.user, connection: connection.id }
    expect(await cloud.stores.runs.find(owner, message?.message.run ?? '')).toMatchObject({
      state: 'failed',
      finishedAt: cloud.world.now,
      givenUp: true,
    })
  })

  it('is ended by the user who asks for the next one, too, and not while it may be alive', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const first = await cloud.enqueue(connection)
    cloud.world.now += 40 * minute
    expect(await cloud.enqueue(connection)).toMatchObject({ id: first.id })
    cloud.world.now += 10 * minute
    expect((await cloud.enqueue(connection)).id).not.toBe(first.id)
    const owner = { user: connection.user, connection: connection.id }
    expect(await cloud.stores.runs.find(owner, first.id)).toMatchObject({ state: 'failed' })
  })
})
