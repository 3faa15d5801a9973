import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { day, hour } from '../../lambdas/domain/window.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { startServer } from '../../local/server.ts'
import { generateAccount as generateBingxAccount } from '../../local/simulated-bingx/account.ts'
import { demoKey as bingxKey } from '../../local/simulated-bingx/options.ts'
import { startSimulatedBingx } from '../../local/simulated-bingx/server.ts'
import {
  generateAccount as generateBitmartAccount,
  tradingEnd,
} from '../../local/simulated-bitmart/account.ts'
import { demoKey as bitmartKey } from '../../local/simulated-bitmart/options.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { hurried } from '../model/engine.ts'

/** When the pictures are taken, whenever they are made. */
export const taken = Date.UTC(2026, 10, 27, 9)
/** Nobody imported between this day and that of the pictures: longer than BingX keeps futures fills. */
const lastSeen = taken - 68 * day

export type Pictured = {
  readonly address: string
  /** Of the account whose futures fills have a gap. */
  readonly gapped: string
  close(): Promise<void>
}

/**
 * The real server with two simulated exchanges behind it, on a day that is always the same: a BitMart that was imported as its
 * trading ended, and a BingX that was left alone for so long that futures fills were lost.
 */
export async function openAccounts(): Promise<Pictured> {
  let now = tradingEnd + 11 * hour
  const clock = () => now
  const dataDir = await mkdtemp(join(tmpdir(), 'pictures-'))
  const bitmart = await startSimulatedBitmart({
    clock,
    enforceLimits: false,
    account: generateBitmartAccount({
      seed: 7,
      now,
      tradingEnds: tradingEnd,
      spotFills: 2_380,
      futuresFills: 640,
      ledgerRows: 910,
      withdrawals: 24,
      deposits: 31,
    }),
  })
  const account = generateBingxAccount({
    seed: 8,
    now: taken,
    days: 160,
    futuresDays: 130,
    spotFills: 1_720,
    spotSymbols: 3,
    futuresFills: 860,
    ledgerRows: 1_240,
    withdrawals: 14,
    deposits: 19,
  })
  const bingx = await startSimulatedBingx({ clock, account, enforceLimits: false })
  const server = await startServer({
    dataDir,
    port: 0,
    exchanges: new Map([...exchanges].map(([id, exchange]) => [id, hurried(exchange)])),
    hosts: new Map<string, Readonly<Record<string, string>>>([
      ['bitmart', { spot: bitmart.spotUrl, swap: bitmart.futuresUrl }],
      ['bingx', { bingx: bingx.url }],
    ]),
    clock,
    // Retries need not be waited for; the lease and the schedule need.
    sleep: async (ms, signal) => {
      await delay(ms < 15_000 ? Math.min(ms, 5) : ms, undefined, { signal }).catch(() => undefined)
    },
    random: () => 0.5,
    log: () => undefined,
  })
  const { address } = server
  const close = async () => {
    await server.close()
    await Promise.all([bitmart.close(), bingx.close()])
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    const { apiKey, secret, memo } = bitmartKey
    const first = await connect(address, { exchange: 'bitmart', apiKey, secret, passphrase: memo })
    now = lastSeen
    const gapped = await connect(address, {
      exchange: 'bingx',
      apiKey: bingxKey.apiKey,
      secret: bingxKey.secret,
    })
    await sync(address, first)
    now = taken
    await Promise.all([sync(address, first), sync(address, gapped)])
    return { address, gapped, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function connect(address: string, body: object): Promise<string> {
  const { id } = await call<{ id: string }>(address, 'POST', '/v1/connections', body)
  await settled(address, id)
  return id
}

async function sync(address: string, id: string): Promise<void> {
  await call(address, 'POST', `/v1/connections/${id}/syncs`)
  await settled(address, id)
}

async function settled(address: string, id: string): Promise<void> {
  for (;;) {
    const { items } = await call<{ items: { state: string }[] }>(
      address,
      'GET',
      `/v1/connections/${id}/syncs`,
    )
    if (items[0]?.state !== 'running') return
    await delay(50)
  }
}

async function call<Answer>(address: string, method: string, path: string, body?: object): Promise<Answer> {
  const answer = await fetch(address + path, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text)
}
