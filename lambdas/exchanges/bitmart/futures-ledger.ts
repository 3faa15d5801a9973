import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import type { WindowStream } from '../../domain/stream.ts'
import { counted, identityOf, type Transaction } from '../../domain/transaction.ts'
import { hour, minute } from '../../domain/window.ts'
import { amount, id, milliseconds, optionalId, optionalText, type Row, rowsOf } from '../row.ts'
import { depth, endsUnverified, maxSpan, opened, reportedDepth, undocumentedEnds } from './history.ts'
import { futuresLedger } from './rates.ts'

const ledgerRow = z.object({
  symbol: optionalId,
  // Not in the row that the documentation prints.
  flow_type: optionalId,
  type: optionalText,
  amount,
  asset: id,
  account: optionalId,
  time: milliseconds,
  tran_id: optionalId,
})

const flowTypes: ReadonlyMap<string, string> = new Map([
  ['1', 'transfer'],
  ['2', 'realized-pnl'],
  ['3', 'funding'],
  ['4', 'commission'],
  ['5', 'liquidation'],
])

/** The words of `type`, which the documentation lists in the order of `flow_type`. */
const flowWords: ReadonlyMap<string, string> = new Map([
  ['transfer', '1'],
  ['realized pnl', '2'],
  ['funding fee', '3'],
  ['commission fee', '4'],
  ['liquidation clearance', '5'],
])

/** The number of a kind of ledger row, said or told by its words; undefined where neither is known. */
function flowOf({ flow_type: flow, type }: z.output<typeof ledgerRow>): string | undefined {
  return flow ?? flowWords.get(type?.trim().toLowerCase() ?? '')
}

export const futuresLedgerStream: WindowStream<Row<z.output<typeof ledgerRow>>> = {
  reads: 'windows',
  stream: 'futures-ledger',
  title: 'Futures ledger (transfers, realised profit and loss, funding, commission, liquidation)',
  mutable: false,
  partitions: ['futures', 'copy_trading'],
  partitionOf: ({ account }) => account,
  maxSpan,
  unit: 1,
  ...undocumentedEnds,
  pageCap: 1_000,
  depth,
  reportedDepth,
  opened,
  settleLag: 10 * minute,
  lookBack: 6 * hour,
  rate: futuresLedger,
  splits: [
    { filter: 'flow_type', of: flowTypeOf, all: [...flowTypes.keys()] },
    { filter: 'symbol', of: (entry) => entry.symbol, catalogue: 'futures' },
  ],
  unverified: [
    {
      says: 'How far back the ledger is served: 7 days are documented, 90 reported by others of fills.',
      probe: 'reach',
    },
    { says: 'The longest time span that one question may have.', probe: 'span' },
    endsUnverified('a millisecond'),
  ],
  ask: ({ start, end, partition, filters }) => ({
    access: 'private',
    method: 'GET',
    path: 'contract/private/transaction-history',
    params: {
      ...filters,
      account: partition,
      start_time: start,
      end_time: end,
      page_size: 1_000,
    },
    rate: futuresLedger,
  }),
  rows: rowsOf(ledgerRow, 'time'),
  normalise: (rows) => {
    // Only what was served: a row without account may be an answer to the questions for both. tran_id is not unique.
    const identities = counted(
      rows.map(({ fields, raw }) => ({
        raw,
        alike: identityOf(
          flowOf(fields) ?? '',
          fields.symbol ?? '',
          fields.asset,
          canonical(fields.amount),
          String(fields.time),
          fields.tran_id ?? '',
          fields.account ?? '',
        ),
      })),
    )
    return rows.map(({ fields, raw }, index): Transaction => {
      const flow = flowOf(fields)
      return {
        stream: 'futures-ledger',
        time: fields.time,
        identity: identities[index] ?? '',
        symbol: fields.symbol,
        amount: fields.amount,
        currency: fields.asset,
        type: flow === undefined ? fields.type : (flowTypes.get(flow) ?? `flow-type-${flow}`),
        account: fields.account,
        raw,
      }
    })
  },
}

function flowTypeOf(entry: Transaction): string | undefined {
  const known = [...flowTypes].find(([, type]) => type === entry.type)
  if (known !== undefined) return known[0]
  return entry.type?.startsWith('flow-type-') ? entry.type.replace('flow-type-', '') : undefined
}
