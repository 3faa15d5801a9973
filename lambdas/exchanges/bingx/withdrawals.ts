import { z } from 'zod'
import type { WindowStream } from '../../domain/stream.ts'
import { identityOf, type Transaction, type TransferStatus } from '../../domain/transaction.ts'
import { minute } from '../../domain/window.ts'
import { amount, id, optionalAmount, optionalText, type Row, rowsOf } from '../row.ts'
import { houseTime } from '../text-times.ts'
import { inMilliseconds, month, opened, wholeSeconds } from './history.ts'
import { withdrawals } from './rates.ts'
import {
  coinOf,
  servedCoin,
  transferDepth,
  transferLookBack,
  transferPage,
  transfersPerish,
  transfersUnverified,
} from './transfers.ts'

const withdrawalRow = z.object({
  id,
  amount,
  transactionFee: optionalAmount,
  coin: id,
  network: optionalText,
  status: optionalText,
  address: optionalText,
  txId: optionalText,
  applyTime: houseTime,
})

/** An unknown status counts as pending: the row is read again until it says something known. One without any will say no more. */
const statuses: ReadonlyMap<string, TransferStatus> = new Map([
  ['5', 'failed'],
  ['6', 'done'],
])

export const withdrawalStream: WindowStream<Row<z.output<typeof withdrawalRow>>> = {
  reads: 'windows',
  stream: 'withdrawal',
  title: 'Withdrawals',
  mutable: true,
  partitions: ['account'],
  maxSpan: month,
  ...wholeSeconds,
  pageCap: transferPage,
  ...transferDepth,
  opened,
  settleLag: 10 * minute,
  lookBack: transferLookBack,
  rate: withdrawals.rate,
  perishable: transfersPerish,
  splits: [{ filter: 'coin', of: servedCoin }],
  unverified: [
    ...transfersUnverified,
    {
      says: 'Whether the amount of a withdrawal is what arrived or what left: it is told as what arrived, with the fee on top.',
    },
    {
      says: 'What became of a withdrawal that is served without a status: it is told without one, and nothing is made of it.',
      probe: 'statuses',
    },
    { says: 'When a withdrawal was completed: BingX tells only when it was requested.' },
  ],
  ask: ({ start, end, filters }) => ({
    access: 'private',
    section: ['api', 'v3'],
    family: 'bare',
    method: 'GET',
    path: 'capital/withdraw/history',
    params: {
      ...filters,
      startTime: inMilliseconds(start),
      endTime: inMilliseconds(end),
      limit: transferPage,
    },
    ...withdrawals,
  }),
  rows: rowsOf(withdrawalRow, 'applyTime', houseTime),
  normalise: (rows) =>
    rows.map(({ fields, raw }): Transaction => {
      const currency = coinOf(fields.coin, fields.network)
      return {
        stream: 'withdrawal',
        time: fields.applyTime,
        identity: identityOf(fields.id),
        currency,
        network: fields.network,
        amount: fields.amount,
        fee: fields.transactionFee,
        feeCurrency: fields.transactionFee === undefined ? undefined : currency,
        status: fields.status === undefined ? undefined : (statuses.get(fields.status) ?? 'pending'),
        address: fields.address,
        txId: fields.txId,
        raw,
      }
    }),
}
