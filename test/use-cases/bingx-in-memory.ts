import { LosslessNumber, parse } from 'lossless-json'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import type { ExchangeRequest } from '../../lambdas/domain/stream.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { connection, memoryStore, patiently } from '../model/engine.ts'
import type { MemoryStore } from '../model/memory-store.ts'
import { toldTime } from '../model/told-time.ts'

/** One way to understand what BingX does not document. */
export type Readings = {
  readonly lower: 'inclusive' | 'exclusive'
  readonly upper: 'inclusive' | 'exclusive'
  /** What the filter compares. */
  readonly compares: 'milliseconds' | 'seconds'
  readonly order: 'oldest' | 'newest'
  /** Spot fills in one answer, however many are wished for. */
  readonly spotPage: 500 | 1_000
  /** What spot answers to a window that begins too long ago. */
  readonly beyond: 'newest' | 'empty'
  /** Whether fills and the ledger are told of all symbols where none is named, or that is refused. */
  readonly symbol: 'optional' | 'required'
  /** Whether `allFillOrders` heeds the symbol that it is asked for. */
  readonly orderFillsSymbol: 'heeded' | 'ignored'
  readonly keyOf: 'main account' | 'sub-account'
}

export const documented: Readings = {
  lower: 'exclusive',
  upper: 'inclusive',
  compares: 'milliseconds',
  order: 'oldest',
  spotPage: 500,
  beyond: 'newest',
  symbol: 'optional',
  orderFillsSymbol: 'heeded',
  keyOf: 'main account',
}

/** A row, and when it happened: finer than some of them tell. */
type Held = { readonly at: number; readonly row: Readonly<Record<string, unknown>> }

export type Account = {
  readonly spot: readonly Held[]
  readonly futures: readonly Held[]
  readonly orders: readonly { readonly at: number; readonly id: string; readonly fills: readonly object[] }[]
  readonly ledger: readonly Held[]
  readonly deposits: readonly Held[]
  readonly withdrawals: readonly Held[]
}

type History = {
  readonly rows: readonly Held[]
  readonly from: string
  readonly to: string
  readonly page: number
  readonly filters: readonly string[]
  /** How far back it is served, and what is answered before. */
  readonly depth?: number
  readonly beyond?: 'newest' | 'empty' | 'refused'
  readonly wrap: (rows: readonly unknown[]) => unknown
}

/** A client of a BingX in memory: without network, limits and signatures, which are tried elsewhere. */
export function bingxInMemory(
  given: Account | ((now: number) => Account),
  readings: Readings,
  now: () => number,
) {
  const requests: ExchangeRequest[] = []

  function history(path: string, account: Account): History | undefined {
    const times = { from: 'startTime', to: 'endTime' }
    const stamps = { from: 'startTs', to: 'endTs' }
    const bare = (rows: readonly unknown[]) => rows
    switch (path) {
      case 'trade/myTrades':
        return {
          ...times,
          rows: account.spot,
          page: readings.spotPage,
          filters: ['symbol', 'orderId'],
          depth: 100 * day,
          beyond: readings.beyond,
          wrap: (fills) => ({ fills }),
        }
      case 'trade/fillHistory':
        return {
          ...stamps,
          rows: account.futures,
          page: 1_000,
          filters: ['symbol', 'orderId'],
          depth: 7 * day,
          beyond: 'refused',
          wrap: (rows) => ({ fill_history_orders: rows.length === 0 ? null : rows }),
        }
      case 'trade/allFillOrders':
        return {
          ...stamps,
          rows: account.futures.map(({ at, row }) => ({ at, row: orderFill(row) })),
          page: 512,
          filters: readings.orderFillsSymbol === 'heeded' ? ['symbol', 'orderId'] : ['orderId'],
          depth: 30 * day,
          beyond: 'refused',
          wrap: (rows) => ({ fill_orders: rows }),
        }
      case 'user/income':
        return {
          ...times,
          rows: account.ledger,
          page: 1_000,
          filters: ['incomeType', 'symbol'],
          depth: 92 * day,
          beyond: 'empty',
          wrap: (rows) => (rows.length === 0 ? null : rows),
        }
      case 'capital/deposit/hisrec':
        return { ...times, rows: account.deposits, page: 1_000, filters: ['coin'], wrap: bare }
      case 'capital/withdraw/history':
        return { ...times, rows: account.withdrawals, page: 1_000, filters: ['coin'], wrap: bare }
      default:
        return undefined
    }
  }

  function answer({ section, path, params }: ExchangeRequest): unknown {
    const account = typeof given === 'function' ? given(now()) : given
    if (section?.[0] === 'cswap')
      return path === 'trade/orderHistory'
        ? {
            orders: account.orders
              .filter(({ at }) => at >= Number(params.startTime) && at <= Number(params.endTime))
              .map(({ id }) => ({ orderId: id })),
          }
        : (account.orders.find(({ id }) => id === params.orderId)?.fills ?? null)
    if (path === 'uid') return { uid: '16789005' }
    if (section?.[0] === 'subAccount') {
      if (readings.keyOf === 'main account') return { result: [] }
      throw new FailureError({ kind: 'not-served', code: '100403' })
    }
    const asked = history(path, account)
    if (asked === undefined) throw new Error(`nobody answers ${path}`)
    const isOfSymbols = [
      'trade/myTrades',
      'trade/fillHistory',
      'trade/allFillOrders',
      'user/income',
    ].includes(path)
    if (isOfSymbols && readings.symbol === 'required' && params.symbol === undefined)
      throw new FailureError({ kind: 'rejected', code: '100400' })
    const [start, end] = [Number(params[asked.from]), Number(params[asked.to])]
    const kept = asked.filters.reduce(
      (rows, name) =>
        params[name] === undefined ? rows : rows.filter(({ row }) => String(row[name]) === params[name]),
      asked.rows,
    )
    const sorted = [...kept].sort((a, b) => a.at - b.at)
    const page = Math.min(asked.page, Number(params.limit ?? params.pageSize ?? asked.page))
    const isOld = asked.depth !== undefined && start < now() - asked.depth
    if (isOld && asked.beyond === 'refused') throw new FailureError({ kind: 'out-of-range', code: '109400' })
    if (isOld && asked.beyond === 'newest') return asked.wrap(sorted.slice(-page).map(({ row }) => row))
    const found = sorted.filter(({ at }) => {
      const unit = readings.compares === 'seconds' ? 1_000 : 1
      const [from, time, to] = [start, at, end].map((one) => Math.floor(one / unit)) as [
        number,
        number,
        number,
      ]
      return (
        (readings.lower === 'inclusive' ? time >= from : time > from) &&
        (readings.upper === 'inclusive' ? time <= to : time < to)
      )
    })
    const shown = readings.order === 'oldest' ? found.slice(0, page) : found.slice(-page).reverse()
    return asked.wrap(isOld ? [] : shown.map(({ row }) => row))
  }

  const client: ExchangeClient = {
    ...toldTime(now),
    ask: async (request, schema, options) => {
      requests.push(request)
      options?.onSend?.()
      if (options?.signal?.aborted) throw new FailureError({ kind: 'aborted' })
      const parsed = schema.safeParse(served(answer(request)))
      if (!parsed.success) throw new FailureError({ kind: 'bad-payload' })
      return { data: parsed.data, askedAt: now(), answeredAt: now() }
    },
    requests: () => requests.length,
    close: async () => undefined,
  }
  return { client, requests }
}

/** What the list of older fills tells of one: no trade id, no profit. */
export function orderFill({
  qty,
  quoteQty,
  commissionAsset,
  tradeId,
  realisedPNL,
  role,
  ...rest
}: Held['row']) {
  return { ...rest, volume: qty, amount: quoteQty, currency: commissionAsset }
}

/** As the client hands it on: no digit of a number is lost. */
function served(value: unknown): unknown {
  return parse(JSON.stringify(value), undefined, (literal) =>
    /^(0|-?[1-9]\d{0,14})$/.test(literal) ? Number(literal) : new LosslessNumber(literal),
  )
}

const symbols = ['BTC-USDT', '$U-USDT'] as const
const offset = (at: number) => `${new Date(at + 8 * 3_600_000).toISOString().slice(0, 19)}.000+0800`
const orderAt = (at: number, serial: number) =>
  String((BigInt(at - 1_288_834_974_657) << 22n) + BigInt(serial))

/**
 * What makes importers lose rows. `now` is epoch milliseconds: 2,000 spot fills of two symbols, 1,000 of them in one
 * millisecond; 1,200 futures fills, 600 of them in one second; 3,000 rows of the ledger; 300 transfers.
 */
export function crowdedAccount(now: number): Account {
  const spread = (index: number, count: number, days: number) =>
    Math.floor(now - 3_600_000 - ((index + 0.5) / count) * days * day)
  const spotBurst = now - 30 * day - 123_457
  const spot = Array.from({ length: 2_000 }, (_, index): Held => {
    const at = index < 1_000 ? spotBurst : spread(index, 2_000, 89)
    return {
      at,
      row: {
        symbol: symbols[index % 2],
        id: 1_000 + Math.floor(index / 2),
        orderId: orderAt(at, Math.floor(index / 20)),
        price: '0.02718',
        qty: `${index + 1}.5`,
        quoteQty: '1',
        commission: '-1.2493e-07',
        commissionAsset: 'USDT',
        time: at,
        isBuyer: index % 3 === 0,
        isMaker: false,
      },
    }
  })
  const futuresBurst = Math.floor((now - 5 * day) / 1_000) * 1_000
  const futures = Array.from({ length: 1_200 }, (_, index): Held => {
    const at = index < 600 ? futuresBurst + index : spread(index, 1_200, 28)
    return {
      at: Math.floor(at / 1_000) * 1_000,
      row: {
        symbol: symbols[index % 2],
        tradeId: String(362_000_000 + index),
        orderId: orderAt(at, Math.floor(index / 10)),
        qty: `${index + 1}`,
        price: '2689.17',
        quoteQty: '5.3783',
        commission: '-0.002689',
        commissionAsset: 'USDT',
        role: 'taker',
        filledTm: 'never read',
        filledTime: offset(at),
        realisedPNL: '0.5',
        side: 'BUY',
        positionSide: 'BOTH',
      },
    }
  })
  const ledger = Array.from({ length: 3_000 }, (_, index): Held => {
    const at = index < 1_500 ? futuresBurst : spread(index, 3_000, 80)
    const incomeType = ['TRADING_FEE', 'FUNDING_FEE', 'GTD_PRICE'][index % 3]
    // Twins: nothing tells them apart.
    return {
      at,
      row: {
        symbol: symbols[index % 2],
        incomeType,
        income: `-${(index >> 1) + 1}`,
        asset: 'USDT',
        time: at,
      },
    }
  })
  const deposits = Array.from({ length: 150 }, (_, index): Held => {
    const at = spread(index >> 1, 75, 80)
    return {
      at,
      row: {
        amount: '5',
        coin: 'USDTTRC20',
        network: 'TRC20',
        status: 6,
        address: 'T9',
        txId: 'tx',
        insertTime: at,
      },
    }
  })
  const withdrawals = Array.from({ length: 150 }, (_, index): Held => {
    const at = Math.floor(spread(index, 150, 80) / 1_000) * 1_000
    return {
      at,
      row: {
        id: `${index}`,
        amount: '5',
        transactionFee: '1',
        coin: 'USDT',
        status: 6,
        applyTime: offset(at),
      },
    }
  })
  const orders = Array.from({ length: 20 }, (_, index) => {
    const at = spread(index, 20, 6)
    const id = orderAt(at, index)
    const fill = {
      orderId: id,
      symbol: 'SOL-USD',
      side: 'BUY',
      positionSide: 'LONG',
      volume: '2',
      tradePrice: '182.652',
    }
    const fills = [0, 1].map((part) => ({
      ...fill,
      tradeId: `${index}${part}`,
      amount: '20',
      realizedPnl: '0',
      commission: '-0.00005475',
      currency: 'SOL',
      maker: false,
      tradeTime: at + part,
    }))
    return { at, id, fills }
  })
  return { spot, futures, orders, ledger, deposits, withdrawals }
}

export const start = Date.UTC(2026, 10, 27, 12)
const markets = {
  spot: new Map(['BTC-USDT', '$U-USDT'].map((symbol) => [symbol, { symbol, base: 'X', quote: 'USDT' }])),
  futures: new Map(['BTC-USDT', '$U-USDT'].map((symbol) => [symbol, { symbol, base: 'X', quote: 'USDT' }])),
}
/** As young as the account, so that a test need not ask for years. */
const exchange = {
  ...bingx,
  streams: bingx.streams.map((stream) => ({ ...stream, opened: start - 140 * day })),
}

/** Syncs that account once at each of these times, into a store in memory; `onRun` looks at it after each. */
export async function syncs(
  account: Account | ((now: number) => Account),
  readings: Readings,
  times: readonly number[] = [start],
  onRun: (run: Awaited<ReturnType<typeof syncConnection>>, store: MemoryStore) => void = () => undefined,
) {
  let now = start
  const { client, requests } = bingxInMemory(account, readings, () => now)
  const store = memoryStore()
  const runs = []
  for (const time of times) {
    now = time
    const before = [requests.length, store.writes.transactions] as const
    const run = await syncConnection(
      { ...store, clock: () => now, sleep: patiently, client, markets },
      { ...connection, exchange: 'bingx' },
      exchange,
      { runId: String(time), holder: 'h' },
    )
    onRun(run, store)
    runs.push({ run, asked: requests.length - before[0], written: store.writes.transactions - before[1] })
  }
  return { runs, store }
}
