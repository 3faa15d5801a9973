import type { CcxtLoop } from './ccxt-loops.ts'
import type { Outcome, Task } from './contestants.ts'
import { peakMegabytes } from './memory-use.mjs'

export type Contestant = 'ours' | CcxtLoop

export type ContestantWishes = Pick<Task, 'url' | 'product' | 'sinceGiven'> & {
  readonly contestant: Contestant
}

export type ContestantReport = Outcome & {
  /** From the first call on: loading code is not counted. */
  readonly seconds: number
  readonly peakMegabytes: number
}

const { contestant, ...wishes } = JSON.parse(process.argv[2] ?? '') as ContestantWishes
const task: Task = { ...wishes, clock: Date.now, hurried: false }

const compete = contestant === 'ours' ? await loadOurs() : await loadCcxt(contestant)
const startedAt = Date.now()
const outcome = await compete()
const seconds = (Date.now() - startedAt) / 1_000
process.send?.({ ...outcome, seconds, peakMegabytes: peakMegabytes() } satisfies ContestantReport)
process.disconnect?.()

/** Each loads its own code only, so that its memory is its own. */
async function loadOurs(): Promise<() => Promise<Outcome>> {
  const { importOneStream } = await import('./import-account.ts')
  const { withStoreOnDisk } = await import('./store-on-disk.ts')
  return () => withStoreOnDisk((store) => importOneStream(task, store))
}

async function loadCcxt(loop: CcxtLoop): Promise<() => Promise<Outcome>> {
  const { runCcxt } = await import('./ccxt-loops.ts')
  return () => runCcxt(loop, task)
}
