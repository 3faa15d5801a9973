import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import { sized } from '../../domain/contract-size.ts'
import type { ListStream } from '../../domain/stream.ts'
import { identityOf, type Transaction } from '../../domain/transaction.ts'
import { listOf } from '../list.ts'
import { amount, id, milliseconds, optionalAmount, type Row } from '../row.ts'
import { contractOf, contractsOf, type Family, settleOf } from './contracts.ts'
import {
  list,
  undocumented,
  unverifiedDepth,
  unverifiedNames,
  unverifiedOrder,
  unverifiedPace,
} from './history.ts'
import { futures } from './rates.ts'

const futuresFill = z.object({
  tradeId: id,
  price: amount,
  qty: amount,
  contractName: id,
  side: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['buy', 'sell'])),
  fee: optionalAmount,
  bidId: id,
  askId: id,
  isBuyer: z.boolean(),
  isMaker: z.boolean().optional(),
  ctime: milliseconds,
})

type FuturesFill = z.output<typeof futuresFill>

/** Whom we traded with is no part of our history. */
function withoutTheOther(served: unknown): unknown {
  const row = z.looseObject({}).safeParse(served)
  if (!row.success) return served
  const own = row.data.isBuyer === true ? 'bidUserId' : row.data.isBuyer === false ? 'askUserId' : ''
  return Object.fromEntries(
    Object.entries(row.data).filter(([name]) => name === own || !/^(bid|ask)UserId$/.test(name)),
  )
}

/** Fills of the contracts of one family: no profit, and no word of whether a position was opened or closed. */
export function futuresTradeStream(family: Family): ListStream<Row<FuturesFill>> {
  const { account, section } = family
  return {
    ...list,
    ...undocumented,
    stream: 'futures-trade',
    title: account === 'usdt-m' ? 'Fills of USDT-M contracts' : 'Fills of COIN-M contracts',
    mutable: false,
    partitions: contractsOf(family),
    partitionOf: ({ symbol }) => symbol,
    paging: 'none',
    pageSizes: [100, 1_000],
    waysBack: [
      { name: 'end-time', by: 'time' },
      { name: 'from-id', by: 'id', idOf: ({ tradeId }) => tradeId },
    ],
    rate: futures.rate,
    unverified: [
      unverifiedDepth,
      unverifiedPace,
      unverifiedOrder,
      {
        says: 'Whether endTime and fromId have any effect: each answer to them has to show that it obeys, or what is older than a full page stays a gap.',
        probe: 'filter',
      },
      {
        says: 'Which coin a fee is in: it is told as the one that the contract settles in, the base coin where that is priced in dollars.',
      },
      ...(account === 'coin-m'
        ? [
            {
              says: 'The amount in coins: a contract is so many dollars, of which it would have to be rounded.',
            },
          ]
        : []),
      { says: 'Whether a fill opened or closed a position, and with which profit: its row does not say.' },
      unverifiedNames,
    ],
    ask: ({ partition, filters, limit, until, fromId }) => ({
      access: 'private',
      section: [section, 'v2'],
      family: 'futures',
      method: 'GET',
      path: 'myTrades',
      params: {
        ...filters,
        contractName: partition,
        limit,
        ...(until !== undefined && { endTime: until }),
        ...(fromId !== undefined && { fromId }),
      },
      ...futures,
    }),
    rows: listOf(futuresFill, 'ctime', milliseconds, withoutTheOther),
    normalise: (rows, { markets }) =>
      rows.map(({ fields, raw }): Transaction => {
        const orderId = fields.isBuyer ? fields.bidId : fields.askId
        const contract = contractOf(fields.contractName)
        const fill: Transaction = {
          stream: 'futures-trade',
          time: fields.ctime,
          // Trades are counted contract by contract, an order is of one of them; a contract may be renamed.
          identity: identityOf(
            fields.tradeId,
            orderId,
            fields.side,
            canonical(fields.price),
            canonical(fields.qty),
          ),
          symbol: fields.contractName,
          ...contract,
          side: fields.side,
          price: fields.price,
          contracts: fields.qty,
          fee: fields.fee,
          feeCurrency: fields.fee === undefined ? undefined : settleOf(family, contract),
          role: fields.isMaker === undefined ? undefined : fields.isMaker ? 'maker' : 'taker',
          orderId,
          tradeId: fields.tradeId,
          account,
          raw,
        }
        return sized(fill, markets.futures.get(fields.contractName))
      }),
  }
}
