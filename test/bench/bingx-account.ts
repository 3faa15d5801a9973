import {
  type AccountOptions,
  generateAccount,
  type SimulatedAccount,
} from '../../local/simulated-bingx/account.ts'

/** How an account is made, as data, so that another process can make the same one. */
export type BingxRecipe = Omit<AccountOptions, 'seed' | 'now'>

const seed = 20_261_127

/** The same recipe at the same time makes the same account. */
export function makeBingxAccount(recipe: BingxRecipe, now: number): SimulatedAccount {
  return generateAccount({ ...recipe, seed, now })
}
