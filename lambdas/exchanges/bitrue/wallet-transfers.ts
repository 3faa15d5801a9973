import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import type { ListStream } from '../../domain/stream.ts'
import { counted, identityOf, type Transaction, type TransferStatus } from '../../domain/transaction.ts'
import { listOf } from '../list.ts'
import { amount, id, milliseconds, optionalText, type Row } from '../row.ts'
import { told } from './coins.ts'
import type { Family } from './contracts.ts'
import { documentedDepth, list } from './history.ts'
import { futures } from './rates.ts'

/** Seen from the account of futures. */
const directions = { wallet_to_contract: 'in', contract_to_wallet: 'out' } as const
type TransferType = keyof typeof directions

const transferRow = z.object({
  transferType: z.enum(['wallet_to_contract', 'contract_to_wallet']),
  symbol: id,
  amount,
  status: optionalText,
  ctime: milliseconds,
})

/** An unknown status counts as pending: the row is read again until it says something known. */
const statuses: ReadonlyMap<string, TransferStatus> = new Map([
  ['1', 'done'],
  ['2', 'failed'],
])

/** What contracts of the linear family settle in; all other coins are those of the inverse one. */
const linearCoins: ReadonlySet<string> = new Set(['USDT', 'USDC'])

/** Which account a coin is moved to or from: no coin is money of both, and no row names one. */
function accountOf(coin: string): Family['account'] {
  return linearCoins.has(coin) ? 'usdt-m' : 'coin-m'
}

/** Transfers between the spot wallet and the futures account of one family. */
export function walletTransferStream({
  account,
  section,
}: Family): ListStream<Row<z.output<typeof transferRow>>> {
  const [into, outOf] = [`${account}-in`, `${account}-out`] as const
  const typeOf = (partition: string): TransferType =>
    partition === into ? 'wallet_to_contract' : 'contract_to_wallet'
  return {
    ...list,
    stream: 'wallet-transfer',
    title: `Transfers between the spot wallet and ${account.toUpperCase()} futures`,
    mutable: true,
    partitions: [into, outOf],
    partitionOf: (row) => `${row.account}-${row.type}`,
    mayShowOthers: true,
    paging: 'number',
    pageSizes: [10, 200],
    waysBack: [],
    older: { span: documentedDepth },
    rate: futures.rate,
    unverified: [
      {
        says: 'Whether a question that names no time shows more than the last 30 days, which is what is documented of it: older time is believed only where a row of it, or an older one, was served.',
        probe: 'reach',
      },
      {
        says: 'Whether beginTime and endTime are heeded: what is older is asked for by them, what comes is kept, and that nothing came proves nothing.',
        probe: 'times',
      },
      {
        says: 'Whether a family shows transfers of the other: each transfer is kept once, and counts as one of the family whose contracts settle in its coin.',
        probe: 'families',
      },
      {
        says: 'Which of several transfers it was: no row has an id. They are told apart by direction, coin, amount and time, and those that are alike in all of these are counted.',
      },
    ],
    ask: ({ partition, filters, limit, page, within }) => ({
      access: 'private',
      section: [section, 'v2'],
      family: 'futures',
      method: 'GET',
      path: 'futures_transfer_history',
      params: {
        ...filters,
        transferType: typeOf(partition),
        limit,
        page,
        ...(within !== undefined && { beginTime: within.from, endTime: within.to }),
      },
      ...futures,
    }),
    rows: listOf(transferRow, 'ctime'),
    normalise: (rows) => {
      const identities = counted(
        rows.map(({ fields, raw }) => ({
          raw,
          alike: identityOf(
            directions[fields.transferType],
            told(fields.symbol),
            canonical(fields.amount),
            String(fields.ctime),
          ),
        })),
      )
      return rows.map(({ fields, raw }, index): Transaction => {
        const currency = told(fields.symbol)
        return {
          stream: 'wallet-transfer',
          time: fields.ctime,
          identity: identities[index] ?? '',
          account: accountOf(currency),
          type: directions[fields.transferType],
          currency,
          amount: fields.amount,
          status: statuses.get(fields.status ?? '') ?? 'pending',
          raw,
        }
      })
    },
  }
}
