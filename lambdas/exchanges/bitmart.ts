import { z } from 'zod'
import { canonical } from '../domain/amount.ts'
import { sized } from '../domain/contract-size.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { Market, Markets, RateLimit, StreamDefinition } from '../domain/stream.ts'
import { counted, identityOf, type Transaction, type TransferStatus } from '../domain/transaction.ts'
import { day, hour, minute } from '../domain/window.ts'
import {
  amount,
  id,
  milliseconds,
  optionalAmount,
  optionalId,
  optionalText,
  type Row,
  rowsOf,
  text,
} from './row.ts'

/**
 * BitMart as data. Sources: developer-pro.bitmart.com (spot, account and futuresv2 sections), the official SDKs,
 * and ccxt's endpoint table. Where they disagree or say nothing, `unverified` says so and nothing depends on it.
 */

/** The platform started in the spring of 2018; nothing can be older than this. */
const opened = Date.UTC(2018, 0, 1)

/** "startTime and endTime both omitted: the last 7 days" is all that is documented of fills and of the ledger. */
const depth = 7 * day

/** Said by users and other tools, documented nowhere. */
const reportedDepth = 90 * day

/** What a question without times is documented to be answered with. */
const transferDepth = 90 * day

/** Just under the documented 90 days, so that both "at most" and "less than" are met. */
const maxSpan = 89 * day

/**
 * No page of the documentation says whether the ends of a time filter belong to the answer, whether a filter in seconds is
 * compared with milliseconds, or whether it may begin where it ends.
 */
const undocumentedEnds = { lowerEnd: 'unknown', upperEnd: 'unknown' } as const

const spotTrades: RateLimit = { id: 'spot-trades', calls: 12, per: 2_000, scope: 'key' }
const orderTrades: RateLimit = { id: 'order-trades', calls: 12, per: 2_000, scope: 'key' }
const spotOrders: RateLimit = { id: 'spot-orders', calls: 12, per: 2_000, scope: 'key' }
const futuresOrders: RateLimit = { id: 'futures-orders', calls: 6, per: 2_000, scope: 'key' }
const futuresTrades: RateLimit = { id: 'futures-trades', calls: 6, per: 2_000, scope: 'key' }
const futuresLedger: RateLimit = { id: 'futures-ledger', calls: 6, per: 2_000, scope: 'key' }
const transfers: RateLimit = { id: 'transfers', calls: 8, per: 2_000, scope: 'key' }
/** The probes' own limits are higher; they are called twice in a connection's life. */
const probes: RateLimit = { id: 'probes', calls: 2, per: 1_000, scope: 'key' }
const publicCalls: RateLimit = { id: 'public', calls: 5, per: 1_000, scope: 'address' }

/** An order may be older than its fill: the lists of orders are asked for narrowly and widely. */
const orderMargins = [1_000, hour]

const spotFill = z.object({
  tradeId: id,
  orderId: id,
  symbol: id,
  side: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['buy', 'sell'])),
  orderMode: optionalText,
  price: amount,
  size: amount,
  notional: optionalAmount,
  fee: optionalAmount,
  feeCoinName: optionalText,
  tradeRole: optionalText,
  createTime: milliseconds,
})

const spotTradeStream: StreamDefinition<Row<z.output<typeof spotFill>>> = {
  stream: 'spot-trade',
  title: 'Spot fills (isolated margin included)',
  mutable: false,
  partitions: ['spot'],
  maxSpan,
  unit: 1,
  ...undocumentedEnds,
  pageCap: 200,
  depth,
  reportedDepth,
  opened,
  settleLag: 10 * minute,
  lookBack: 6 * hour,
  rate: spotTrades,
  splits: [
    { filter: 'orderMode', of: (fill) => fill.orderMode, all: ['spot', 'iso_margin'] },
    { filter: 'symbol', of: (fill) => fill.symbol, catalogue: 'spot' },
    {
      filter: 'orderId',
      of: (fill) => fill.orderId,
      uncapped: true,
      discover: {
        margins: orderMargins,
        ask: ({ start, end, filters }) => ({
          access: 'private',
          method: 'POST',
          path: 'spot/v4/query/history-orders',
          params: { startTime: start, endTime: end, limit: 200, ...filters },
          rate: spotOrders,
        }),
        values: z.array(z.object({ orderId: id }).transform(({ orderId }) => orderId)),
      },
    },
  ],
  unverified: [
    'How far back fills are served: 7 days are documented, 90 reported by others. Older time is believed only where a row of it, or an older one, was served.',
    'The longest time span that one question may have.',
    endsUnverified('a millisecond'),
    'Which 200 fills of a fuller window are served, and in which order.',
  ],
  ask: ({ start, end, filters }) => {
    const byTime = { startTime: start, endTime: end, limit: 200, ...filters }
    const { orderId } = filters
    return {
      access: 'private',
      method: 'POST',
      ...(orderId === undefined
        ? { path: 'spot/v4/query/trades', params: byTime, rate: spotTrades }
        : { path: 'spot/v4/query/order-trades', params: { orderId }, rate: orderTrades }),
    }
  },
  rows: rowsOf(spotFill, 'createTime'),
  normalise: (rows) =>
    rows.map(({ fields, raw }): Transaction => {
      const split = fields.symbol.lastIndexOf('_')
      return {
        stream: 'spot-trade',
        time: fields.createTime,
        // No symbol: a market may be renamed after the trade, and ids may be counted market by market.
        identity: identityOf(fields.tradeId, fields.orderId, canonical(fields.price), canonical(fields.size)),
        symbol: fields.symbol,
        ...(split > 0 && { base: fields.symbol.slice(0, split), quote: fields.symbol.slice(split + 1) }),
        side: fields.side,
        price: fields.price,
        amount: fields.size,
        quoteAmount: fields.notional,
        fee: fields.fee,
        feeCurrency: fields.fee === undefined ? undefined : fields.feeCoinName,
        role: roleOf(fields.tradeRole),
        orderId: fields.orderId,
        tradeId: fields.tradeId,
        orderMode: fields.orderMode,
        raw,
      }
    }),
}

const futuresFill = z.object({
  order_id: id,
  trade_id: id,
  symbol: id,
  side: text.pipe(z.enum(['1', '2', '3', '4'])),
  position_mode: optionalText,
  price: amount,
  vol: amount,
  exec_type: optionalText,
  realised_profit: optionalAmount,
  paid_fees: optionalAmount,
  account: optionalText,
  create_time: milliseconds,
})

/**
 * 1 and 4 open a position in hedge mode. In one-way mode they buy and sell, and may open, close or turn one; 2 and 3 only
 * ever reduce (the official skills' table of sides). Fills are not documented to name their mode, as orders do.
 */
const futuresSides = {
  '1': { side: 'buy', hedged: 'open' },
  '2': { side: 'buy', position: 'close' },
  '3': { side: 'sell', position: 'close' },
  '4': { side: 'sell', hedged: 'open' },
} as const

function directionOf(side: keyof typeof futuresSides, mode: string | undefined) {
  const known = futuresSides[side]
  if ('position' in known) return known
  return { side: known.side, ...(mode === 'hedge_mode' && { position: known.hedged }) }
}

const futuresTradeStream: StreamDefinition<Row<z.output<typeof futuresFill>>> = {
  stream: 'futures-trade',
  title: 'Futures fills',
  mutable: false,
  partitions: ['futures', 'copy_trading'],
  partitionOf: ({ account }) => account,
  maxSpan,
  unit: 1_000,
  ...undocumentedEnds,
  pageCap: 200,
  depth,
  reportedDepth,
  opened,
  settleLag: 10 * minute,
  lookBack: 6 * hour,
  rate: futuresTrades,
  splits: [
    { filter: 'symbol', of: (fill) => fill.symbol, catalogue: 'futures' },
    {
      filter: 'order_id',
      of: (fill) => fill.orderId,
      uncapped: true,
      discover: {
        margins: orderMargins,
        ask: ({ start, end, partition, filters }) => ({
          access: 'private',
          method: 'GET',
          path: 'contract/private/order-history',
          params: { ...filters, account: partition, start_time: start, end_time: end },
          rate: futuresOrders,
        }),
        values: z.array(z.object({ order_id: id }).transform(({ order_id }) => order_id)),
      },
    },
  ],
  unverified: [
    'How far back fills are served: 7 days are documented, 90 reported by others. Older time is believed only where a row of it, or an older one, was served.',
    endsUnverified('a second'),
    'Which 200 fills of a fuller window are served, and in which order.',
    'The coin of the fee: it is not named, and taken to be the settlement coin.',
    'Whether a fill of side 1 or 4 opened a position: in one-way mode it may have closed one, and fills do not name the mode.',
  ],
  ask: ({ start, end, partition, filters }) => ({
    access: 'private',
    method: 'GET',
    path: 'contract/private/trades',
    params: { ...filters, account: partition, start_time: start, end_time: end },
    rate: futuresTrades,
  }),
  rows: rowsOf(futuresFill, 'create_time'),
  normalise: (rows, { markets }) =>
    rows.map(({ fields, raw }): Transaction => {
      const market = markets.futures.get(fields.symbol)
      const fill: Transaction = {
        stream: 'futures-trade',
        time: fields.create_time,
        identity: identityOf(
          fields.trade_id,
          fields.order_id,
          canonical(fields.price),
          canonical(fields.vol),
        ),
        symbol: fields.symbol,
        base: market?.base,
        quote: market?.quote,
        ...directionOf(fields.side, fields.position_mode),
        price: fields.price,
        fee: fields.paid_fees,
        feeCurrency: fields.paid_fees === undefined ? undefined : settlementCoin(fields.symbol, market),
        role: roleOf(fields.exec_type),
        orderId: fields.order_id,
        tradeId: fields.trade_id,
        contracts: fields.vol,
        realizedPnl: fields.realised_profit,
        account: fields.account,
        raw,
      }
      return sized(fill, market)
    }),
}

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

const futuresLedgerStream: StreamDefinition<Row<z.output<typeof ledgerRow>>> = {
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
    'How far back the ledger is served: 7 days are documented, 90 reported by others of fills.',
    'The longest time span that one question may have.',
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

function transferStream(
  stream: 'withdrawal' | 'deposit',
  title: string,
  operation: 'withdraw' | 'deposit',
): StreamDefinition<Row<z.output<typeof transferRow>>> {
  return {
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
      'How far back transfers are served: 90 days are what is answered when no time is asked for.',
      endsUnverified('a millisecond'),
      'Whether a page holds up to 100 or up to 1,000 rows: 100 are asked for.',
      'When a transfer was completed: BitMart tells only when it was requested.',
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

function endsUnverified(unit: string): string {
  return `Whether the ends of the time filter are part of the answer: questions overlap by ${unit} at both.`
}

function roleOf(role: string | undefined): 'taker' | 'maker' | undefined {
  const known = role?.toLowerCase()
  return known === 'taker' || known === 'maker' ? known : undefined
}

/** `USDT-TRC20` is USDT on TRC20, unless the catalogue knows a coin of that whole name. */
function coinAndNetwork(served: string, { spot }: Markets): { currency: string; network?: string } {
  const split = served.lastIndexOf('-')
  const isCoin = () => [...spot.values()].some(({ base, quote }) => base === served || quote === served)
  if (split <= 0 || split === served.length - 1 || isCoin()) return { currency: served }
  return { currency: served.slice(0, split), network: served.slice(split + 1) }
}

/** Contracts settle in USDT; where neither the catalogue nor the symbol says so, the coin is left open. */
function settlementCoin(symbol: string, market: Market | undefined): string | undefined {
  return market?.settle ?? (symbol.endsWith('USDT') ? 'USDT' : undefined)
}

function flowTypeOf(entry: Transaction): string | undefined {
  const known = [...flowTypes].find(([, type]) => type === entry.type)
  if (known !== undefined) return known[0]
  return entry.type?.startsWith('flow-type-') ? entry.type.replace('flow-type-', '') : undefined
}

export const bitmart: ExchangeDefinition = {
  id: 'bitmart',
  name: 'BitMart',
  hosts: { spot: 'https://api-cloud.bitmart.com', swap: 'https://api-cloud-v2.bitmart.com' },
  // ccxt sends every account path to the spot host, and what is neither spot nor account to the other.
  hostOfPath: { 'account/v1/transfer-contract-list': 'swap', 'system/time': 'spot' },
  hostVariables: { spot: 'BITMART_SPOT_URL', swap: 'BITMART_FUTURES_URL' },
  credentials: [
    {
      name: 'apiKey',
      title: 'Access key',
      hint: 'shown as "Access Key" in the list of API keys',
      maxLength: 256,
    },
    { name: 'secret', title: 'Secret key', hint: 'shown once, when the key is made', maxLength: 256 },
    {
      name: 'passphrase',
      title: 'Memo',
      hint: 'the memo that you chose when you made the key',
      maxLength: 256,
      troublesome: ['!', '※'],
    },
  ],
  credentialVariables: {
    apiKey: 'BITMART_API_KEY',
    secret: 'BITMART_API_SECRET',
    passphrase: 'BITMART_API_MEMO',
  },
  success: '1000',
  errors: {
    '30001': 'unauthorized',
    '30002': 'unauthorized',
    '30003': 'account-restricted',
    '30004': 'wrong-signature',
    '30005': 'wrong-signature',
    '30006': 'clock-skew',
    '30007': 'clock-skew',
    '30008': 'clock-skew',
    '30010': 'forbidden-ip',
    '30011': 'expired',
    '30012': 'no-permission',
    '30013': 'rate-limited',
    '30014': 'exchange-down',
    '30016': 'exchange-down',
    '30017': 'rate-limited',
    '40039': 'out-of-range',
    '40046': 'not-opened',
    '50041': 'out-of-range',
    '53000': 'account-restricted',
    '53001': 'account-restricted',
    '53002': 'account-restricted',
    '53003': 'account-restricted',
    '53005': 'account-restricted',
    '60026': 'not-served',
    '60066': 'out-of-range',
    '60067': 'out-of-range',
  },
  sentences: {
    unauthorized:
      'BitMart does not know this access key: it is mistyped or was deleted. Copy the access key again, or make a new key.',
    'wrong-signature':
      'The secret key or the memo is wrong; BitMart does not say which. Enter both again: the memo is the text you chose when you made the key.',
    'clock-skew': 'BitMart refuses the time that this computer signs with. Set its clock and try again.',
    'forbidden-ip':
      'This key is bound to other IP addresses. Bind the addresses of this importer to the key at BitMart, or make a key without IP binding.',
    expired:
      'This key has expired. Make a new key at BitMart, and replace the old one here: the history stays.',
    'no-permission': 'This key may not read the history. Tick "Read-Only" for it at BitMart.',
    'account-restricted':
      'BitMart has restricted this account (frozen key or account, or a missing identity check). Solve that with BitMart first.',
    'not-opened': 'Futures were never opened on this account, so there is nothing to import.',
    'not-served': 'Transfers are not served to sub-account keys: connect a key of the main account for them.',
    'exchange-down':
      'BitMart cannot be reached or is under maintenance. Nothing is wrong with the key; try again later.',
    'exchange-closed': 'BitMart has closed. What was imported before stays here.',
    'rate-limited': 'BitMart asks to wait before more questions. Try again in a few minutes.',
    'bad-payload':
      'BitMart answered something that is not what it documents. Nothing was taken from it; try again later.',
    rejected: 'BitMart refused the question for a reason that it does not document.',
  },
  probe: 'spot-trade',
  accountMarks: ['spot-trade', 'futures-trade', 'withdrawal', 'deposit'],
  powerProbes: [
    {
      power: 'withdraw',
      request: {
        access: 'private',
        method: 'GET',
        path: 'account/v1/withdraw/charge',
        params: { currency: 'USDT' },
        rate: probes,
      },
    },
    {
      power: 'futures-trade',
      request: {
        access: 'private',
        method: 'POST',
        path: 'account/v1/transfer-contract-list',
        params: { page: 1, limit: 10 },
        rate: probes,
      },
    },
  ],
  uncheckable: ['spot trading'],
  serverTime: {
    request: { access: 'public', method: 'GET', path: 'system/time', params: {}, rate: publicCalls },
    time: z.object({ server_time: milliseconds }).transform(({ server_time }) => server_time),
  },
  marketSources: [
    {
      product: 'spot',
      request: {
        access: 'public',
        method: 'GET',
        path: 'spot/v1/symbols/details',
        params: {},
        rate: publicCalls,
      },
      markets: z
        .object({ symbols: z.array(z.object({ symbol: id, base_currency: id, quote_currency: id })) })
        .transform(({ symbols }) =>
          symbols.map(({ symbol, base_currency, quote_currency }) => ({
            symbol,
            base: base_currency,
            quote: quote_currency,
          })),
        ),
    },
    {
      product: 'futures',
      request: {
        access: 'public',
        method: 'GET',
        path: 'contract/public/details',
        params: {},
        rate: publicCalls,
      },
      markets: z
        .object({
          symbols: z.array(
            z.object({ symbol: id, base_currency: id, quote_currency: id, contract_size: amount }),
          ),
        })
        .transform(({ symbols }) =>
          symbols.map(({ symbol, base_currency, quote_currency, contract_size }) => ({
            symbol,
            base: base_currency,
            quote: quote_currency,
            settle: quote_currency,
            contractSize: contract_size,
          })),
        ),
    },
  ],
  streams: [
    spotTradeStream,
    futuresTradeStream,
    futuresLedgerStream,
    transferStream('withdrawal', 'Withdrawals', 'withdraw'),
    transferStream('deposit', 'Deposits', 'deposit'),
  ],
  // Borrowing, repayment and sub-accounts have endpoints of their own; of the others there is none
  // (endpoint tables of the official skills and SDKs, and of ccxt).
  absent: [
    'Isolated margin: what was borrowed, repaid and paid as interest, and what was moved between spot and margin, is not imported.',
    'Transfers between a main account and its sub-accounts are not imported.',
    'BitMart Earn: savings, staking and their interest are not imported.',
    'Coins that came or went without an order, a deposit or a withdrawal are not imported: conversions, purchases by card or from other people, airdrops, rewards, referral commission.',
  ],
  closing: [
    {
      at: Date.UTC(2026, 6, 26, 1, 30),
      what: 'registrations, deposits and new spot orders stop; futures positions can only be reduced',
      past: 'registrations, deposits and new spot orders stopped; futures positions could only be reduced',
    },
    {
      at: Date.UTC(2026, 7, 26, 1, 0),
      what: 'all trading stops; the platform settles what is still open',
      past: 'all trading stopped; the platform settled what was still open',
      ends: 'trading',
    },
    {
      at: Date.UTC(2027, 0, 31, 15, 59),
      what: 'the platform ceases operations: nothing can be read after this',
      past: 'the platform ceased operations: nothing can be read any more',
      ends: 'everything',
    },
  ],
  keyGuide: [
    'Sign in at bitmart.com, open the account menu and choose "API Settings" (sub-account: sign in as the sub-account).',
    'Make a new key: give it a name and a memo. The memo is a free text that belongs to the key; keep it.',
    'Tick "Read-Only" and nothing else. Leave trading and withdrawal unticked.',
    'Bind the IP addresses that this importer shows, where it shows any; without binding a key may expire after 90 days.',
    'Confirm with your second factor and copy the access key and the secret key: the secret is shown only once.',
    'Enter access key, secret key and memo here.',
  ],
}
