import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'

/** The code of each function, by its name. */
export const entries = {
  history: 'lambdas/api/history.ts',
  keys: 'lambdas/api/keys.ts',
  worker: 'lambdas/sync/worker.ts',
  planner: 'lambdas/sync/planner.ts',
  catalogue: 'lambdas/sync/catalogue.ts',
  sweeper: 'lambdas/sync/sweeper.ts',
  mover: 'lambdas/sync/mover.ts',
  exporter: 'lambdas/exports/exporter.ts',
} as const

export type EntryName = keyof typeof entries

export const entryNames: readonly EntryName[] = [
  'history',
  'keys',
  'worker',
  'planner',
  'catalogue',
  'sweeper',
  'mover',
  'exporter',
]

export type Bundle = {
  /** Holds `index.mjs`, and beside it what is loaded only when it is used: what a function is deployed from. */
  readonly directory: string
  readonly bytes: number
  /** How many of them are read when the function starts: `index.mjs` and all that it imports at its top. */
  readonly startBytes: number
  readonly startInputs: readonly string[]
  /** How many of the bytes come from the package ccxt itself. */
  readonly ccxtBytes: number
  /** The files that left something in the bundle, from the root of the repository. */
  readonly inputs: readonly string[]
  /** What is imported only when it runs. */
  readonly imports: readonly string[]
}

/**
 * Bundles every function's code into a folder of its name below `directory`. A folder that is there is replaced.
 */
export async function bundleEntries(directory: string): Promise<ReadonlyMap<EntryName, Bundle>> {
  const bundles = entryNames.map(
    async (name) => [name, await bundle(entries[name], join(directory, name))] as const,
  )
  return new Map(await Promise.all(bundles))
}

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Bundles one file and all that it imports, the AWS SDK too: what runs is what was tested, whatever the run time
 * brings along. `more`: what a measurement wants otherwise. A warning is an error, since here it means a name that nobody exports.
 */
export async function bundle(
  entry: string,
  directory: string,
  more: readonly Plugin[] = [],
): Promise<Bundle> {
  await rm(directory, { recursive: true, force: true })
  const { metafile, warnings } = await build({
    entryPoints: { index: entry },
    outdir: resolve(directory),
    outExtension: { '.js': '.mjs' },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    // What is imported when it is used, a driver of an exchange, lies in a file of its own: start-up does not grow with it.
    splitting: true,
    chunkNames: '[name]-[hash]',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: requireForCommonJs },
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
    plugins: [...more, leaveOutTheUnused, bringUndiciAlong],
  })
  const [warning] = warnings
  if (warning !== undefined) throw new Error(`${entry}: ${warning.location?.file ?? ''}: ${warning.text}`)
  return { directory, ...measure(metafile) }
}

/** What is written in CommonJS asks for Node's own modules by `require`, which an ES module does not have. */
const requireForCommonJs =
  "import{createRequire as _createRequire}from'node:module';const require=_createRequire(import.meta.url);"

function measure({ outputs }: Metafile) {
  const written = Object.values(outputs)
  const start = readAtStart(outputs)
  const parts = written.flatMap(({ inputs }) => Object.entries(inputs))
  const kept = parts.filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  return {
    bytes: sum(written.map(({ bytes }) => bytes)),
    startBytes: sum(start.map(({ bytes }) => bytes)),
    startInputs: start.flatMap(({ inputs }) => Object.keys(inputs)),
    ccxtBytes: sum(
      kept.filter(([path]) => path.startsWith('node_modules/ccxt/')).map(([, part]) => part.bytesInOutput),
    ),
    inputs: kept.map(([path]) => path),
    imports: written.flatMap(({ imports }) =>
      imports.flatMap(({ path, external }) => (external ? [path] : [])),
    ),
  }
}

type Output = Metafile['outputs'][string]

/** The entry and what it imports at its top, and so on; what is imported when it is used is left out. */
function readAtStart(outputs: Metafile['outputs']): readonly Output[] {
  const met = new Set(Object.keys(outputs).filter((path) => path.endsWith('/index.mjs')))
  for (const path of met)
    for (const one of outputs[path]?.imports ?? [])
      if (one.kind === 'import-statement' && !one.external) met.add(one.path)
  return [...met].flatMap((path) => outputs[path] ?? [])
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Modules that the code imports and never uses: what they are for, and the names that are imported from them. */
const leftOut = [
  { what: 'messages in other languages', path: /^zod\/v4\/locales\/(?!en\.|index\.)/, names: [] },
  { what: 'the messages of MEXC', path: /^ccxt\/js\/src\/protobuf\//, names: [] },
  {
    what: 'the signatures of dYdX',
    path: /^ccxt\/js\/src\/static_dependencies\/dydx-v4-client\//,
    names: ['Long', 'encodeAsAny', 'AuthInfo', 'Tx', 'TxBody', 'TxRaw', 'SignDoc', 'SignMode'],
  },
  {
    what: 'the signatures of zkLink',
    path: /^ccxt\/js\/src\/static_dependencies\/zklink\//,
    names: ['newRpcSignerWithProvider', 'ContractBuilder', 'newContract', 'TransferBuilder', 'newTransfer'],
  },
  {
    what: 'the signatures of Starknet',
    path: /^(ccxt\/js\/src\/static_dependencies|@scure)\/starknet\//,
    names: ['CallData', 'hash', 'typedData', 'getStarkKey', 'ethSigToPrivate', 'sign'],
  },
  {
    what: 'the signatures of Ethereum',
    path: /^ccxt\/js\/src\/static_dependencies\/ethers\//,
    names: ['TypedDataEncoder'],
  },
  {
    // Lambda puts a function's credentials into its environment; taking any others would be a fault.
    what: 'credentials that are not in the environment',
    path: /^@(aws-sdk|smithy)\/credential-provider-(http|imds|ini|process|sso|web-identity)\//,
    names: [
      'fromContainerMetadata',
      'fromHttp',
      'fromIni',
      'fromInstanceMetadata',
      'fromProcess',
      'fromSSO',
      'fromTokenFile',
      'ENV_CMDS_FULL_URI',
      'ENV_CMDS_RELATIVE_URI',
    ],
  },
  {
    what: 'WebSockets',
    path: /^(ws|fflate)\//,
    names: ['createWebSocketStream', 'gunzipSync', 'inflateSync'],
  },
]

/** Puts something in the place of each module left out that throws a clear error as soon as it is used. */
const leaveOutTheUnused: Plugin = {
  name: 'leave-out-the-unused',
  setup({ onLoad, onResolve }) {
    onLoad(
      { filter: /[\\/]node_modules[\\/](zod|ccxt|@scure|@aws-sdk|@smithy|ws|fflate)[\\/]/ },
      ({ path }) => {
        const module = path.replaceAll('\\', '/').split('/node_modules/').at(-1) ?? ''
        const rule = leftOut.find((one) => one.path.test(module))
        if (rule === undefined) return undefined
        const names = ['default', ...rule.names].map((name) => `default as ${name}`)
        return { contents: `export { ${names.join(', ')} } from 'left-out:${rule.what}'`, loader: 'js' }
      },
    )
    onResolve({ filter: /^left-out:/ }, ({ path }) => ({
      path: path.replace('left-out:', ''),
      namespace: 'left-out',
    }))
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path: what }) => ({
      contents: `
        const fail = () => { throw new Error(${JSON.stringify(`This was built without ${what}: see lib/bundle.ts.`)}) }
        export default new Proxy(function () {}, { get: fail, set: fail, apply: fail, construct: fail })`,
      loader: 'js',
    }))
  },
}

/**
 * ccxt tells bundlers to leave undici alone and, where it is missing, falls back to another transport without a word.
 * Ours depends on undici: its body is read within the attempt's time, and no redirect is followed.
 */
const bringUndiciAlong: Plugin = {
  name: 'bring-undici-along',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]ccxt[\\/]js[\\/]src[\\/]base[\\/]Exchange\.js$/ }, async ({ path }) => {
      const written = await readFile(path, 'utf8')
      // It is CommonJS: in a file of its own, all it exports is its default.
      const contents = written.replace(
        "import(/* webpackIgnore: true */ 'undici')",
        "import('undici').then(({ default: undici }) => undici)",
      )
      if (contents === written) throw new Error('ccxt loads undici in another way now: see lib/bundle.ts.')
      return { contents, loader: 'js' }
    })
  },
}
