import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { WorkerEnvironment } from '../../lambdas/sync/env.ts'
import { type Bundle, bundle, entries } from '../../lib/bundle.ts'
import { message, start } from './child.ts'
import { table } from './table.ts'

const starts = 21
const mostRatio = 0.65

/** A cold start of the worker, as it is deployed and with every exchange of ccxt. */
export async function* startUp(): AsyncGenerator<string> {
  const directory = await mkdtemp(join(tmpdir(), 'start-up-'))
  try {
    const contestants = [
      { what: 'the worker', bundle: await bundle(entries.worker, join(directory, 'worker')) },
      {
        what: 'the same with all of ccxt',
        bundle: await bundle('test/bench/all-of-ccxt-process.ts', join(directory, 'all-of-ccxt')),
      },
    ].map((one) => ({ ...one, times: [] as number[] }))
    // By turns, so that other work on the machine falls on both. The first of each only warms the disk.
    for (let turn = 0; turn <= starts; turn += 1)
      for (const { bundle, times } of contestants) {
        const milliseconds = await startOnce(bundle)
        if (turn > 0) times.push(milliseconds)
      }
    const slowest = Math.max(...contestants.map(({ times }) => median(times)))
    yield `## Start-up of the worker

From the start of Node until the handler is there, the median of ${starts} cold starts each, by turns. Both bundles are built
alike; at most ${mostRatio} of the time with all of ccxt is promised.

${table(
  ['', 'bundle', 'of which ccxt', 'start-up', 'ratio', `≤ ${mostRatio}`],
  contestants.map(({ what, bundle: { bytes, ccxtBytes }, times }) => {
    const ratio = median(times) / slowest
    return [
      what,
      megabytes(bytes),
      megabytes(ccxtBytes),
      `${Math.round(median(times))} ms`,
      ratio.toFixed(2),
      ratio === 1 ? '' : ratio <= mostRatio ? 'yes' : 'NO',
    ]
  }),
)}`
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const environment: WorkerEnvironment & Readonly<Record<string, string>> = {
  TABLE_NAME: 'history',
  QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/syncs',
  SECRET_PREFIX: 'exchange-history/bench/',
  MAX_DELIVERIES: '4',
  NIGHT_BEGINS: '0',
  NIGHT_HOURS: '6',
  WORKERS_AT_ONCE: '2',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  POWERTOOLS_SERVICE_NAME: 'worker',
  POWERTOOLS_METRICS_NAMESPACE: 'ExchangeHistory',
  // The AWS SDK has something to say about the Node of this machine.
  NODE_NO_WARNINGS: '1',
}

async function startOnce({ directory }: Bundle): Promise<number> {
  const { href } = pathToFileURL(join(directory, 'index.mjs'))
  const child = start('start-up-child.mjs', [href], { env: environment, execArgv: [] })
  return (await message<{ readonly milliseconds: number }>(child)).milliseconds
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(2)} MB`
}
