import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import type { WindowStream } from '../../domain/stream.ts'
import { counted, identityOf, type Transaction } from '../../domain/transaction.ts'
import { hour, minute } from '../../domain/window.ts'
import { listOf } from '../list.ts'
import { amount, id, milliseconds, optionalId, type Row } from '../row.ts'
import { usdtAccount } from './futures-trade.ts'
import { inMilliseconds, opened, threeMonths, unverifiedEnds, week, wholeSeconds } from './history.ts'
import { futuresLedger } from './rates.ts'

const ledgerRow = z.object({
  symbol: optionalId,
  incomeType: id,
  income: amount,
  asset: id,
  time: milliseconds,
  tranId: optionalId,
  tradeId: optionalId,
})

/** All that are documented. A word that is not stays as it is. */
const incomeTypes: ReadonlyMap<string, string> = new Map([
  ['TRANSFER', 'transfer'],
  ['REALIZED_PNL', 'realized-pnl'],
  ['FUNDING_FEE', 'funding'],
  ['TRADING_FEE', 'commission'],
  ['INSURANCE_CLEAR', 'liquidation'],
  ['TRIAL_FUND', 'trial-fund'],
  ['ADL', 'auto-deleveraging'],
  ['SYSTEM_DEDUCTION', 'system-deduction'],
  ['GTD_PRICE', 'guaranteed-price'],
])

const servedTypes: ReadonlyMap<string, string> = new Map(
  [...incomeTypes].map(([served, type]) => [type, served]),
)

const pageCap = 1_000

export const futuresLedgerStream: WindowStream<Row<z.output<typeof ledgerRow>>> = {
  reads: 'windows',
  stream: 'futures-ledger',
  title:
    'Ledger of USDT-M futures (transfers, realised profit and loss, funding, commission, liquidation, trial funds, auto-deleveraging, guaranteed prices, deductions)',
  mutable: false,
  partitions: [usdtAccount],
  maxSpan: week,
  ...wholeSeconds,
  pageCap,
  depth: threeMonths,
  opened,
  settleLag: 10 * minute,
  lookBack: 6 * hour,
  rate: futuresLedger.rate,
  splits: [
    {
      filter: 'incomeType',
      of: ({ type = '' }) => servedTypes.get(type) ?? type,
      all: [...incomeTypes.keys()],
    },
    { filter: 'symbol', of: (entry) => entry.symbol, catalogue: 'futures', mayBeDemanded: true },
  ],
  perishable: { after: threeMonths, what: 'rows of the ledger are no longer served' },
  unverified: [
    { says: 'How far back the ledger is served: three months are documented.', probe: 'reach' },
    {
      says: 'The longest time span that one question may have: a week is what is answered when no time is asked for.',
      probe: 'span',
    },
    unverifiedEnds,
    { says: 'Which 1,000 rows of a fuller window are served, and in which order.', probe: 'order' },
    { says: 'Whether there are other kinds of rows than the nine that are documented.', probe: 'filter' },
    { says: 'Which part of the account a transfer came from or went to.' },
    {
      says: 'Whether a key that may only read is answered: one page asked for the right to trade.',
      probe: 'permission',
    },
  ],
  ask: ({ start, end, filters }) => ({
    access: 'private',
    section: ['swap', 'v2'],
    family: 'traders',
    method: 'GET',
    path: 'user/income',
    params: { ...filters, startTime: inMilliseconds(start), endTime: inMilliseconds(end), limit: pageCap },
    ...futuresLedger,
  }),
  rows: listOf(ledgerRow, 'time'),
  normalise: (rows) => {
    // Nobody says that `tranId` is unique.
    const identities = counted(
      rows.map(({ fields, raw }) => ({
        raw,
        alike: identityOf(
          fields.incomeType,
          fields.symbol ?? '',
          fields.asset,
          canonical(fields.income),
          String(fields.time),
          fields.tranId ?? '',
          fields.tradeId ?? '',
        ),
      })),
    )
    return rows.map(
      ({ fields, raw }, index): Transaction => ({
        stream: 'futures-ledger',
        time: fields.time,
        identity: identities[index] ?? '',
        symbol: fields.symbol,
        amount: fields.income,
        currency: fields.asset,
        type: incomeTypes.get(fields.incomeType) ?? fields.incomeType,
        account: usdtAccount,
        raw,
      }),
    )
  },
}
