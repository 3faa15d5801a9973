import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import { sized } from '../../domain/contract-size.ts'
import type { ListStream } from '../../domain/stream.ts'
import { identityOf, positions, sides, type Transaction } from '../../domain/transaction.ts'
import { listOf } from '../list.ts'
import { id, milliseconds, optionalAmount, type Row } from '../row.ts'
import { houseTime } from '../text-times.ts'
import { contractOf, contractsOf, type Family, settleOf } from './contracts.ts'
import { documentedDepth, list, turnOfForced, unverifiedNames } from './history.ts'
import { futures } from './rates.ts'

/** Every other time of this API is a number. */
const time = milliseconds.or(houseTime)

/** A word of a few, or another one, which then says nothing. */
function wordOf<const Word extends string>(words: readonly Word[]) {
  return z
    .string()
    .toLowerCase()
    .transform((word) => words.find((one) => one === word))
    .or(z.null().transform(() => undefined))
    .optional()
}

/** Of an example: the table of fields beside it is one of positions, and names hardly any of these. */
const forcedOrder = z.object({
  id,
  open: wordOf(positions),
  side: wordOf(sides),
  dealVolume: optionalAmount,
  dealMoney: optionalAmount,
  price: optionalAmount,
  avgPrice: optionalAmount,
  realizedAmount: optionalAmount,
  tradeFee: optionalAmount,
  ctime: time,
})

/** Whom a position copied, or was copied by, is no part of our history. */
function withoutOthers(served: unknown): unknown {
  const row = z.looseObject({ coPositionExt: z.looseObject({}) }).safeParse(served)
  if (!row.success) return served
  const { copyTraderUid: _copied, shareTraderUid: _sharing, ...coPositionExt } = row.data.coPositionExt
  return { ...row.data, coPositionExt }
}

/** Liquidations and automatic deleveraging of the contracts of one family, as Bitrue lists them beside the fills. */
export function forcedOrderStream(family: Family): ListStream<Row<z.output<typeof forcedOrder>>> {
  const { account, section } = family
  return {
    ...list,
    stream: 'forced-order',
    title: `Forced orders of ${account.toUpperCase()} contracts`,
    // An order may be listed before all of it is dealt. And as it is found by its id, a time that is told by another clock one day makes no second one of it.
    mutable: true,
    partitions: { ...contractsOf(family), alsoOf: 'futures-trade', every: turnOfForced },
    partitionOf: ({ symbol }) => symbol,
    paging: 'number',
    pageSizes: [10, 200],
    // Which of them a row is of it does not say.
    views: { filter: 'autoCloseType', all: ['LIQUIDATION', 'ADL'], of: () => undefined },
    waysBack: [],
    older: { span: 6 * documentedDepth, ofLikely: true },
    rate: futures.rate,
    unverified: [
      {
        says: 'Whether the fills of a forced order are among those of its contract: it is imported as a row of its own, and no export takes money from it, so that nothing is counted twice.',
      },
      {
        says: 'Which clock its times are told by: they name none, and in the only example the order begins eight hours after it was last changed. They are read as UTC+8, as texts of Bitrue are said to be, and may be eight hours off: then one may be dated in time that was called known before it happened.',
      },
      {
        says: 'Whether a question that names no time shows more than the last 30 days, which is what is documented of it: older time is believed only where a row of it, or an older one, was served.',
        probe: 'reach',
      },
      {
        says: 'Whether beginTime and endTime are heeded: what is older is asked for by them, of contracts that have fills, what comes is kept, and that nothing came proves nothing.',
      },
      {
        says: 'Whether a question that names no type shows liquidations and automatic deleveraging, or those alone: both are asked for, and which of them a row is it does not say.',
      },
      {
        says: 'Whether the realised profit of a forced order is before or after its fee, and whether it is that of the order or of the whole position: the example and the table of its fields disagree.',
      },
      {
        says: 'Which contract a forced order was of: its row does not name it, and is taken for one of the contract that was asked for. One that is shown for several is kept once, as of the first.',
      },
      {
        says: 'Whether its id counts the orders of all contracts: two of one id are told apart by their price.',
      },
      ...(account === 'coin-m'
        ? [
            {
              says: 'Which coin the worth of a forced order is told in: it is left out, and is in the row as served.',
            },
          ]
        : []),
      unverifiedNames,
    ],
    ask: ({ partition, filters, limit, page, within }) => ({
      access: 'private',
      section: [section, 'v2'],
      family: 'futures',
      method: 'GET',
      path: 'forceOrdersHistory',
      params: {
        ...filters,
        contractName: partition,
        limit,
        page,
        ...(within !== undefined && { beginTime: within.from, endTime: within.to }),
      },
      ...futures,
    }),
    rows: listOf(forcedOrder, 'ctime', time, withoutOthers),
    normalise: (rows, { partition, markets }) =>
      rows.map(({ fields, raw }): Transaction => {
        const contract = contractOf(partition)
        const order: Transaction = {
          stream: 'forced-order',
          time: fields.ctime,
          // Nothing says whether an id counts the orders of all contracts, or whether the one asked for is heeded: the price, which never changes,
          // tells two of one id apart, and leaves one that is shown for two contracts one.
          identity: identityOf(fields.id, fields.price === undefined ? '' : canonical(fields.price)),
          symbol: partition,
          ...contract,
          side: fields.side,
          position: fields.open,
          price: fields.avgPrice,
          contracts: fields.dealVolume,
          fee: fields.tradeFee,
          feeCurrency: fields.tradeFee === undefined ? undefined : settleOf(family, contract),
          realizedPnl: fields.realizedAmount,
          currency: settleOf(family, contract),
          orderId: fields.id,
          account,
          raw,
        }
        const whole = sized(order, markets.futures.get(partition))
        // What was paid is told, and need not be worked out; of contracts that settle in the coin, nothing says in what.
        return { ...whole, quoteAmount: account === 'usdt-m' ? fields.dealMoney : undefined }
      }),
  }
}
