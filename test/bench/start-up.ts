import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'
import type { WorkerEnvironment } from '../../lambdas/sync/env.ts'
import { type Bundle, bundle, entries } from '../../lib/bundle.ts'
import { message, start } from './child.ts'
import { table } from './table.ts'

const turns = 21
/** Of the time with all of ccxt, and of the time with a single exchange, by how much two medians differ by chance included. */
const mostOfAll = 0.65
const mostOfOne = 1.05

/** Cold starts of the worker: as it is deployed, with a single exchange, and with every exchange of ccxt. */
export async function* startUp(): AsyncGenerator<string> {
  const directory = await mkdtemp(join(tmpdir(), 'start-up-'))
  try {
    const worker = await contestant('the worker', bundle(entries.worker, join(directory, 'worker')))
    const alone = await contestant(
      'the same with BitMart alone',
      bundle(entries.worker, join(directory, 'alone'), [bitmartAlone]),
    )
    const all = await contestant(
      'the same with all of ccxt',
      bundle('test/bench/all-of-ccxt-process.ts', join(directory, 'all-of-ccxt')),
    )
    const contestants = [worker, alone, all]
    // By turns, so that other work on the machine falls on all. The first of each only warms the disk.
    for (let turn = 0; turn <= turns; turn += 1)
      for (const { bundle, starts } of contestants) {
        const start = await startOnce(bundle)
        if (turn > 0) starts.push(start)
      }
    const promise = (what: string, other: Contestant, most: number) => {
      const ratios = measures.map((of) => median(worker.starts.map(of)) / median(other.starts.map(of)))
      const isKept = (ratios.at(-1) ?? Number.NaN) <= most
      return [what, ...ratios.map((ratio) => ratio.toFixed(2)), `≤ ${most}`, isKept ? 'yes' : 'NO']
    }
    yield `## Start-up of the worker

From the start of Node until the handler is there, the median of ${turns} cold starts each, by turns. All bundles are built
alike; a driver lies in a file of its own, which is read when its exchange is asked first. Promised is the ratio of what is taken of the
processor: that of the times tells of whatever else is at work, too.

${table(
  ['', 'bundle', 'read at start', 'of ccxt', 'start-up', 'of the processor'],
  contestants.map(({ what, bundle: { bytes, startBytes, ccxtBytes }, starts }) => [
    what,
    megabytes(bytes),
    megabytes(startBytes),
    megabytes(ccxtBytes),
    ...measures.map((of) => `${Math.round(median(starts.map(of)))} ms`),
  ]),
)}

${table(
  ['', 'times', 'of the processor', 'promised', 'kept'],
  [
    promise('the worker to itself with BitMart alone', alone, mostOfOne),
    promise('the worker to itself with all of ccxt', all, mostOfAll),
  ],
)}`
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Milliseconds, as a clock counts them, and as the processor does. */
type Start = { readonly milliseconds: number; readonly processor: number }

const measures = [({ milliseconds }: Start) => milliseconds, ({ processor }: Start) => processor] as const

type Contestant = { readonly what: string; readonly bundle: Bundle; readonly starts: Start[] }

async function contestant(what: string, bundle: Promise<Bundle>): Promise<Contestant> {
  return { what, bundle: await bundle, starts: [] }
}

/** A registry as it would be with one exchange. */
const bitmartAlone: Plugin = {
  name: 'bitmart-alone',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]lambdas[\\/]exchanges[\\/]index\.ts$/ }, ({ path }) => ({
      contents: `
        import { bitmart } from './bitmart/index.ts'
        export const exchanges = new Map([[bitmart.id, bitmart]])`,
      resolveDir: dirname(path),
      loader: 'ts',
    }))
  },
}

const environment: WorkerEnvironment & Readonly<Record<string, string>> = {
  TABLE_NAME: 'history',
  QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/syncs',
  SECRET_PREFIX: 'exchange-history/bench/',
  ENVELOPE_TABLE: '',
  STATEMENT_BUCKET: 'statements',
  MAX_DELIVERIES: '4',
  CELL: '',
  NIGHT_BEGINS: '0',
  NIGHT_HOURS: '6',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  POWERTOOLS_SERVICE_NAME: 'worker',
  POWERTOOLS_METRICS_NAMESPACE: 'ExchangeHistory',
  // The AWS SDK has something to say about the Node of this machine.
  NODE_NO_WARNINGS: '1',
}

async function startOnce({ directory }: Bundle): Promise<Start> {
  const { href } = pathToFileURL(join(directory, 'index.mjs'))
  const child = start('start-up-child.mjs', [href], { env: environment, execArgv: [] })
  return message<Start>(child)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(2)} MB`
}
