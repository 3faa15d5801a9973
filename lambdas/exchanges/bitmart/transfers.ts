import { z } from 'zod'
import type { Markets, WindowStream } from '../../domain/stream.ts'
import { identityOf, type Transaction, type TransferStatus } from '../../domain/transaction.ts'
import { day, minute } from '../../domain/window.ts'
import {
  amount,
  id,
  milliseconds,
  optionalAmount,
  optionalId,
  optionalText,
  type Row,
  rowsOf,
} from '../row.ts'
import { endsUnverified, maxSpan, opened, transferDepth, undocumentedEnds } from './history.ts'
import { transfers } from './rates.ts'

const transferRow = z
  .object({
    withdraw_id: optionalId,
    deposit_id: optionalId,
    currency: id,
    apply_time: milliseconds,
    arrival_amount: amount,
    fee: optionalAmount,
    status: id,
    address: optionalText,
    tx_id: optionalText,
  })
  .refine((transfer) => (transfer.withdraw_id ?? transfer.deposit_id) !== undefined, 'an id')

/** An unknown status counts as pending: the row is read again until it says something known. */
const transferStatuses: ReadonlyMap<string, TransferStatus> = new Map([
  ['3', 'done'],
  ['4', 'cancelled'],
  ['5', 'failed'],
])

export function transferStream(
  stream: 'withdrawal' | 'deposit',
  title: string,
  operation: 'withdraw' | 'deposit',
): WindowStream<Row<z.output<typeof transferRow>>> {
  return {
    reads: 'windows',
    stream,
    title,
    mutable: true,
    partitions: ['account'],
    maxSpan,
    unit: 1,
    ...undocumentedEnds,
    // 1,000 by the documentation since 2025-02, 100 by the SDKs: 100 is right under both readings.
    pageCap: 100,
    depth: transferDepth,
    opened,
    settleLag: 10 * minute,
    lookBack: 30 * day,
    rate: transfers,
    splits: [{ filter: 'currency', of: (transfer) => transfer.currency }],
    unverified: [
      {
        says: 'How far back transfers are served: 90 days are what is answered when no time is asked for.',
        probe: 'reach',
      },
      endsUnverified('a millisecond'),
      { says: 'Whether a page holds up to 100 or up to 1,000 rows: 100 are asked for.', probe: 'page' },
      { says: 'When a transfer was completed: BitMart tells only when it was requested.' },
    ],
    ask: ({ start, end, filters }) => ({
      access: 'private',
      method: 'GET',
      path: 'account/v2/deposit-withdraw/history',
      params: { ...filters, operation_type: operation, startTime: start, endTime: end, N: 100 },
      rate: transfers,
    }),
    rows: z.object({ records: rowsOf(transferRow, 'apply_time') }).transform(({ records }) => records),
    normalise: (rows, { markets }) =>
      rows.flatMap(({ fields, raw }): Transaction[] => {
        const transferId = operation === 'withdraw' ? fields.withdraw_id : fields.deposit_id
        // A row of the other kind belongs to the other stream, which asks for it.
        if (transferId === undefined) return []
        const { currency, network } = coinAndNetwork(fields.currency, markets)
        return [
          {
            stream,
            time: fields.apply_time,
            identity: identityOf(transferId),
            currency,
            network,
            amount: fields.arrival_amount,
            fee: fields.fee,
            feeCurrency: fields.fee === undefined ? undefined : currency,
            status: transferStatuses.get(fields.status) ?? 'pending',
            address: fields.address,
            txId: fields.tx_id,
            raw,
          },
        ]
      }),
  }
}

/** `USDT-TRC20` is USDT on TRC20, unless the catalogue knows a coin of that whole name. */
function coinAndNetwork(served: string, { spot }: Markets): { currency: string; network?: string } {
  const split = served.lastIndexOf('-')
  const isCoin = () => [...spot.values()].some(({ base, quote }) => base === served || quote === served)
  if (split <= 0 || split === served.length - 1 || isCoin()) return { currency: served }
  return { currency: served.slice(0, split), network: served.slice(split + 1) }
}
