import { amountPattern, isZero, plain, sign } from './amount.ts'
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
  let headed: number | undefined
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const [coin = '', amount = '', wallet = 'spot', ...more] = line.split(',').map((cell) => cell.trim())
    if (line.trim() === '') continue
    const problem = (what: string) => ({ problem: `line ${index + 1} ${what}` })
    if (index === 0 && /^(amount|balance)$/i.test(amount)) {
      headed = line.split(',').length
      continue
    }
    if (headed !== undefined && line.replace(/,\s*$/, '').split(',').length > headed)
      return problem(
        `has more cells than the heading: an amount has a point (1.5 and not 1,5), and a wallet a heading of its own (coin,amount,wallet)`,
      )
    // `BTC,1,5` is an amount with a decimal comma, and no wallet is called by digits.
    if (/^\d+$/.test(wallet))
      return problem(
        'must have an amount such as 0.5, with a point: behind a second comma stands the wallet, such as spot',
      )
    if (coin === '' || more.length > 0)
      return problem('must be coin,amount or coin,amount,wallet, such as BTC,0.5,spot')
    if (!amountPattern.test(amount))
      return problem('must have an amount such as 0.5, with a point and without separators')
    const place = wallet === '' ? 'spot' : wallet
    if (seen.has(`${place} ${coin}`)) return problem(`has ${coin} in ${place} a second time`)
    seen.add(`${place} ${coin}`)
    if (!isZero(amount)) balances.push({ wallet: place, coin, amount: plain(amount.replace(/^\+/, '')) })
  }
  return seen.size === 0 ? { problem: 'it has no balances' } : balances
}

/** Where an account has rows: balances elsewhere are likely to be misspelled. */
export type KnownPlaces = { readonly wallets: ReadonlySet<string>; readonly coins: ReadonlySet<string> }

/**
 * What no row of the account has, and what is less than nothing: said to whoever wrote it, and done all the same, since coins may lie
 * untouched for years and be owed.
 */
export function openingDoubts(
  balances: readonly OpeningBalance[],
  { wallets, coins }: KnownPlaces,
): readonly string[] {
  const unknown = (what: string, names: readonly string[], known: ReadonlySet<string>) =>
    [...new Set(names)]
      .filter((name) => !known.has(name))
      .map((name) => {
        const meant = [...known].find((other) => other.toLowerCase() === name.toLowerCase())
        const advice = meant === undefined ? 'look whether the exchange spells it so.' : `is ${meant} meant?`
        return `No row of the file has the ${what} ${name} of the opening balances: ${advice}`
      })
  return [
    ...unknown(
      'coin',
      balances.map(({ coin }) => coin),
      coins,
    ),
    ...unknown(
      'wallet',
      balances.map(({ wallet }) => wallet),
      wallets,
    ),
    ...balances
      .filter(({ amount }) => sign(amount) < 0)
      .map(({ amount, coin }) => `${amount} ${coin} of the opening balances is a debt: was it one?`),
  ]
}
