import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runSmoke } from '../../bin/smoke/run-smoke.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { startServer } from '../../local/server.ts'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import { demoKey, type SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { hurried } from '../model/engine.ts'

const key = {
  SMOKE_API_KEY: demoKey.apiKey,
  SMOKE_API_SECRET: demoKey.secret,
  SMOKE_API_PASSPHRASE: demoKey.memo,
}
const sizes = { seed: 1, now: Date.now(), spotFills: 120, futuresFills: 40, ledgerRows: 20 }

/** The same as the program does, in this process. `onSaid` hears each sentence. */
async function smoke(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  onSaid: (sentence: string, stop: () => void) => void = () => undefined,
) {
  const stop = new AbortController()
  let said = ''
  let complained = ''
  const code = await runSmoke(words, {
    env,
    clock: Date.now,
    sleep: (ms, signal) => delay(Math.min(ms, 20), undefined, { signal }).catch(() => undefined),
    say: (sentence) => {
      said += `${sentence}\n`
      onSaid(sentence, () => stop.abort())
    },
    complain: (text) => {
      complained += text
    },
    signal: stop.signal,
  })
  return { code, said, complained }
}

/** The laptop's server, and the exchange that it asks. */
async function serve(options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulatedBitmart({
    account: generateAccount({ ...sizes, withdrawals: 5, deposits: 4 }),
    enforceLimits: false,
    ...options,
  })
  onTestFinished(() => simulator.close())
  const dataDir = await mkdtemp(join(tmpdir(), 'smoke-test-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const { address, close } = await startServer({
    dataDir,
    port: 0,
    exchanges: new Map([...exchanges].map(([id, exchange]) => [id, hurried(exchange)])),
    hosts: new Map([['bitmart', { spot: simulator.spotUrl, swap: simulator.futuresUrl }]]),
    clock: Date.now,
    sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
    random: Math.random,
    log: () => undefined,
  })
  onTestFinished(close)
  const connections = async () =>
    (await (await fetch(`${address}/v1/connections`)).json()) as { items: readonly unknown[] }
  return { address, simulator, connections }
}

describe('npm run smoke', () => {
  it('connects a key, syncs, lists, exports and disconnects, and leaves nothing', async () => {
    const { address, connections } = await serve()
    const program = ['--import', 'tsx', 'bin/smoke.ts', '--api', `${address}/`]
    const env = { PATH: process.env.PATH, ...key }
    const { stdout: said, stderr } = await promisify(execFile)(process.execPath, program, { env })
    expect(stderr).toBe('')
    expect(said).toMatch(/The sync ended (complete|unverified), with 189 rows\.\nAll of them are listed\.\n/)
    expect(said).toMatch(/statement names its SHA-256\.\n.*history deleted\.\nNothing is left of it\.\n$/)
    for (const secret of Object.values(key)) expect(said).not.toContain(secret)
    expect(await connections()).toEqual({ items: [] })
  })

  it('says which step did not work, exits with 1, and tidies up all the same', async () => {
    const { address, connections } = await serve({
      account: generateAccount({
        ...sizes,
        spotFills: 0,
        spotBurst: 0,
        futuresFills: 0,
        ledgerRows: 0,
        withdrawals: 0,
        deposits: 0,
      }),
    })
    const empty = await smoke(['--api', address], key)
    expect(empty).toMatchObject({ code: 1, complained: expect.stringContaining('No row was stored') })
    expect(empty.said).toContain('its history deleted')
    const wrong = await smoke(['--api', address], { ...key, SMOKE_API_SECRET: 'another' })
    expect(wrong).toMatchObject({ code: 1, complained: expect.stringMatching(/was answered with 422 \(/) })
    expect(await connections()).toEqual({ items: [] })
  })

  it('that is stopped takes its key away again, and a later one what an earlier one has left', async () => {
    const { address, simulator, connections } = await serve()
    simulator.options.latency = 400
    const stopped = await smoke(['--api', address], key, (line, stop) => {
      if (line.includes('is connected')) stop()
    })
    expect(stopped).toMatchObject({ code: 1, complained: 'It was stopped.\n' })
    expect(await connections()).toEqual({ items: [] })
    simulator.options.latency = 0
    await fetch(`${address}/v1/connections`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        exchange: 'bitmart',
        apiKey: demoKey.apiKey,
        secret: demoKey.secret,
        passphrase: demoKey.memo,
        label: 'smoke test',
      }),
    })
    const { code, said } = await smoke(['--api', address], key)
    expect(said).toContain('What an earlier smoke test had left is deleted.')
    expect(code).toBe(0)
  })

  it('does not take whoever answers for the API, nor an open door for a shut one', async () => {
    const answers: Record<string, unknown> = { '/v1/exchanges': { items: [{ id: 'bitmart' }] } }
    const other = createServer((request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answers[request.url ?? ''] ?? {}))
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    const open = await smoke(['--api', address], { ...key, SMOKE_TOKEN: 'a-token' })
    expect(open).toMatchObject({
      code: 1,
      complained: expect.stringContaining('answered with 200, and not with 401'),
    })
    const strange = await smoke(['--api', address], key)
    expect(strange).toMatchObject({
      code: 1,
      complained: expect.stringContaining('not answered as the API promises: look at items'),
    })
    const unknown = await smoke(['--api', address, '--exchange', 'elsewhere'], key)
    expect(unknown).toMatchObject({ code: 1, complained: 'There is no elsewhere, only bitmart.\n' })
    const nobody = await smoke(['--api', 'http://127.0.0.1:9'], key)
    expect(nobody).toMatchObject({ code: 1, complained: expect.stringContaining('nobody answers at') })
  })

  it('says what it needs, and exits with 2, where it was not told', async () => {
    for (const words of [
      [],
      ['--api', 'no address'],
      ['--api', 'http://127.0.0.1:9', '--minutes', '0'],
      ['--strange'],
    ])
      expect(await smoke(words, key)).toMatchObject({
        code: 2,
        complained: expect.stringContaining('SMOKE_API_KEY=…'),
      })
    expect(await smoke(['--api', 'http://127.0.0.1:9'], {})).toMatchObject({ code: 2 })
  })
})
