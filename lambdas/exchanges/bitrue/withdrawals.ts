import { z } from 'zod'
import type { ListStream } from '../../domain/stream.ts'
import { identityOf, type Transaction, type TransferStatus } from '../../domain/transaction.ts'
import { listOf } from '../list.ts'
import { amount, id, milliseconds, optionalAmount, optionalText, type Row } from '../row.ts'
import { servedField } from '../served-field.ts'
import { askTransfers, coinOf, transferList, transfersUnverified } from './transfers.ts'

const withdrawalRow = z.object({
  id,
  symbol: id,
  amount,
  fee: optionalAmount,
  createdAt: milliseconds,
  addressTo: optionalText,
  txid: optionalText,
  status: optionalText,
})

/** Every other status is one under way: the row is read again until it says something final. */
const statuses: ReadonlyMap<string, TransferStatus> = new Map([
  ['5', 'done'],
  ['6', 'cancelled'],
])

export const withdrawalStream: ListStream<Row<z.output<typeof withdrawalRow>>> = {
  ...transferList,
  stream: 'withdrawal',
  title: 'Withdrawals',
  views: { filter: 'status', all: ['0', '5', '6'], of: ({ raw }) => servedField(raw, 'status') },
  unverified: [
    ...transfersUnverified,
    {
      says: 'Whether the amount of a withdrawal is what arrived or what left: it is told as what arrived, with the fee on top.',
    },
    { says: 'When a withdrawal was completed: it is told by when it was requested.' },
  ],
  ask: askTransfers('withdraw'),
  rows: listOf(withdrawalRow, 'createdAt'),
  normalise: (rows, { partition }) =>
    rows.map(({ fields, raw }): Transaction => {
      const coin = coinOf(fields.symbol, partition)
      return {
        stream: 'withdrawal',
        time: fields.createdAt,
        identity: identityOf(fields.id),
        ...coin,
        amount: fields.amount,
        fee: fields.fee,
        feeCurrency: fields.fee === undefined ? undefined : coin.currency,
        status: statuses.get(fields.status ?? '') ?? 'pending',
        address: fields.addressTo,
        txId: fields.txid,
        raw,
      }
    }),
}
