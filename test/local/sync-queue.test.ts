import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { openSyncQueue } from '../../local/sync-queue.ts'

const connectionOf = (id: string): Connection => ({
  id,
  user: 'local',
  exchange: 'bitmart',
  subaccount: '',
  keyHint: '',
  status: 'connected',
  createdAt: 0,
})

const runOf = (connection: string, id: string): Run => ({
  id,
  connection,
  state: 'running',
  startedAt: 0,
  requests: 0,
  streams: [],
})

/** A queue whose work lasts until it is told to end, or is stopped. */
function openQueue(parallel: number) {
  const runs = new Map<string, Run>()
  const began: string[] = []
  const endings = new Map<string, () => void>()
  const states: Partial<Record<string, Run['state']>> = {}
  let slowEnd = Promise.resolve()
  const queue = openSyncQueue({
    parallel,
    runs: {
      find: async (_owner, id) => runs.get(id),
      save: async (_owner, run) => {
        runs.set(run.id, run)
      },
    },
    work: async (_connection, run, signal) => {
      began.push(run.id)
      await new Promise<void>((resolve) => {
        endings.set(run.id, resolve)
        signal.addEventListener('abort', () => resolve())
        if (signal.aborted) resolve()
      })
      states[run.id] = signal.aborted ? 'interrupted' : 'complete'
      runs.set(run.id, { ...run, state: signal.aborted ? 'interrupted' : 'complete' })
      await slowEnd
    },
  })
  return {
    queue,
    began,
    states,
    enqueue: (connection: string, id: string) =>
      queue.enqueue(connectionOf(connection), runOf(connection, id)),
    end: async (id: string) => {
      endings.get(id)?.()
      await delay(0)
    },
    endSlowly: (until: Promise<void>) => {
      slowEnd = until
    },
  }
}

describe('the queue of syncs', () => {
  it('runs one sync at a time for each connection, whoever asks', async () => {
    const { enqueue, began, end } = openQueue(4)
    expect((await enqueue('a', 'a1')).id).toBe('a1')
    expect((await enqueue('a', 'a2')).id).toBe('a1')
    await end('a1')
    expect((await enqueue('a', 'a3')).id).toBe('a3')
    await delay(0)
    expect(began).toEqual(['a1', 'a3'])
  })

  it('runs several connections side by side, and lets the others wait their turn', async () => {
    const { enqueue, began, end } = openQueue(2)
    for (const name of ['a', 'b', 'c', 'd']) await enqueue(name, `${name}1`)
    await delay(0)
    expect(began).toEqual(['a1', 'b1'])
    await end('b1')
    expect(began).toEqual(['a1', 'b1', 'c1'])
  })

  it('starts another sync for who asks while the last one is only tidying up', async () => {
    const { enqueue, began, end, endSlowly } = openQueue(2)
    let tidied = () => {}
    endSlowly(
      new Promise((resolve) => {
        tidied = resolve
      }),
    )
    await enqueue('a', 'a1')
    await delay(0)
    await end('a1')
    const second = enqueue('a', 'a2')
    await delay(5)
    expect(began).toEqual(['a1'])
    tidied()
    expect((await second).id).toBe('a2')
  })

  it('stops a sync that is running or waiting, and leaves none half done', async () => {
    const { queue, enqueue, states, began } = openQueue(1)
    await enqueue('a', 'a1')
    await enqueue('b', 'b1')
    await enqueue('c', 'c1')
    await queue.stop({ id: 'b' })
    expect(states).toEqual({ b1: 'interrupted' })
    await queue.stop({ id: 'a' })
    await delay(0)
    expect(states).toEqual({ a1: 'interrupted', b1: 'interrupted' })
    expect(began).toContain('c1')
    await queue.stop({ id: 'nothing' })
  })

  it('ends everything when it closes, and takes no more', async () => {
    const { queue, enqueue, states } = openQueue(1)
    await enqueue('a', 'a1')
    await enqueue('b', 'b1')
    await queue.close()
    expect(states).toEqual({ a1: 'interrupted', b1: 'interrupted' })
    await expect(enqueue('c', 'c1')).rejects.toThrow('aborted')
  })
})
