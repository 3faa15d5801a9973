import { Big } from 'big.js'
import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import type { Origin } from '../../lambdas/domain/outward.ts'
import type { Market, Markets } from '../../lambdas/domain/stream.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { defaultAccounts } from '../../lambdas/formats/journal-accounts.ts'
import type { SimulatedAccount } from '../../local/simulated-bitmart/account.ts'
import type { SpotFillRow } from '../../local/simulated-bitmart/spot-fills.ts'
import { type ExportInput, silent } from './input.ts'
import { meant } from './meant.ts'

export const origin: Origin = { id: 'c0ffee', exchange: 'bitmart', subaccount: '' }

const statement: ExportInput['statement'] = {
  state: 'complete',
  sentences: ['All of 2026, as of 2026-11-21 12:00 UTC: complete.', 'BitMart "main": no gaps; none at all.'],
}

/** An account's rows as the production code reads and orders them, contract sizes included. */
export function rowsOf(account: SimulatedAccount, owner: Origin = origin): readonly ExportRow[] {
  const markets = marketsOf(account)
  const served: Readonly<Record<string, (partition: string) => unknown>> = {
    'spot-trade': () => account.spotFills,
    'futures-trade': (partition) => account.futuresFills.filter((row) => row.account === partition),
    'futures-ledger': (partition) => account.ledger.filter((row) => row.account === partition),
    withdrawal: () => ({ records: account.transfers.filter((row) => row.operation_type === 'withdraw') }),
    deposit: () => ({ records: account.transfers.filter((row) => row.operation_type === 'deposit') }),
  }
  return bitmart.streams
    .flatMap((stream) =>
      stream.partitions.flatMap((partition) =>
        stream.normalise(stream.rows.parse(served[stream.stream]?.(partition)).readable, {
          partition,
          markets,
        }),
      ),
    )
    .map((transaction) => meant({ origin: owner, transaction }))
    .sort((a, b) => a.transaction.time - b.transaction.time)
}

function marketsOf(account: SimulatedAccount): Markets {
  const answers = { spot: { symbols: account.spotSymbols }, futures: { symbols: account.contracts } }
  const listed = (product: 'spot' | 'futures') =>
    new Map(
      bitmart.marketSources
        .filter((source) => source.product === product)
        .flatMap((source) => source.markets.parse(answers[product]))
        .map((market): [string, Market] => [market.symbol, market]),
    )
  return { spot: listed('spot'), futures: listed('futures') }
}

/** Coin by coin and wallet by wallet (`spot USDT`), what the raw rows add up to; nothing of the product is asked. */
export function rawBalances(account: SimulatedAccount): ReadonlyMap<string, string> {
  const sums = new Map<string, Big>()
  const plus = (wallet: string, coin: string, amount: Big) => {
    const key = `${wallet} ${coin}`
    sums.set(key, (sums.get(key) ?? new Big(0)).plus(amount))
  }
  for (const { symbol, side, size, notional, fee, feeCoinName, orderMode } of account.spotFills) {
    const [, base = '', quote = ''] = /^(.*)_(.*)$/s.exec(symbol) ?? []
    const direction = side === 'buy' ? 1 : -1
    plus(orderMode, base, new Big(size).times(direction))
    plus(orderMode, quote, new Big(notional).times(-direction))
    if (fee !== '') plus(orderMode, feeCoinName, new Big(fee).times(-1))
  }
  for (const { flow_type, asset, amount, account: wallet } of account.ledger) {
    plus(wallet, asset, new Big(amount))
    if (flow_type === 1) plus('spot', asset, new Big(amount).times(-1))
  }
  for (const { operation_type, currency, arrival_amount, fee, status } of account.transfers) {
    if (status !== 3) continue
    const coin = currency.replace(/-(TRC20|ERC20)$/, '')
    if (operation_type === 'deposit') plus('spot', coin, new Big(arrival_amount))
    else plus('spot', coin, new Big(arrival_amount).plus(fee).times(-1))
  }
  return nonZero(sums)
}

export function nonZero(sums: ReadonlyMap<string, Big>): ReadonlyMap<string, string> {
  return new Map(
    [...sums]
      .filter(([, sum]) => !sum.eq(0))
      .map(([key, sum]): [string, string] => [key, sum.toFixed()])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

export function inputOf(rows: Iterable<ExportRow>, changed: Partial<ExportInput> = {}): ExportInput {
  return {
    rows: served(rows),
    rowsOf: (stream) => served([...rows].filter(({ transaction }) => transaction.stream === stream)),
    statement,
    timezone: 'UTC',
    accounts: defaultAccounts,
    notes: silent,
    closing: () => [],
    ...changed,
  }
}

async function* served(rows: Iterable<ExportRow>): AsyncIterable<ExportRow> {
  yield* rows
}

export function spotFill(position: number, fill: Partial<SpotFillRow>): SpotFillRow {
  return {
    tradeId: `T${position}`,
    orderId: `O${position}`,
    clientOrderId: '',
    symbol: 'BTC_USDT',
    side: 'buy',
    orderMode: 'spot',
    type: 'limit',
    stpMode: 'none',
    price: '39999.00',
    size: '0.10000',
    notional: '3999.90000000',
    fee: '9.99975000',
    feeCoinName: 'USDT',
    tradeRole: 'taker',
    createTime: Date.UTC(2026, 0, 5, 12) + position * 1_001,
    updateTime: Date.UTC(2026, 0, 5, 12) + position * 1_001,
    ...fill,
  }
}

export const nothing: SimulatedAccount = {
  spotFills: [],
  futuresFills: [],
  ledger: [],
  transfers: [],
  spotSymbols: [],
  contracts: [],
}
