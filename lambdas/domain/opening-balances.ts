import { amountPattern, isZero, plain } from './amount.ts'
import type { Amount } from './transaction.ts'

/** What a wallet of an account held before the first row; a debt is negative. */
export type OpeningBalance = { readonly wallet: string; readonly coin: string; readonly amount: Amount }

/**
 * Reads balances as a user writes them: one a line, `coin,amount` or `coin,amount,wallet` (`spot` where nothing is said), a
 * heading before them or none. The problem is a sentence about the first line that is none.
 */
export function parseOpeningBalances(text: string): readonly OpeningBalance[] | { readonly problem: string } {
  const balances: OpeningBalance[] = []
  const seen = new Set<string>()
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const [coin = '', amount = '', wallet = 'spot', ...more] = line.split(',').map((cell) => cell.trim())
    if (line.trim() === '' || (index === 0 && /^(amount|balance)$/i.test(amount))) continue
    const problem = (what: string) => ({ problem: `line ${index + 1} ${what}` })
    if (coin === '' || more.length > 0)
      return problem('must be coin,amount or coin,amount,wallet, such as BTC,0.5,spot')
    if (!amountPattern.test(amount))
      return problem('must have an amount such as 0.5, with a point and without separators')
    const place = wallet === '' ? 'spot' : wallet
    if (seen.has(`${place} ${coin}`)) return problem(`has ${coin} in ${place} a second time`)
    seen.add(`${place} ${coin}`)
    if (!isZero(amount)) balances.push({ wallet: place, coin, amount: plain(amount.replace(/^\+/, '')) })
  }
  return balances
}
