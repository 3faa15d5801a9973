import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connectionStore } from '../../lambdas/adapters/connections.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import type { SimulatedKey } from '../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import {
  canary,
  canaryKey,
  environmentFor,
  expectNoSecretIn,
  runImporter,
  runImportHere,
  startImport,
  temporaryDirectory,
} from './import-process.ts'

/**
 * The importer against a simulated exchange: refusals in this process, imports in processes of their own. Each run is
 * searched for secrets and escape codes as it ends.
 */

/** Only spot fills take time with this key: futures were never opened, and transfers are not served to it. */
const subaccountKey: SimulatedKey = { ...canaryKey, subaccount: true, futuresOpened: false }

let bitmart: SimulatedBitmart

beforeAll(async () => {
  bitmart = await startSimulatedBitmart({
    account: generateAccount({ seed: 1, now: Date.now(), spotFills: 300, futuresFills: 20 }),
    keys: [canaryKey],
    enforceLimits: false,
  })
})

afterAll(() => bitmart.close())

/** A simulated exchange that knows the canary as this kind of key. */
async function withKey(key: SimulatedKey, use: (bitmart: SimulatedBitmart) => Promise<void>): Promise<void> {
  const other = await startSimulatedBitmart({ account: bitmart.account, keys: [key], enforceLimits: false })
  try {
    await use(other)
  } finally {
    await other.close()
  }
}

async function storedConnections(dataDir: string): Promise<number> {
  const store = await openEmbeddedStore({ dataDir })
  const found = await connectionStore(store.table).list('local')
  await store.close()
  return found.length
}

describe('what the importer refuses, with 2 and one sentence', () => {
  it.each([
    [['--nonsense'], /^There is no option “--nonsense”: --help lists them\.\n$/],
    [['-x'], /^There is no option “-x”/],
    [['bitmart'], /^“bitmart” belongs to no option/],
    [['--exchange', 'mtgox'], /^--exchange names an exchange that is not known here; known: bitmart\.\n$/],
    [['--exchange'], /^--exchange needs a value: --exchange NAME\.\n$/],
    [['--out', '--json'], /^--out needs a value: --out DIR\.\n$/],
    [['--json=yes'], /^--json takes no value\.\n$/],
    [['--json', '--json'], /^--json is given twice\.\n$/],
    [['--subaccount', ' '], /^--subaccount must not be empty\.\n$/],
    [
      ['--subaccount', 'a\tb'],
      /^--subaccount contains a control character, such as a line break or a tab\.\n$/,
    ],
    [['--subaccount', 'x'.repeat(101)], /^--subaccount must not be longer than 100 characters\.\n$/],
    [['--out', 'package.json'], /^--out package\.json is not a directory that can be written\.\n$/],
    [
      ['--out', 'package.json/history'],
      /^--out package\.json\/history is not a directory that can be written\.\n$/,
    ],
  ])('a command line such as %j', async (argv, sentence) => {
    const dataDir = join(temporaryDirectory(), 'data')
    const { exitCode, stdout, stderr } = await runImportHere(argv, environmentFor(bitmart, dataDir))
    expect(stderr).toMatch(sentence)
    expect({ exitCode, stdout, store: existsSync(dataDir) }).toEqual({
      exitCode: 2,
      stdout: '',
      store: false,
    })
  })

  it.each([
    ['BITMART_API_KEY', '', /^Access key \(BITMART_API_KEY\) must not be empty\.\n$/],
    ['BITMART_API_KEY', 'two words', /^Access key \(BITMART_API_KEY\) contains a space/],
    ['BITMART_API_SECRET', 'x'.repeat(300), /^Secret key \(BITMART_API_SECRET\) must not be longer than 256/],
    ['BITMART_API_MEMO', 'line\nbreak', /^Memo \(BITMART_API_MEMO\) contains a control character/],
    ['BITMART_SPOT_URL', 'ftp://x', /^BITMART_SPOT_URL must be an address such as https:/],
  ])('a variable such as %s=%j', async (name, value, sentence) => {
    const dataDir = join(temporaryDirectory(), 'data')
    const env = { ...environmentFor(bitmart, dataDir), [name]: value }
    const { exitCode, stderr } = await runImportHere([], env)
    expect(stderr).toMatch(sentence)
    expect(stderr.trimEnd()).not.toContain('\n')
    expect({ exitCode, store: existsSync(dataDir) }).toEqual({ exitCode: 2, store: false })
  })

  it('missing credentials, when there is nobody to ask', async () => {
    const { exitCode, stderr } = await runImportHere([], {
      DATA_DIR: temporaryDirectory(),
      BITMART_API_SECRET: 'x',
    })
    expect(exitCode).toBe(2)
    expect(stderr).toBe(
      'Set BITMART_API_KEY and BITMART_API_MEMO in the environment, or run this in a terminal, where it is asked for.\n',
    )
  })

  it('a store that another process holds open, which stays unharmed', async () => {
    const dataDir = temporaryDirectory()
    const store = await openEmbeddedStore({ dataDir })
    const { exitCode, stderr } = await runImportHere([], environmentFor(bitmart, dataDir))
    await store.close()
    expect(stderr).toMatch(/^The store in .* is in use by another process .*\.\n$/)
    expect(exitCode).toBe(2)
    expect(await storedConnections(dataDir)).toBe(0)
  })

  it.each<[string, Partial<SimulatedKey>, RegExp]>([
    ['an unknown access key', { apiKey: 'another' }, /BitMart does not know this access key/],
    ['a wrong secret', { secret: 'another' }, /The secret key or the memo is wrong/],
    ['a wrong memo', { memo: 'another' }, /The secret key or the memo is wrong/],
    ['an address that is not bound', { ipBound: true }, /bound to other IP addresses/],
    ['an expired key', { expired: true }, /This key has expired/],
    ['a key that may not read', { permissions: [] }, /Tick "Read-Only"/],
    ['a frozen account', { frozen: true }, /restricted this account/],
    [
      'a key that can withdraw',
      { permissions: ['read', 'withdraw'] },
      /can withdraw funds\..*--allow-powerful-key/,
    ],
    [
      'a key that can trade',
      { permissions: ['read', 'futures-trade'] },
      /can trade futures\..*--allow-powerful-key/,
    ],
  ])('%s, and then nothing is stored', async (_what, key, sentence) => {
    await withKey({ ...canaryKey, ...key }, async (other) => {
      const directory = temporaryDirectory()
      const [dataDir, out] = [join(directory, 'data'), join(directory, 'out')]
      const { exitCode, stdout, stderr } = await runImportHere(
        ['--json', '--out', out],
        environmentFor(other, dataDir),
      )
      expect(stderr.split('\n').at(-2)).toMatch(sentence)
      expect({ exitCode, stdout, out: existsSync(out) }).toEqual({ exitCode: 2, stdout: '', out: false })
      expect(await storedConnections(dataDir)).toBe(0)
      await expectNoSecretIn(directory)
    })
  })
})

describe.concurrent('an import', { timeout: 240_000 }, () => {
  it('shows how to use it', async () => {
    const { exitCode, stdout, stderr } = await runImportHere(['--help'], {})
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const word of [
      '--exchange NAME',
      '--subaccount NAME',
      '--out DIR',
      '--json',
      '--allow-powerful-key',
    ])
      expect(stdout).toContain(`  ${word} `)
    for (const word of [
      'BITMART_API_MEMO',
      'BITMART_FUTURES_URL',
      'DATA_DIR',
      'NO_COLOR',
      '130: interrupted',
    ])
      expect(stdout).toContain(word)
  })

  it('ends with 0 when complete, says why streams are empty, goes on when repeated, and refuses another name', async () => {
    await withKey(subaccountKey, async (other) => {
      const directory = temporaryDirectory()
      const [dataDir, out] = [join(directory, 'data'), join(directory, 'out')]
      const env = environmentFor(other, dataDir)
      const first = await runImporter(['--subaccount', 'desk', '--out', out], env)
      expect(first.exitCode).toBe(0)
      expect(first.stderr).toMatch(
        /^Note: The memo contains ! and ※.*\nNote: BitMart does not tell.*spot trading.*\n$/,
      )
      expect(first.stdout).toMatch(/^Complete: 300 new transactions in .* with \d+ requests\.$/m)
      expect(first.stdout).toMatch(/^spot-trade: started$/m)
      expect(first.stdout).toMatch(/^spot-trade: done, \d+ requests, \d+ served, 300 new$/m)
      expect(first.stdout).toMatch(/Futures were never opened on this account/)
      expect(first.stdout).toMatch(/not served to sub-account keys/)
      expect(first.stdout).toMatch(/^BitMart is closing$/m)
      const lines = (await readFile(join(out, 'transactions.jsonl'), 'utf8')).trimEnd().split('\n')
      expect(lines).toHaveLength(300)
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({
        exchange: 'bitmart',
        subaccount: 'desk',
        stream: 'spot-trade',
      })
      expect(await readFile(join(out, 'coverage.json'), 'utf8')).toContain('"beyond-depth"')

      const again = await runImporter(['--subaccount', ' DESK', '--out', out, '--json'], env)
      expect(again.exitCode).toBe(0)
      expect(again.stderr).toContain('Complete: nothing new')
      const { streams, ...rest } = JSON.parse(again.stdout)
      expect(rest).toEqual({
        connection: expect.stringMatching(/^\w+$/),
        complete: true,
        seconds: expect.any(Number),
        requests: expect.any(Number),
      })
      expect(rest.requests).toBeLessThanOrEqual(10)
      expect(streams).toContainEqual({
        stream: 'spot-trade',
        requests: 1,
        served: expect.any(Number),
        new: 0,
        changed: 0,
        unchanged: expect.any(Number),
        gaps: [],
      })

      const renamed = await runImporter(['--subaccount', 'another', '--out', out], env)
      expect(renamed.exitCode).toBe(2)
      expect(renamed.stderr).toMatch(/^This key belongs to the connection “desk”/)
      const main = await runImporter(['--out', out], env)
      expect(main.exitCode).toBe(2)
      expect(await expectNoSecretIn(directory)).toBeGreaterThan(5)
    })
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
      expect(second.exitCode).toBe(0)
      expect(JSON.parse(second.stdout).connection).toBe(JSON.parse(first.stdout).connection)
      expect((await readFile(join(out, 'transactions.jsonl'), 'utf8')).match(/\n/g)).toHaveLength(300)
      await expectNoSecretIn(directory)
    })
  })

  it('ends with 3 when streams fail on the way, says which and why, and keeps what it had', async () => {
    const directory = temporaryDirectory()
    const out = join(directory, 'out')
    const key: SimulatedKey = { ...subaccountKey }
    const other = await startSimulatedBitmart({
      account: bitmart.account,
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
    expect(stdout).toMatch(/gap .* … .*: not obtained yet, the next import asks again \(failed\)/)
    expect(existsSync(join(out, 'coverage.json'))).toBe(true)
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
      expect(exitCode).toBe(3)
      expect(stderr).toMatch(/The history is stored, but its files could not be written to .* \(EEXIST\)/)
      expect(await readFile(out, 'utf8')).toBe('in the way')
    })
  })
})

it('the canary is what the simulated exchange asks for', () => {
  expect(bitmart.options.keys[0]).toMatchObject(canary)
})
