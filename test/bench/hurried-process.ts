import { completenessAfter } from '../../lambdas/domain/run.ts'
import { hurried } from '../model/engine.ts'
import { importAccount } from './import-account.ts'
import { peakMegabytes } from './memory-use.mjs'
import { withStoreOnDisk } from './store-on-disk.ts'

/** A simulated BitMart without limits. */
export type HurriedWishes = { readonly url: string }

export type HurriedReport = {
  readonly rows: number
  readonly seconds: number
  readonly peakMegabytes: number
}

const { url } = JSON.parse(process.argv[2] ?? '') as HurriedWishes

const startedAt = Date.now()
const run = await withStoreOnDisk((store) =>
  importAccount({ url, clock: Date.now, hurried: true }, store, hurried()),
)
if (completenessAfter(run.state) === 'incomplete') throw new Error(`The run ended ${run.state}.`)
process.send?.({
  rows: run.streams.reduce((sum, stream) => sum + stream.new, 0),
  seconds: (Date.now() - startedAt) / 1_000,
  peakMegabytes: peakMegabytes(),
} satisfies HurriedReport)
process.disconnect?.()
