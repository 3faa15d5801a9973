import { expect, it } from 'vitest'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { kindsOf } from '../../lambdas/domain/stream.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { keylessConnection } from '../../lambdas/use-cases/open-keyless.ts'
import { newRun, requestSync } from '../../lambdas/use-cases/start-sync.ts'
import { connecting, homeInMemory, startOfTime } from './home-in-memory.ts'

it.each([...exchanges.values()].map((exchange) => [exchange.name, exchange] as const))(
  'a sync of %s that waits names each stream once, however many lists tell it',
  (_name, exchange) => {
    const connection: Connection = {
      id: 'c1',
      user: 'ada',
      exchange: exchange.id,
      subaccount: '',
      keyHint: 'abcd',
      status: 'connected',
      createdAt: startOfTime,
    }
    const run = newRun({ clock: () => startOfTime, newRunId: () => 'r', exchanges }, connection)
    const named = run.streams.map(({ stream }) => stream)
    expect(named).toEqual([...new Set(named)])
    expect(named).toEqual(kindsOf(exchange.streams).map(([{ stream }]) => stream))
  },
)

it('a sync that is to ask again for what could not be had says so', async () => {
  const { ports } = homeInMemory()
  const { connection } = await connecting(ports)
  const asked = {
    ...ports,
    syncCoolDown: 0,
    enqueue: async (_of: Connection, run: ReturnType<typeof newRun>) => run,
  }
  expect(await requestSync(asked, 'ada', connection.id, { recheck: true })).toMatchObject({ recheck: true })
  expect(await requestSync(asked, 'ada', connection.id)).not.toHaveProperty('recheck')
})

it('an account of which only files are known is told to have no key, and not that one was destroyed', async () => {
  const { ports } = homeInMemory()
  const keyless = keylessConnection(ports, { user: 'ada', exchange: 'bitmart', label: 'Old' })
  await ports.connections.swap(undefined, keyless)
  const asking = requestSync(
    { ...ports, syncCoolDown: 0, enqueue: async (_of, run) => run },
    'ada',
    keyless.id,
  )
  await expect(asking).rejects.toThrow(
    'There is no key of the connection “Old”: only files tell of it. Connect it with a key, or add a file to it.',
  )
})
