import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { connectionStore } from '../../lambdas/adapters/connections.ts'
import { day } from '../../lambdas/domain/window.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { runImport } from '../../local/import/run-import.ts'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import type { SimulatedKey } from '../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import {
  canary,
  canaryKey,
  capture,
  environmentFor,
  expectNoSecretIn,
  filesOf,
  runImportHere,
  surroundings,
  temporaryDirectory,
} from '../local/import-process.ts'
import { hurried } from '../model/engine.ts'

/**
 * What the importer says before there is an import, against a simulated exchange; `test/e2e/import.test.ts` has the
 * imports. Each run is searched for secrets and escape codes as it ends.
 */

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

/** What a program that reads the output is told. */
function parsed(stdout: string): unknown {
  return stdout === '' ? '' : JSON.parse(stdout)
}

describe('what the importer refuses, with 2 and one sentence', () => {
  it.each([
    [['--nonsense'], /^There is no option “--nonsense”: --help lists them\.\n$/],
    [['-x'], /^There is no option “-x”/],
    [['bitmart'], /^“bitmart” belongs to no option/],
    [
      ['--exchange', 'mtgox'],
      /^--exchange names an exchange that is not known here; known: bitmart, bingx, bitrue\.\n$/,
    ],
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
    const told = argv.includes('--json') ? { error: { code: 'invalid-input', sentence: stderr.trim() } } : ''
    expect({ exitCode, told: parsed(stdout), store: existsSync(dataDir) }).toEqual({
      exitCode: 2,
      told,
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
  ])('%s, and then nothing is stored', async (_what, key, expected) => {
    await withKey({ ...canaryKey, ...key }, async (other) => {
      const directory = temporaryDirectory()
      const [dataDir, out] = [join(directory, 'data'), join(directory, 'out')]
      const { exitCode, stdout, stderr } = await runImportHere(
        ['--json', '--out', out],
        environmentFor(other, dataDir),
      )
      expect(stderr.split('\n').at(-2)).toMatch(expected)
      const sentence = stderr.split('\n').at(-2)
      expect(parsed(stdout)).toMatchObject({ error: { sentence } })
      expect({ exitCode, out: existsSync(out) }).toEqual({ exitCode: 2, out: false })
      expect(await storedConnections(dataDir)).toBe(0)
      await expectNoSecretIn(directory)
    })
  })
})

it('an import shows how to use it', async () => {
  const { exitCode, stdout, stderr } = await runImportHere(['--help'], {})
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  for (const word of ['--exchange NAME', '--subaccount NAME', '--out DIR', '--json', '--allow-powerful-key'])
    expect(stdout).toContain(`  ${word} `)
  for (const word of ['BITMART_API_MEMO', 'BITMART_FUTURES_URL', 'DATA_DIR', 'NO_COLOR', '130: interrupted'])
    expect(stdout).toContain(word)
})

it('the canary is what the simulated exchange asks for', () => {
  expect(bitmart.options.keys[0]).toMatchObject(canary)
})

it('an import says nothing of dates by a clock that the exchange has shown to be wrong', async () => {
  const now = Date.UTC(2026, 10, 26, 12)
  const account = generateAccount({ seed: 1, now, spotFills: 5, days: 1 })
  const bitmart = await startSimulatedBitmart({
    clock: () => now,
    account,
    keys: [canaryKey],
    enforceLimits: false,
  })
  onTestFinished(() => bitmart.close())
  const root = temporaryDirectory()
  const [stdout, stderr] = [capture(), capture()]
  await runImport(['--out', join(root, 'history'), '--since', '2026-11-20'], {
    ...surroundings(environmentFor(bitmart, join(root, 'data'))),
    clock: () => now + 200 * day,
    exchanges: new Map([['bitmart', hurried()]]),
    stdout: stdout.stream,
    stderr: stderr.stream,
  })
  expect(stdout.text()).toContain('BitMart is closing')
  expect(stdout.text()).not.toContain('has closed')
  const { read } = await filesOf(join(root, 'history'))
  expect(JSON.parse(await read('coverage.json')).writtenAt).toMatch(/^2026-11-26T/)
})
