import type { Hint, ListedPartitions, Markets } from '../../domain/stream.ts'
import { turn } from './history.ts'

/** What a contract's name says: `E-1000PEPE-USDT`. */
export type ContractName = { readonly base: string; readonly quote: string }

/** The first word tells perpetual contracts (E) from others, the last is what the price is told in. */
export function contractOf(name: string): ContractName | undefined {
  const words = name.split('-')
  const quote = words.at(-1)
  const base = words.slice(1, -1).join('-')
  return words.length < 3 || quote === undefined || quote === '' || base === '' ? undefined : { base, quote }
}

/** The two families: of contracts that settle in USDT or USDC, and of those that settle in the coin itself. */
export type Family = { readonly account: 'usdt-m' | 'coin-m'; readonly section: 'fapi' | 'dapi' }

export const linear: Family = { account: 'usdt-m', section: 'fapi' }
export const inverse: Family = { account: 'coin-m', section: 'dapi' }
export const bothFamilies = [linear, inverse] as const

/** Contracts that settle in the coin itself are priced in dollars. */
export function isOf({ account }: Family, name: string): boolean {
  const contract = contractOf(name)
  return contract !== undefined && (contract.quote === 'USD') === (account === 'coin-m')
}

/** The coin that a contract settles in: what fees are paid and profits are told in, by both families. */
export function settleOf({ account }: Family, contract: ContractName | undefined): string | undefined {
  return account === 'usdt-m' ? contract?.quote : contract?.base
}

/** The contracts of one family, each asked for by itself. */
export function contractsOf(family: Family): ListedPartitions {
  return {
    each: [`${family.account} contract`, `${family.account} contracts`],
    listed: ({ futures }) => [...futures.keys()].filter((name) => isOf(family, name)),
    has: (name) => isOf(family, name),
    suggestedBy: (hint, markets) => suggestedBy(family, hint, markets),
    every: turn,
  }
}

/** What is held says nothing of contracts, whose money is another account's. */
function suggestedBy(family: Family, hint: Hint, _markets: Markets): readonly string[] {
  return 'symbol' in hint && isOf(family, hint.symbol) ? [hint.symbol.toUpperCase()] : []
}
