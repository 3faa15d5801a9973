import type { Account } from './answers.ts'
import { accountFacts, accountName } from './words.ts'

/** Accounts to choose from: of those that are called alike, it is said which is which. */
export function accountChoices(accounts: readonly Account[]): readonly (readonly [string, string])[] {
  return accounts.map((account) => {
    const name = accountName(account)
    const isAlone = accounts.every((other) => other === account || accountName(other) !== name)
    return [account.connection.id, isAlone ? name : `${name} · ${accountFacts(account)}`]
  })
}
