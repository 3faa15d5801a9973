import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import type { ListStream } from '../../domain/stream.ts'
import { counted, identityOf, type Transaction, type TransferStatus } from '../../domain/transaction.ts'
import { listOf } from '../list.ts'
import { amount, id, milliseconds, optionalId, optionalText, type Row } from '../row.ts'
import { servedField } from '../served-field.ts'
import { askTransfers, coinOf, transferList, transfersUnverified } from './transfers.ts'

const depositRow = z.object({
  symbol: id,
  amount,
  createdAt: milliseconds,
  // With the tag behind it.
  addressTo: optionalId,
  txid: optionalId,
  status: optionalText,
})

/** An unknown status counts as pending: the row is read again until it says something known. */
const statuses: ReadonlyMap<string, TransferStatus> = new Map([['1', 'done']])

export const depositStream: ListStream<Row<z.output<typeof depositRow>>> = {
  ...transferList,
  stream: 'deposit',
  title: 'Deposits',
  views: { filter: 'status', all: ['0', '1'], of: ({ raw }) => servedField(raw, 'status') },
  unverified: [
    ...transfersUnverified,
    {
      says: 'Which of several deposits it was: an id is not always served. They are told apart by coin, transaction, address, amount and time; of those alike in all of these, one with the same id is the same.',
    },
    {
      says: 'Whether the fee of a deposit is taken from its amount: every fee that was seen is nothing, and none is told.',
    },
  ],
  ask: askTransfers('deposit'),
  rows: listOf(depositRow, 'createdAt'),
  normalise: (rows, { partition }) => {
    const coins = rows.map(({ fields }) => coinOf(fields.symbol, partition))
    const identities = counted(
      rows.map(({ fields, raw }, index) => ({
        raw,
        id: servedField(raw, 'id'),
        alike: identityOf(
          coins[index]?.currency ?? '',
          fields.txid ?? '',
          fields.addressTo ?? '',
          canonical(fields.amount),
          String(fields.createdAt),
        ),
      })),
    )
    return rows.map(
      ({ fields, raw }, index): Transaction => ({
        stream: 'deposit',
        time: fields.createdAt,
        identity: identities[index] ?? '',
        ...coins[index],
        amount: fields.amount,
        status: statuses.get(fields.status ?? '') ?? 'pending',
        address: fields.addressTo,
        txId: fields.txid,
        raw,
      }),
    )
  },
}
