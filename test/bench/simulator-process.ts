import type { SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { makeAccount, type Recipe } from './accounts.ts'
import { serveAndCount } from './count-calls.ts'

/** A BitMart in a process of its own, so that its memory and its work are nobody else's. */
export type SimulatorWishes = {
  readonly recipe: Recipe
  /** Epoch milliseconds at which the account is made. */
  readonly now: number
  readonly options: Pick<Partial<SimulatorOptions>, 'enforceLimits' | 'latency' | 'keys'>
  /** Of calls with a key. */
  readonly faults?: SimulatorOptions['faults']
}

const tooManyRequests = 30013

const { recipe, now, options, faults } = JSON.parse(process.argv[2] ?? '') as SimulatorWishes

await serveAndCount(tooManyRequests, async (onRequest) => {
  const simulator = await startSimulatedBitmart({
    ...options,
    account: makeAccount(recipe, now),
    onRequest: (request) => {
      onRequest(request)
      if (request.key !== undefined) simulator.options.faults = faults
    },
  })
  return simulator
})
