import { describe, expect, it } from 'vitest'
import { minute } from '../../lambdas/domain/window.ts'
import { patiently } from '../model/engine.ts'
import { cloudInProcess } from './cloud-in-process.ts'
import { startOfTime } from './home-in-memory.ts'

/** Lets one part of a test wait for another. */
function signalling() {
  let give = (): void => undefined
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}

type Cloud = Awaited<ReturnType<typeof cloudInProcess>>

describe('an exchange that asks everybody to wait', () => {
  it('is left alone at once, by the others too, and the run goes on afterwards', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    let asked = 0
    cloud.world.onAsk = async () => {
      asked += 1
      if (asked === 5) cloud.world.coolDown(cloud.world.now + 20 * minute)
    }
    expect(await cloud.work()).toBe('handed-on')
    expect(cloud.world.asked).toBeLessThan(40)
    expect(cloud.coolDowns).toEqual([startOfTime + 20 * minute])
    cloud.world.onAsk = async () => undefined

    const other = await cloud.connect('c2')
    await cloud.enqueue(other)
    const before = cloud.world.asked
    expect([await cloud.work(), await cloud.work()]).toEqual(['waiting', 'waiting'])
    expect(cloud.world.asked).toBe(before)
    expect(cloud.queue.map(({ delay }) => delay)).toEqual([20 * minute, 20 * minute])
    expect((await cloud.run(connection)).run?.state).toBe('running')
    let ended = 0
    while (ended < 2) if ((await cloud.work()) === 'ended') ended += 1
    expect((await cloud.run(connection)).run?.state).toBe('unverified')
  })

  it('is not shortened by who is told a shorter wait', async () => {
    const { stores, world } = await cloudInProcess()
    await stores.coolDowns.extend('bitmart', world.now + 9_000)
    await stores.coolDowns.extend('bitmart', world.now + 1_000)
    expect(await stores.coolDowns.until('bitmart')).toBe(world.now + 9_000)
    expect(await stores.coolDowns.until('bingx')).toBe(0)
  })

  it('does not count as a stall, however often it happens', async () => {
    const cloud = await cloudInProcess()
    await cloud.enqueue(await cloud.connect('c1'))
    for (let times = 0; times < 5; times += 1) {
      cloud.world.onAsk = async () => cloud.world.coolDown(cloud.world.now + minute)
      expect(await cloud.work()).toBe('handed-on')
      cloud.world.now += minute
    }
  })
})

describe('the kill switch', () => {
  it('stops the use of every key: nothing is asked until it is lifted', async () => {
    const cloud = await cloudInProcess()
    await cloud.enqueue(await cloud.connect('c1'))
    await cloud.stores.coolDowns.extend('*', 9_999_999_999_999)
    for (let times = 0; times < 3; times += 1) expect(await cloud.work()).toBe('waiting')
    expect(cloud.world.asked).toBe(0)
    expect(cloud.queue).toHaveLength(1)
  })

  /** Lets a run look at the cool-down once, while its fifth question is under way. */
  async function lookingDuringARun(look: (cloud: Cloud) => Promise<void>) {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    const [watch, looked] = [signalling(), signalling()]
    let looks = 0
    const { until } = cloud.ports.coolDowns
    Object.assign(cloud.ports, {
      sleep: async (ms: number, signal?: AbortSignal) =>
        ms === 15_000 && looks++ === 0 ? watch.given : patiently(ms, signal),
      coolDowns: {
        ...cloud.ports.coolDowns,
        until: async (exchange: string) => {
          if (looks === 0) return until(exchange)
          try {
            await look(cloud)
            return await until(exchange)
          } finally {
            setImmediate(looked.give)
          }
        },
      },
    })
    let asked = 0
    cloud.world.onAsk = async () => {
      asked += 1
      if (asked < 5) return
      watch.give()
      await looked.given
    }
    return { cloud, connection, outcome: await cloud.work() }
  }

  it('stops a run that is under way, too', async () => {
    const { cloud, connection, outcome } = await lookingDuringARun(async ({ stores }) =>
      stores.coolDowns.extend('*', 9_999_999_999_999),
    )
    expect(outcome).toBe('handed-on')
    expect(cloud.world.asked).toBeLessThan(40)
    expect((await cloud.run(connection)).run?.state).toBe('running')
    expect(cloud.queue[0]?.message).toMatchObject({ hop: 1 })
  })

  it('stops nothing while the store does not answer, nor when it was lifted', async () => {
    const broken = await lookingDuringARun(async () => {
      throw new Error('the store is broken')
    })
    expect(broken.outcome).toBe('ended')
    const lifted = await lookingDuringARun(async ({ stores, world }) =>
      stores.coolDowns.extend('*', world.now - 1),
    )
    expect(lifted.outcome).toBe('ended')
    expect((await lifted.cloud.run(lifted.connection)).run?.state).toBe('unverified')
  })
})
