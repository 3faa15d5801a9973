import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exchanges as served } from '../../lambdas/exchanges/index.ts'
import { type Bundle, bundle, bundleEntries, type EntryName, entries } from '../../lib/bundle.ts'

const megabyte = 1_000_000

const names = Object.keys(entries) as EntryName[]
const withExchanges: readonly EntryName[] = ['worker', 'keys', 'catalogue']
const withoutExchanges = names.filter((name) => !withExchanges.includes(name))

let root: string
let bundles: ReadonlyMap<EntryName, Bundle>

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bundles-'))
  bundles = await bundleEntries(root)
})

afterAll(() => rm(root, { recursive: true }))

function bundleOf(name: EntryName): Bundle {
  const found = bundles.get(name)
  if (found === undefined) throw new Error(`There is no bundle of ${name}.`)
  return found
}

/**
 * What is read at the start. Nobody waits for the exporter, and it has clients of three services; `history` describes every exchange
 * there is; `imports` has a client of S3.
 */
function mostAtStart(name: EntryName): number {
  if (name === 'imports') return 1.3 * megabyte
  return name === 'exporter' || name === 'history' ? 1.1 * megabyte : megabyte
}

/**
 * With what is loaded when it is used: in `history` and `imports`, a client of S3 for whoever deletes a history, and 70 kB that merge
 * statement files, which their routes name. The exporter has every format, and the sentences of every exchange.
 */
function mostOf(name: EntryName): number {
  return name === 'history' || name === 'imports' ? 1.4 * megabyte : 1.14 * megabyte
}

describe('The bundle of', () => {
  it.each(names)('%s holds its start, and beside it only what is loaded when it is used', async (name) => {
    const { directory, bytes, startBytes } = bundleOf(name)
    const files = await readdir(directory)
    expect(files).toContain('index.mjs')
    for (const file of files) expect(file).toMatch(/^(index|[\w-]+-[A-Z0-9]{8})\.mjs$/)
    const sizes = await Promise.all(files.map(async (file) => (await readFile(join(directory, file))).length))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(bytes)
    expect(startBytes).toBeLessThanOrEqual(bytes)
    expect(startBytes).toBeLessThanOrEqual(mostAtStart(name))
  })

  it.each(withExchanges)('%s starts without a driver of any exchange', (name) => {
    const { startInputs } = bundleOf(name)
    expect(startInputs).toContain('lambdas/exchanges/driver.ts')
    expect(startInputs.filter((path) => /node_modules\/(ccxt|undici)\//.test(path))).toEqual([])
  })

  it('a driver asks by the transport that was bundled with it, and not by another that nobody chose', async () => {
    const directory = join(root, 'asking')
    await bundle(fileURLToPath(new URL('asking-process.ts', import.meta.url)), directory)
    const { stdout } = await promisify(execFile)(process.execPath, [join(directory, 'index.mjs')])
    // Only that transport tells why there was no way.
    const told = [...served.keys()].map((id) => `${id} exchange-down ECONNREFUSED\n`)
    expect(stdout).toBe(told.join(''))
  })

  it.each(names)('%s imports nothing but what Node brings along', (name) => {
    const imported = bundleOf(name).imports.filter((module) => !module.startsWith('node:'))
    expect(imported.filter((module) => !builtinModules.includes(module))).toEqual([])
  })

  it.each(withExchanges)('%s has at most 3 MB, of which ccxt at most 1.5 MB', (name) => {
    const { bytes, ccxtBytes } = bundleOf(name)
    expect(bytes).toBeLessThanOrEqual(3 * megabyte)
    expect(ccxtBytes).toBeLessThanOrEqual(1.5 * megabyte)
    expect(ccxtBytes).toBeGreaterThan(0)
  })

  it.each(withoutExchanges)('%s has no more than it needs, and nothing of ccxt', (name) => {
    const { bytes, startBytes, inputs } = bundleOf(name)
    expect(bytes).toBeLessThanOrEqual(mostOf(name))
    expect(startBytes).toBeLessThanOrEqual(mostAtStart(name))
    expect(inputs.filter((path) => path.includes('node_modules/ccxt/'))).toEqual([])
  })

  it.each(['history', 'worker'] as const)('%s loads a client of S3 only when it is used', (name) => {
    const isClient = (path: string) => path.startsWith('node_modules/@aws-sdk/client-s3/')
    expect(bundleOf(name).inputs.some(isClient)).toBe(true)
    expect(bundleOf(name).startInputs.filter(isClient)).toEqual([])
  })

  it.each(withExchanges)('%s has of ccxt only the exchanges that have a definition here', async (name) => {
    const entries = await readdir(new URL('../../lambdas/exchanges', import.meta.url), {
      withFileTypes: true,
    })
    const defined = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    expect(defined).toEqual(expect.arrayContaining([...served.keys()]))
    const exchanges = bundleOf(name).inputs.filter((path) =>
      /^node_modules\/ccxt\/js\/src\/[a-z0-9]+\.js$/.test(path),
    )
    expect(exchanges.sort()).toEqual(defined.sort().map((id) => `node_modules/ccxt/js/src/${id}.js`))
  })

  it.each(withExchanges)(
    '%s brings the transport along that ccxt would do without in silence',
    async (name) => {
      const { directory, inputs } = bundleOf(name)
      expect(inputs).toContain('node_modules/undici/lib/dispatcher/agent.js')
      for (const file of await readdir(directory))
        expect(await readFile(join(directory, file), 'utf8'), file).not.toContain('import("undici")')
    },
  )

  it.each(names)('%s speaks English only', (name) => {
    const languages = bundleOf(name).inputs.filter((path) => path.includes('/zod/v4/locales/'))
    expect(languages.filter((path) => !/(index|en)\.js$/.test(path))).toEqual([])
  })
})

describe('What is left out of a bundle', () => {
  /** Bundles some lines, and runs them where there are no packages. */
  async function run(lines: string) {
    const directory = await mkdtemp(join(tmpdir(), 'left-out-'))
    try {
      const entry = join(directory, 'entry.ts')
      await writeFile(entry, lines.replaceAll('CCXT', join(process.cwd(), 'node_modules/ccxt/js/src')))
      await bundle(entry, join(directory, 'bundle'))
      const { stdout } = await promisify(execFile)(process.execPath, [join(directory, 'bundle/index.mjs')])
      return stdout.trim().split('\n')
    } finally {
      await rm(directory, { recursive: true })
    }
  }

  it('fails with words when it is used, and keeps nobody from signing', async () => {
    const printed = await run(`
      import bitmart from 'CCXT/bitmart.js'
      const driver = new bitmart({ apiKey: 'a', secret: 'b', uid: 'c' })
      const { headers } = driver.sign('spot/v4/query/trades', 'private', 'POST', { symbol: 'BTC_USDT' })
      console.log(headers['X-BM-SIGN'].length)
      const uses = [
        () => driver.ethAbiEncode(['uint256'], [1]),
        () => driver.ethEncodeStructuredData({}, {}, {}),
        () => driver.retrieveStarkAccount('0x1', '0x2', '0x3'),
        () => driver.toDydxLong('1'),
        () => driver.client('wss://127.0.0.1:1').createConnection(),
      ]
      for (const use of uses)
        try {
          use()
          console.log('nothing')
        } catch ({ message }) {
          console.log(message)
        }
      process.exit()`)
    const ethereum = 'This was built without the signatures of Ethereum: see bundling/bundled.ts.'
    expect(printed).toEqual([
      '64',
      ethereum,
      ethereum,
      'This was built without the signatures of Starknet: see bundling/bundled.ts.',
      'This was built without the signatures of dYdX: see bundling/bundled.ts.',
      'This was built without WebSockets: see bundling/bundled.ts.',
    ])
  })

  it('fails with words when a function finds no credentials in its environment', async () => {
    const [printed] = await run(`
      import { defaultProvider } from 'CCXT/../../../@aws-sdk/credential-provider-node/dist-es/index.js'
      delete process.env.AWS_ACCESS_KEY_ID
      delete process.env.AWS_PROFILE
      await defaultProvider()().catch(({ message }) => console.log(message))`)
    expect(printed).toBe(
      'This was built without credentials that are not in the environment: see bundling/bundled.ts.',
    )
  })

  it('is found by its name when ccxt imports something new of it: then there is no bundle', async () => {
    const lines = `import { shortString } from 'CCXT/static_dependencies/starknet/index.js'
      console.log(shortString)`
    await expect(run(lines)).rejects.toThrow('shortString')
  })
})
