import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'
import { bundled } from '../bundling/bundled.ts'

/** The code of each function, by its name. */
export const entries = {
  history: 'lambdas/api/history.ts',
  keys: 'lambdas/api/keys.ts',
  imports: 'lambdas/api/imports.ts',
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
  'imports',
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
    absWorkingDir: root,
    ...bundled,
    target: 'node24',
    metafile: true,
    plugins: [...more, ...bundled.plugins],
  })
  const [warning] = warnings
  if (warning !== undefined) throw new Error(`${entry}: ${warning.location?.file ?? ''}: ${warning.text}`)
  return { directory, ...measure(metafile) }
}

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
