import { startSimulatedBingx } from '../../local/simulated-bingx/server.ts'
import { type BingxRecipe, makeBingxAccount } from './bingx-account.ts'
import { serveAndCount } from './count-calls.ts'

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

await serveAndCount(tooManyRequests, (onRequest) =>
  startSimulatedBingx({ latency, account: makeBingxAccount(recipe, now), onRequest }),
)
