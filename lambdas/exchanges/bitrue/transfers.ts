import type { ListedPartitions, ListStream } from '../../domain/stream.ts'
import type { Transaction } from '../../domain/transaction.ts'
import { asked, told } from './coins.ts'
import {
  list,
  turnOfTransfers,
  undocumented,
  unverifiedDepth,
  unverifiedNames,
  unverifiedOrder,
} from './history.ts'
import { transfers } from './rates.ts'

/** A coin without its chain. */
const coinPattern = /^[^-_#]+$/u

const coins: ListedPartitions = {
  each: ['coin', 'coins'],
  listed: ({ coins: listed = [] }) => listed,
  has: (name) => coinPattern.test(name) && name === asked(name),
  suggestedBy: (hint, { spot }) => {
    const named =
      'coin' in hint ? [hint.coin] : [spot.get(told(hint.symbol))].flatMap((market) => market?.base ?? [])
    return named.map(asked).filter((coin) => coinPattern.test(coin))
  },
  every: turnOfTransfers,
}

/** What deposits and withdrawals have in common. */
export const transferList = {
  ...list,
  ...undocumented,
  mutable: true,
  partitions: coins,
  partitionOf: ({ currency }: Transaction) => (currency === undefined ? undefined : asked(currency)),
  paging: 'offset',
  pageSizes: [10, 1_000],
  waysBack: [],
  rate: transfers.rate,
} as const satisfies Partial<ListStream>

export const transfersUnverified = [
  unverifiedDepth,
  unverifiedOrder,
  {
    says: 'Whether a question without a status shows transfers of every status or those that have just begun: it is asked without one, and then once with each that is documented, until transfers that are done were shown without one.',
    probe: 'statuses',
  },
  {
    says: 'Whether a transfer under way is shown by the question for its documented statuses: if not, it is found when it is done.',
  },
  unverifiedNames,
] as const

/** The coin of a row, which names its chain behind it where it has several, and of that asked for where it is the same. */
export function coinOf(
  symbol: string,
  partition: string,
): { readonly currency: string; readonly network?: string } {
  const isAsked = asked(symbol) === partition || asked(symbol).startsWith(`${partition}_`)
  const end = isAsked ? partition.length : symbol.indexOf('_')
  if (end < 0 || end === symbol.length) return { currency: told(symbol) }
  return { currency: told(symbol.slice(0, end)), network: told(symbol.slice(end + 1)) }
}

/** What both kinds are asked for. `history`: `deposit` or `withdraw`. */
export function askTransfers(history: 'deposit' | 'withdraw'): ListStream['ask'] {
  return ({ partition, filters, limit, skip }) => ({
    access: 'private',
    section: ['spot', 'v1'],
    family: 'transfers',
    method: 'GET',
    path: `${history}/history`,
    params: { ...filters, coin: partition, limit, offset: skip },
    ...transfers,
  })
}
