import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { exchanges } from '../../../lambdas/exchanges/index.ts'
import { type LocalServer, type ServerOptions, startServer } from '../../../local/server.ts'
import { generateAccount } from '../../../local/simulated-bitmart/account.ts'
import {
  demoKey,
  type SimulatedKey,
  type SimulatorOptions,
} from '../../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../../local/simulated-bitmart/server.ts'
import { hurried } from '../../model/engine.ts'

/** Small, so that an import takes a second. */
export const fewRows = { spotFills: 260, futuresFills: 120, ledgerRows: 60, withdrawals: 12, deposits: 8 }

export type Home = {
  readonly server: LocalServer
  readonly bitmart: SimulatedBitmart
  readonly keys: SimulatedKey[]
  /** What the server wrote to its log. */
  readonly log: unknown[]
  /** Calls the API as a program would. */
  call<Answer = Record<string, never>>(method: string, path: string, body?: object): Promise<Answer>
  /** Connects a key and waits until its first sync has ended. */
  connected(more?: object): Promise<string>
  /** Until nothing is synced any more. */
  settled(id: string): Promise<void>
  /** Ends the server as if it had been switched off, and starts it again on the same store and port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export type HomeOptions = {
  readonly sizes?: Partial<typeof fewRows>
  readonly simulator?: Partial<SimulatorOptions>
  readonly server?: Partial<ServerOptions>
}

/** The real server on a port of its own, with a simulated BitMart behind it. */
export async function openHome({ sizes, simulator, server: more }: HomeOptions = {}): Promise<Home> {
  const dataDir = await mkdtemp(join(tmpdir(), 'console-test-'))
  const now = more?.clock?.() ?? Date.now()
  const account = generateAccount({ seed: 1, now, ...fewRows, ...sizes })
  const keys: SimulatedKey[] = simulator?.keys ?? [{ ...demoKey }]
  const clock = more?.clock ?? Date.now
  const bitmart = await startSimulatedBitmart({ clock, account, enforceLimits: false, ...simulator, keys })
  const log: unknown[] = []
  const start = (port: number) =>
    startServer({
      dataDir,
      port,
      exchanges: new Map([...exchanges].map(([id, exchange]) => [id, hurried(exchange)])),
      hosts: new Map([['bitmart', { spot: bitmart.spotUrl, swap: bitmart.futuresUrl }]]),
      clock,
      // Retries need not be waited for; the lease and the schedule need.
      sleep: async (ms, signal) => {
        await delay(ms < 15_000 ? Math.min(ms, 5) : ms, undefined, { signal }).catch(() => undefined)
      },
      random: () => 0.5,
      log: (entry) => {
        log.push(entry)
      },
      ...more,
    })
  let server = await start(0)
  let isOpen = true
  const stop = async () => {
    if (isOpen) await server.close()
    isOpen = false
  }
  onTestFinished(async () => {
    await stop()
    await bitmart.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  const home: Home = {
    get server() {
      return server
    },
    bitmart,
    keys,
    log,
    stop,
    restart: async () => {
      await stop()
      server = await start(Number(new URL(server.address).port))
      isOpen = true
    },
    call: async (method, path, body) => {
      const answer = await fetch(server.address + path, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return JSON.parse(text === '' ? '{}' : text)
    },
    settled: async (id) => {
      for (;;) {
        const { items } = await home.call<{ items: { state: string }[] }>(
          'GET',
          `/v1/connections/${id}/syncs`,
        )
        if (items[0]?.state !== 'running') return
        await delay(50)
      }
    },
    connected: async (more = {}) => {
      const [key] = keys
      const { id } = await home.call<{ id: string }>('POST', '/v1/connections', {
        exchange: 'bitmart',
        apiKey: key?.apiKey,
        secret: key?.secret,
        passphrase: key?.memo,
        label: 'Main account',
        ...more,
      })
      await home.settled(id)
      return id
    },
  }
  return home
}
