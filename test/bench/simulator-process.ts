import type { SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { makeAccount, type Recipe } from './accounts.ts'

/** A BitMart in a process of its own, so that its memory and its work are nobody else's. */
export type SimulatorWishes = {
  readonly recipe: Recipe
  /** Epoch milliseconds at which the account is made. */
  readonly now: number
  readonly options: Pick<Partial<SimulatorOptions>, 'enforceLimits' | 'latency' | 'keys'>
  /** Of calls with a key. */
  readonly faults?: SimulatorOptions['faults']
}

/** Said once at the start, and again whenever the parent asks. */
export type SimulatorReport = {
  readonly url: string
  /** By path, without those over the limit. */
  readonly calls: Readonly<Record<string, number>>
  /** Calls over the limit, of all paths. */
  readonly tooMany: number
}

const tooManyRequests = 30013

const { recipe, now, options, faults } = JSON.parse(process.argv[2] ?? '') as SimulatorWishes

const calls: Record<string, number> = {}
let tooMany = 0
const simulator = await startSimulatedBitmart({
  ...options,
  account: makeAccount(recipe, now),
  onRequest: ({ path, key, code, fault }) => {
    if (code === tooManyRequests && fault === undefined) tooMany += 1
    else calls[path] = (calls[path] ?? 0) + 1
    if (key !== undefined) simulator.options.faults = faults
  },
})
const report = () => process.send?.({ url: simulator.spotUrl, calls, tooMany } satisfies SimulatorReport)
process.on('message', report)
process.on('disconnect', () => process.exit())
report()
