import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import type { SimulatedKey } from '../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import {
  canaryKey,
  environmentFor,
  expectNoSecretIn,
  filesOf,
  runImporter,
  startImport,
  temporaryDirectory,
} from '../local/import-process.ts'

/** Only spot fills take time with this key: futures were never opened, and transfers are not served to it. */
const subaccountKey: SimulatedKey = { ...canaryKey, subaccount: true, futuresOpened: false }

const account = generateAccount({ seed: 1, now: Date.now(), spotFills: 300, futuresFills: 20 })

/** A simulated exchange that knows the canary as this kind of key. */
async function withKey(key: SimulatedKey, use: (bitmart: SimulatedBitmart) => Promise<void>): Promise<void> {
  const bitmart = await startSimulatedBitmart({ account, keys: [key], enforceLimits: false })
  try {
    await use(bitmart)
  } finally {
    await bitmart.close()
  }
}

/** Each in a process of its own, searched for secrets and escape codes as it ends. */
describe('an import', { timeout: 240_000 }, () => {
  it('ends with 3 where nobody can tell of old time, says why streams are empty, goes on when repeated, and refuses another name', async () => {
    await withKey(subaccountKey, async (other) => {
      const directory = temporaryDirectory()
      const [dataDir, out] = [join(directory, 'data'), join(directory, 'out')]
      const env = environmentFor(other, dataDir)
      const first = await runImporter(['--subaccount', 'desk', '--out', out], env)
      expect(first.exitCode).toBe(3)
      expect(first.stderr).toMatch(
        /^Note: The memo contains ! and ※.*\nNote: BitMart does not tell.*spot trading.*\n$/,
      )
      expect(first.stdout).toMatch(
        /^Not known to be complete: 300 new transactions in .* with \d+ requests\.$/m,
      )
      expect(first.stdout).toMatch(/^spot-trade: started$/m)
      expect(first.stdout).toMatch(/^spot-trade: done, \d+ requests, \d+ served, 300 new$/m)
      expect(first.stdout).toMatch(/Futures were never opened on this account/)
      expect(first.stdout).toMatch(/not served to sub-account keys/)
      expect(first.stdout).toMatch(/^BitMart is closing$/m)
      const lines = (await (await filesOf(out)).read('transactions.jsonl')).trimEnd().split('\n')
      expect(lines).toHaveLength(300)
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({
        exchange: 'bitmart',
        subaccount: 'desk',
        stream: 'spot-trade',
      })
      expect(await (await filesOf(out)).read('coverage.json')).toContain('"beyond-depth"')

      const again = await runImporter(['--subaccount', ' DESK', '--out', out, '--json'], env)
      expect(again.exitCode).toBe(3)
      expect(again.stderr).toContain('Not known to be complete: nothing new')
      const { streams, ...rest } = JSON.parse(again.stdout)
      expect(rest).toMatchObject({
        connection: expect.stringMatching(/^\w+$/),
        state: 'unverified',
        complete: false,
        seconds: expect.any(Number),
        requests: expect.any(Number),
        folder: (await filesOf(out)).folder,
        sentences: [expect.stringMatching(/^Spot fills: before .* nobody can tell$/), expect.any(String)],
      })
      expect(rest.requests).toBeLessThanOrEqual(12)
      expect(streams).toContainEqual({
        stream: 'spot-trade',
        title: 'Spot fills',
        state: 'unverified',
        requests: 1,
        served: expect.any(Number),
        new: 0,
        changed: 0,
        unchanged: expect.any(Number),
        gaps: [],
        unverified: [expect.objectContaining({ reason: 'beyond-depth' })],
      })

      const renamed = await runImporter(['--subaccount', 'another', '--out', out], env)
      expect(renamed.exitCode).toBe(2)
      expect(renamed.stderr).toMatch(/^This key belongs to the connection “desk”/)
      expect(renamed.stderr).toContain(`npm run connections -- rename ${rest.connection.slice(0, 12)} LABEL.`)
      const main = await runImporter(['--out', out, '--json'], env)
      expect(main.exitCode).toBe(2)
      expect(main.stderr).toContain('To go on with what is stored of it, add --subaccount desk.')
      expect(JSON.parse(main.stdout).error.code).toBe('key-already-used')
      expect(await expectNoSecretIn(directory)).toBeGreaterThan(5)
    })
  })

  it('gives a second account a folder of its own, and leaves the first one’s files as they are', async () => {
    const other = generateAccount({ seed: 2, now: Date.now(), spotFills: 20 })
    const second: SimulatedKey = { ...subaccountKey, apiKey: 'another-access-key-0002', account: other }
    const bitmart = await startSimulatedBitmart({
      account: generateAccount({ seed: 1, now: Date.now(), spotFills: 30 }),
      keys: [subaccountKey, second],
      enforceLimits: false,
    })
    const directory = temporaryDirectory()
    const [dataDir, out] = [join(directory, 'data'), join(directory, 'out')]
    const env = environmentFor(bitmart, dataDir)
    await runImporter(['--out', out], env)
    const { folder, read } = await filesOf(out)
    const before = await read('transactions.jsonl')
    await runImporter(['--out', out, '--subaccount', 'Desk 2'], { ...env, BITMART_API_KEY: second.apiKey })
    await bitmart.close()
    const folders = (await readdir(out)).sort((a, b) => a.length - b.length)
    expect(folders).toEqual([
      expect.stringMatching(/^bitmart-[0-9a-f]{12}$/),
      expect.stringMatching(/^bitmart-Desk-2-[0-9a-f]{12}$/),
    ])
    expect(join(out, folders[0] ?? '')).toBe(folder)
    expect(await read('transactions.jsonl')).toBe(before)
    const history = await readFile(join(out, folders[1] ?? '', 'transactions.jsonl'), 'utf8')
    expect([before, history].map((text) => text.match(/\n/g)?.length)).toEqual([30, 20])
  })

  it('ends with 130 when interrupted, keeps what it had, and the next one goes on', async () => {
    const directory = temporaryDirectory()
    const [dataDir, out] = [join(directory, 'data'), join(directory, 'out')]
    const key = {
      ...canaryKey,
      permissions: ['read', 'withdraw'] as const,
      futuresOpened: false,
      subaccount: true,
    }
    await withKey(key, async (other) => {
      const argv = ['--out', out, '--allow-powerful-key', '--json']
      const env = environmentFor(other, dataDir)
      const { child, finished } = startImport(argv, env)
      await vi.waitUntil(() => other.requests.length > 25, { timeout: 120_000 })
      child.kill('SIGINT')
      const first = await finished
      expect(first.exitCode).toBe(130)
      expect(first.stderr).toMatch(/This key can withdraw funds\. A key that can only read would do\./)
      expect(first.stderr).toMatch(/\nInterrupted\. What was imported so far is kept/)
      expect(JSON.parse(first.stdout)).toMatchObject({ complete: false })
      expect(existsSync(out)).toBe(false)

      const second = await runImporter(argv, env)
      expect(second.exitCode).toBe(3)
      expect(JSON.parse(second.stdout).connection).toBe(JSON.parse(first.stdout).connection)
      expect((await (await filesOf(out)).read('transactions.jsonl')).match(/\n/g)).toHaveLength(300)
      await expectNoSecretIn(directory)
    })
  })

  it('goes on when whoever read its output has ended, and writes the files', async () => {
    const directory = temporaryDirectory()
    const out = join(directory, 'out')
    await withKey(subaccountKey, async (other) => {
      const { child, finished } = startImport(['--out', out], environmentFor(other, join(directory, 'data')))
      await once(child.stdout, 'data')
      child.stdout.destroy()
      const { exitCode, stderr } = await finished
      expect(exitCode).toBe(3)
      expect(stderr.match(/^Nobody reads the output any more; the work goes on/gm)).toHaveLength(1)
      expect((await (await filesOf(out)).read('transactions.jsonl')).match(/\n/g)).toHaveLength(300)
    })
  })

  it('says in a sentence that it stops at once when it is asked twice', async () => {
    const directory = temporaryDirectory()
    await withKey(subaccountKey, async (other) => {
      const { child, finished } = startImport([], environmentFor(other, join(directory, 'data')))
      await vi.waitUntil(() => other.requests.length > 10, { timeout: 120_000 })
      child.kill('SIGINT')
      child.kill('SIGTERM')
      const { exitCode, stderr } = await finished
      expect(exitCode).toBe(130)
      expect(stderr).toContain(
        'Stopped at once. What is stored is safe: run the same command again to go on.',
      )
    })
  })

  it('ends with 3 when streams fail on the way, says which and why, and keeps what it had', async () => {
    const directory = temporaryDirectory()
    const out = join(directory, 'out')
    const key: SimulatedKey = { ...subaccountKey }
    const other = await startSimulatedBitmart({
      account,
      keys: [key],
      enforceLimits: false,
      onRequest: () => {
        if (other.requests.length > 26) key.expired = true
      },
    })
    const env = environmentFor(other, join(directory, 'data'))
    const { exitCode, stdout } = await runImporter(['--out', out], env)
    await other.close()
    expect(exitCode).toBe(3)
    expect(stdout).toMatch(/^Not complete: .*\n {2}Spot fills: failed\. This key has expired\./m)
    expect(stdout).toMatch(/^spot-trade: failed \(expired\), /m)
    expect(stdout).toMatch(/from .* to .* is missing: not obtained yet, the next import asks again/)
    expect(existsSync(join((await filesOf(out)).folder, 'coverage.json'))).toBe(true)
    await expectNoSecretIn(directory)
  })

  it('leaves files of an earlier import whole when the directory is taken away from it', async () => {
    await withKey(subaccountKey, async (other) => {
      const directory = temporaryDirectory()
      const out = join(directory, 'out')
      const { child, finished } = startImport(['--out', out], environmentFor(other, join(directory, 'data')))
      await vi.waitUntil(() => other.requests.length > 10, { timeout: 120_000 })
      await writeFile(out, 'in the way')
      const { exitCode, stderr } = await finished
      expect(child.signalCode).toBeNull()
      expect(exitCode).toBe(2)
      expect(stderr).toMatch(/The history is stored, but its files could not be written to .* \(E\w+\)/)
      expect(await readFile(out, 'utf8')).toBe('in the way')
    })
  })
})
