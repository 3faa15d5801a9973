import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import type { z } from 'zod'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { type LocalServer, type ServerOptions, startServer } from '../../local/server.ts'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import { demoKey, type SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { hurried } from '../model/engine.ts'

/** The server of this computer as a program meets it, beside a simulated BitMart. */

export const start = Date.UTC(2026, 7, 20, 12)
/** Small, with a crowded instant of each kind left out: the engine's own tests have them. */
export const smallAccount = (seed: number) =>
  generateAccount({
    seed,
    now: start,
    spotFills: 260,
    futuresFills: 120,
    ledgerRows: 60,
    withdrawals: 12,
    deposits: 8,
  })

export const credentials = { apiKey: demoKey.apiKey, secret: demoKey.secret, passphrase: demoKey.memo }
export const key = { exchange: 'bitmart', ...credentials }

/** A folder of its own, and what is opened over it, for as long as a test takes. */
export async function openLocalHome() {
  const dataDir = await mkdtemp(join(tmpdir(), 'server-test-'))
  const opened: { close(): Promise<void> }[] = []
  const log: unknown[] = []
  let now = start
  let wake = new AbortController()
  onTestFinished(async () => {
    for (const one of opened.splice(0).reverse()) await one.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  return {
    dataDir,
    log,
    pass(ms: number): void {
      now += ms
    },
    /** It is that time, and long waits end until whoever waited has been seen at work. */
    async sleepUntil<T>(time: number, seen: () => Promise<T>): Promise<T> {
      now = time
      wake.abort()
      const what = await seen()
      wake = new AbortController()
      return what
    },
    async simulate(options: Partial<SimulatorOptions> = {}): Promise<SimulatedBitmart> {
      const simulator = await startSimulatedBitmart({
        clock: () => now,
        account: smallAccount(1),
        enforceLimits: false,
        ...options,
      })
      opened.push(simulator)
      return simulator
    },
    async serve(simulator?: SimulatedBitmart, options: Partial<ServerOptions> = {}): Promise<LocalServer> {
      const hosts: Record<string, string> =
        simulator === undefined ? {} : { spot: simulator.spotUrl, swap: simulator.futuresUrl }
      const server = await startServer({
        dataDir,
        port: 0,
        exchanges: new Map([...exchanges].map(([id, exchange]) => [id, hurried(exchange)])),
        hosts: new Map([['bitmart', hosts]]),
        clock: () => now,
        // Retries need not be waited for; the lease and the schedule need.
        sleep: async (ms, signal) => {
          if (ms < 15_000) return delay(Math.min(ms, 5))
          const signals = [wake.signal, ...(signal === undefined ? [] : [signal])]
          await delay(ms, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined)
        },
        random: () => 0.5,
        log: (entry) => {
          log.push(entry)
        },
        ...options,
      })
      const closeOnce = { close: () => server.close() }
      opened.push(closeOnce)
      return {
        ...server,
        close: async () => {
          opened.splice(opened.indexOf(closeOnce), 1)
          await server.close()
        },
      }
    },
  }
}

type Reply = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }

/** As a program sends it: `fetch` would not let us choose Host and Origin. */
export function send(
  url: string,
  method: string,
  body: string | undefined,
  headers: Record<string, string>,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = httpRequest(url, { method, headers: { ...type, ...headers }, agent: false })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const { statusCode: status = 0, headers: answered } = response
      text(response).then((answer) => resolve({ status, headers: answered, text: answer }), reject)
    })
    sent.end(body)
  })
}

export async function ask(
  server: LocalServer,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const reply = await send(
    `${server.address}${path}`,
    method,
    body === undefined ? undefined : JSON.stringify(body),
    headers,
  )
  for (const secret of Object.values(credentials)) expect(reply.text).not.toContain(secret)
  const isJson = /json/.test(reply.headers['content-type'] ?? '') && reply.text !== ''
  return { ...reply, json: isJson ? JSON.parse(reply.text) : undefined }
}

export async function connected(server: LocalServer, more: object = {}) {
  const { status, json } = await ask(server, 'POST', '/v1/connections', { ...key, ...more })
  expect(status).toBe(201)
  return json
}

export async function ended(server: LocalServer, connection: string, id: string) {
  for (;;) {
    const run = shapes.run.parse((await ask(server, 'GET', `/v1/connections/${connection}/syncs/${id}`)).json)
    if (run.state !== 'running') return run
    await delay(20)
  }
}

/** The connection once its first sync has been noted at it. */
export async function noted(server: LocalServer, id: string, run: string) {
  for (;;) {
    const connection = shapes.connection.parse((await ask(server, 'GET', `/v1/connections/${id}`)).json)
    // Due at once until its first sync has ended: then it is due the next night.
    const { lastRun, nextSyncAt = '' } = connection
    if (lastRun === run && Date.parse(nextSyncAt) > start) return connection
    await delay(10)
  }
}

/** The last run of the connection once it is another than this. */
export async function runAfter(server: LocalServer, id: string, run: string): Promise<string> {
  for (;;) {
    const { lastRun } = (await ask(server, 'GET', `/v1/connections/${id}`)).json
    if (lastRun !== run) return lastRun
  }
}

export async function history(server: LocalServer) {
  const items: z.output<typeof shapes.transaction>[] = []
  let cursor = ''
  do {
    const answer = await ask(server, 'GET', `/v1/transactions?limit=1000${cursor}`)
    const page = shapes.transactionList.parse(answer.json)
    items.push(...page.items)
    cursor = page.nextCursor === undefined ? '' : `&cursor=${page.nextCursor}`
  } while (cursor !== '')
  return items
}

export const stored = (run: z.output<typeof shapes.run>) => run.streams.map((stream) => stream.stored)

export const rowsOf = ({ account }: SimulatedBitmart) =>
  account.spotFills.length + account.futuresFills.length + account.ledger.length + account.transfers.length
