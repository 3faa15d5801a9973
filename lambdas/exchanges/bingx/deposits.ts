import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import type { WindowStream } from '../../domain/stream.ts'
import { counted, identityOf, type Transaction, type TransferStatus } from '../../domain/transaction.ts'
import { minute } from '../../domain/window.ts'
import { amount, id, milliseconds, optionalId, optionalText, type Row, rowsOf } from '../row.ts'
import { inMilliseconds, month, opened, wholeSeconds } from './history.ts'
import { deposits } from './rates.ts'
import {
  coinOf,
  servedCoin,
  transferDepth,
  transferLookBack,
  transferPage,
  transfersPerish,
  transfersUnverified,
} from './transfers.ts'

const depositRow = z.object({
  amount,
  coin: id,
  network: optionalId,
  status: optionalText,
  address: optionalId,
  addressTag: optionalText,
  txId: optionalId,
  insertTime: milliseconds,
  confirmTimes: optionalText,
})

/** `12/12`: as many confirmations as it takes. */
const confirmations = /^(\d+)\/(\d+)$/

/**
 * One page of the documentation calls 1 "completed", another "not credited"; a credited deposit was seen with 0. So only what
 * all of them call done is done, and everything else may still become so.
 */
function statusOf({ status, confirmTimes = '' }: z.output<typeof depositRow>): TransferStatus {
  if (status === '6') return 'done'
  const [, had, needed] = confirmations.exec(confirmTimes) ?? []
  const isConfirmed = had !== undefined && needed !== undefined && Number(had) >= Number(needed)
  return status === '1' && isConfirmed ? 'done' : 'pending'
}

export const depositStream: WindowStream<Row<z.output<typeof depositRow>>> = {
  reads: 'windows',
  stream: 'deposit',
  title: 'Deposits',
  mutable: true,
  partitions: ['account'],
  maxSpan: month,
  ...wholeSeconds,
  pageCap: transferPage,
  ...transferDepth,
  opened,
  settleLag: 10 * minute,
  lookBack: transferLookBack,
  rate: deposits.rate,
  perishable: transfersPerish,
  splits: [{ filter: 'coin', of: servedCoin }],
  unverified: [
    ...transfersUnverified,
    {
      says: 'What the statuses of a deposit mean: 6, and 1 with all confirmations, count as done, everything else as pending.',
      probe: 'statuses',
    },
    {
      says: 'Which of several deposits it was: BingX serves no id. They are told apart by coin, network, address, transaction, amount and time.',
    },
  ],
  ask: ({ start, end, filters }) => ({
    access: 'private',
    section: ['api', 'v3'],
    family: 'bare',
    method: 'GET',
    path: 'capital/deposit/hisrec',
    params: {
      ...filters,
      startTime: inMilliseconds(start),
      endTime: inMilliseconds(end),
      limit: transferPage,
    },
    ...deposits,
  }),
  rows: rowsOf(depositRow, 'insertTime'),
  normalise: (rows) => {
    const identities = counted(
      rows.map(({ fields, raw }) => ({
        raw,
        alike: identityOf(
          fields.coin,
          fields.network ?? '',
          fields.txId ?? '',
          fields.address ?? '',
          canonical(fields.amount),
          String(fields.insertTime),
        ),
      })),
    )
    return rows.map(
      ({ fields, raw }, index): Transaction => ({
        stream: 'deposit',
        time: fields.insertTime,
        identity: identities[index] ?? '',
        currency: coinOf(fields.coin, fields.network),
        network: fields.network,
        amount: fields.amount,
        status: statusOf(fields),
        address: fields.address,
        txId: fields.txId,
        raw,
      }),
    )
  },
}
