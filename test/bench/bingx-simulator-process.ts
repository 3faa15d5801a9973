import { startSimulatedBingx } from '../../local/simulated-bingx/server.ts'
import { type BingxRecipe, makeBingxAccount } from './bingx-account.ts'
import type { SimulatorReport } from './simulator-process.ts'

/** A BingX in a process of its own, with all of its limits. */
export type BingxWishes = {
  readonly recipe: BingxRecipe
  /** Epoch milliseconds at which the account is made. */
  readonly now: number
  /** Milliseconds before each answer. */
  readonly latency?: number
}

const tooManyRequests = 100410

const { recipe, now, latency = 0 } = JSON.parse(process.argv[2] ?? '') as BingxWishes

const calls: Record<string, number> = {}
let tooMany = 0
const simulator = await startSimulatedBingx({
  latency,
  account: makeBingxAccount(recipe, now),
  onRequest: ({ path, code }) => {
    if (code === tooManyRequests) tooMany += 1
    else calls[path] = (calls[path] ?? 0) + 1
  },
})
const report = () => process.send?.({ url: simulator.url, calls, tooMany } satisfies SimulatorReport)
process.on('message', report)
process.on('disconnect', () => process.exit())
report()
