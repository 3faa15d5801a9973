import Big from 'big.js'
import fc from 'fast-check'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import type { StreamKind } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day, minute } from '../../lambdas/domain/window.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { layoutSchema } from '../../lambdas/statements/layout.ts'
import { bingxOrders } from '../use-cases/statement-files-home.ts'
import {
  type Account,
  inMinutes,
  inSeconds,
  period,
  type Source,
  second,
  start,
  windowOf,
  within,
} from './shown-money.ts'

/** Spot accounts: orders of some fills, deposits and withdrawals. */

export const spotOrder = (gaps: readonly number[]) =>
  fc.record({
    after: fc.oneof(
      fc.integer({ min: 1, max: 600 }).map((minutes) => minutes * minute),
      fc.constantFrom(0, 400, 2_000, 9_000),
    ),
    ms: fc.integer({ min: 0, max: 999 }),
    base: fc.constantFrom('KAS', 'DOT'),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    price: fc.constantFrom('0.5', '0.25'),
    feeCoin: fc.constantFrom('own' as const, 'own' as const, 'BGX' as const),
    fills: fc.array(fc.record({ gap: fc.constantFrom(...gaps), amount: fc.integer({ min: 1, max: 40 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })

export const transfer = fc.record({
  after: fc.integer({ min: 1, max: 600 }).map((minutes) => minutes * minute),
  coin: fc.constantFrom('USDT', 'KAS'),
  way: fc.constantFrom('deposit' as const, 'withdrawal' as const),
  amount: fc.integer({ min: 100, max: 109 }),
})

export const spotFile = fc.record({
  form: fc.constantFrom('ledger' as const, 'orders' as const, 'bare orders' as const, 'koinly' as const),
  period,
  market: fc.constantFrom(undefined, undefined, 'KAS' as const, 'DOT' as const),
  side: fc.constantFrom(undefined, undefined, undefined, 'buy' as const, 'sell' as const),
  kind: fc.constantFrom(undefined, undefined, 'trades' as const, 'transfers' as const),
  isInMinutes: fc.boolean(),
})

export type SpotFile = (typeof spotFile extends fc.Arbitrary<infer One> ? One : never) & {
  /** Of another tool: whether it tells the fills of an order and moment as one, or each as two. */
  readonly parts?: 'joined' | 'split' | undefined
}
export type SpotWorld = {
  readonly orders: readonly (ReturnType<typeof spotOrder> extends fc.Arbitrary<infer One> ? One : never)[]
  readonly transfers: readonly (typeof transfer extends fc.Arbitrary<infer One> ? One : never)[]
  readonly served: { readonly fills: number; readonly deposits: number; readonly withdrawals: number }
  readonly isProven: boolean
  readonly files: readonly SpotFile[]
  /** Whether the exchange and each file of another tool show all of a minute, or nothing of it. */
  readonly areMinutesWhole?: boolean
}

/** A file of orders of which only its owner knows what its columns mean, and none is an id. */
const bareOrders = layoutSchema.parse({
  granularity: 'order',
  stream: 'spot-trade',
  time: 'Done',
  decimalSign: '.',
  columns: {
    symbol: 'Market',
    price: 'Rate',
    amount: 'Size',
    quoteAmount: 'Worth',
    fee: 'Paid',
    feeCurrency: 'In',
  },
  words: [{ column: 'Way', isClosed: true, means: { buy: { side: 'buy' }, sell: { side: 'sell' } } }],
  symbol: { split: '-', join: '-' },
})

const streamOf = { fills: 'spot-trade', deposits: 'deposit', withdrawals: 'withdrawal' } as const

function partitionsOf(kind: StreamKind): readonly string[] {
  const streams = exchanges.get('bingx')?.streams ?? []
  return streams.flatMap(({ stream, partitions }) =>
    stream === kind && Array.isArray(partitions) ? partitions : [],
  )
}

/** The account, as its API and its files show it. */
export function spotAccount({
  orders,
  transfers,
  served,
  isProven,
  files,
  areMinutesWhole = false,
}: SpotWorld): Account {
  let time = start
  const made = orders.map(({ after, ms, base, side, price, feeCoin, fills }, number) => {
    time = Math.floor((time + after) / second) * second + ms
    let at = time
    const signed = side === 'buy' ? 1 : -1
    const coin = feeCoin === 'BGX' ? feeCoin : side === 'buy' ? base : 'USDT'
    const parts = fills.map(({ gap, amount }, index) => {
      at += gap
      const id = `${number}x${index}`
      const quote = new Big(amount).times(price)
      const fee = new Big(amount).times('0.001')
      return {
        id,
        time: at,
        amount: new Big(amount),
        quote,
        fee,
        moves: [
          { id: `${id} base`, coin: base, amount: new Big(amount).times(signed) },
          { id: `${id} quote`, coin: 'USDT', amount: quote.times(-signed) },
          { id: `${id} fee`, coin, amount: fee.times(-1) },
        ],
      }
    })
    time = at
    return { id: `o${number}`, time: at, base, side, price, coin, fills: parts }
  })
  let day0 = start
  const moved = transfers.map(({ after, coin, way, amount: drawn }, number) => {
    // Two alike within the days that a transfer may be under way cannot be told from one that two sources date apart.
    const amount = drawn + number * 10
    day0 += after
    const move = { id: `${way} ${number}`, coin, amount: new Big(way === 'deposit' ? amount : -amount) }
    return { id: `${number}`, time: day0, way, coin, amount: `${amount}`, moves: [move] }
  })
  const length = Math.max(time, day0) - start + second
  const smallest = areMinutesWhole ? minute : 1
  const from = (part: number) => Math.floor((start + Math.floor(part * length)) / smallest) * smallest
  const isShown = {
    'spot-trade': (at: number) => at >= from(served.fills),
    deposit: (at: number) => at >= from(served.deposits),
    withdrawal: (at: number) => at >= from(served.withdrawals),
  }
  const servedFills = made.flatMap((order) =>
    order.fills.filter((one) => isShown['spot-trade'](one.time)).map((one) => ({ ...one, order })),
  )
  const servedMoves = moved.filter(({ way, time: at }) => isShown[way](at))
  const api: Transaction[] = [
    ...servedFills.map(
      ({ id, time: at, amount, quote, fee, order }): Transaction => ({
        stream: 'spot-trade',
        time: at,
        identity: `t${id}|${order.id}`,
        symbol: `${order.base}-USDT`,
        base: order.base,
        quote: 'USDT',
        side: order.side,
        price: order.price,
        amount: amount.toFixed(),
        quoteAmount: quote.toFixed(),
        fee: fee.toFixed(),
        feeCurrency: order.coin,
        orderId: order.id,
        tradeId: `t${id}`,
        raw: '{}',
      }),
    ),
    ...servedMoves.map(
      ({ id, time: at, way, coin, amount }): Transaction => ({
        stream: way,
        time: at,
        identity: `m${id}`,
        currency: coin,
        amount,
        status: 'done',
        raw: '{}',
      }),
    ),
  ]
  const last = start + length + 40 * day
  const covered = (['fills', 'deposits', 'withdrawals'] as const).flatMap((kind) => {
    const part = served[kind]
    if (!isProven || part > 1) return []
    return partitionsOf(streamOf[kind]).map((partition) => ({
      ...noCoverage(streamOf[kind], partition),
      covered: [{ from: Math.max(start - day, from(part)), to: last }],
      attempted: last,
    }))
  })
  const rows = [
    ...made.flatMap((order) =>
      order.fills.flatMap((one) =>
        one.moves.map((move, index) => ({
          time: one.time,
          type: index === 2 ? 'trade-fee' : 'trade',
          move,
          market: order.base,
          side: order.side,
        })),
      ),
    ),
    ...moved.flatMap(({ time: at, way, moves }) =>
      moves.map((move) => ({ time: at, type: way as string, move, market: undefined, side: undefined })),
    ),
  ].sort((a, b) => a.time - b.time)
  const balances = new Map<string, Big>()
  const balanced = rows.map((row) => {
    const balance = (balances.get(row.move.coin) ?? new Big(10_000)).plus(row.move.amount)
    balances.set(row.move.coin, balance)
    return { ...row, balance }
  })
  const fileOf = (told: SpotFile): Source => {
    const window = windowOf(told.period, length)
    const isMarket = (base: string | undefined) => told.market === undefined || base === told.market
    const isSide = (side: string | undefined) => told.side === undefined || side === told.side
    const isKind = (kind: 'trades' | 'transfers') => told.kind === undefined || told.kind === kind
    switch (told.form) {
      case 'ledger': {
        const own = balanced.filter(
          ({ time: at, type, market }) =>
            within(window, at) &&
            isKind(type === 'deposit' || type === 'withdrawal' ? 'transfers' : 'trades') &&
            (market === undefined || isMarket(market)),
        )
        const lines = own.map(({ time: at, type, move, balance }) =>
          [inSeconds(at), type, move.amount.toFixed(), balance.toFixed(), move.coin].join(),
        )
        return {
          name: 'ledger',
          text: `Time(UTC+0),type,Amount,newAvailableAmount,Assets\n${lines.join('\n')}\n`,
          shows: own.map(({ move }) => move),
        }
      }
      case 'orders': {
        const own = made.filter(
          ({ time: at, base, side }) => within(window, at) && isMarket(base) && isSide(side),
        )
        const sum = (numbers: readonly Big[]) => numbers.reduce((a, b) => a.plus(b), new Big(0)).toFixed()
        const lines = own.map(({ id, time: at, base, side, price, coin, fills }) =>
          [
            1,
            id,
            inSeconds(at),
            `${base}/USDT`,
            side === 'buy' ? 'Buy' : 'Sell',
            price,
            sum(fills.map(({ amount }) => amount)),
            sum(fills.map(({ quote }) => quote)),
            `-${sum(fills.map(({ fee }) => fee))}`,
            coin,
            'Limit',
          ].join(),
        )
        return {
          name: 'orders',
          text: bingxOrders(...lines),
          shows: own.flatMap(({ fills }) => fills.flatMap(({ moves }) => moves)),
        }
      }
      case 'bare orders': {
        // Of an order of which the exchange shows some fills, nobody can tell which are its own: both count, in doubt.
        const isWhole = ({ fills }: (typeof made)[number]) =>
          new Set(fills.map((one) => isShown['spot-trade'](one.time))).size < 2
        const own = made.filter(
          (order) =>
            within(window, order.time) && isMarket(order.base) && isSide(order.side) && isWhole(order),
        )
        const sum = (numbers: readonly Big[]) => numbers.reduce((a, b) => a.plus(b), new Big(0)).toFixed()
        const lines = own.map(({ time: at, base, side, price, coin, fills }) =>
          [
            inSeconds(at),
            `${base}-USDT`,
            side,
            price,
            sum(fills.map(({ amount }) => amount)),
            sum(fills.map(({ quote }) => quote)),
            sum(fills.map(({ fee }) => fee)),
            coin,
          ].join(),
        )
        return {
          name: 'orders without ids',
          text: `Done,Market,Way,Rate,Size,Worth,Paid,In\n${lines.join('\n')}\n`,
          layout: bareOrders,
          shows: own.flatMap(({ fills }) => fills.flatMap(({ moves }) => moves)),
        }
      }
      case 'koinly': {
        const at = told.isInMinutes ? inMinutes : inSeconds
        const unit = told.isInMinutes ? minute : second
        const whole = Math.max(unit, smallest)
        const inUnits = {
          from: Math.ceil(window.from / whole) * whole,
          to: Math.ceil(window.to / whole) * whole,
        }
        const fills = made
          .filter(({ base, side }) => isKind('trades') && isMarket(base) && isSide(side))
          .flatMap((order) =>
            order.fills.filter((one) => within(inUnits, one.time)).map((one) => ({ ...one, order })),
          )
        const others = moved.filter((one) => isKind('transfers') && within(inUnits, one.time))
        const lines = [
          ...inParts(fills, told.parts, unit).map(({ time: when, amount, quote, fee, order }) => ({
            time: when,
            line:
              order.side === 'buy'
                ? [
                    at(when),
                    quote.toFixed(),
                    'USDT',
                    amount.toFixed(),
                    order.base,
                    fee.toFixed(),
                    order.coin,
                    '',
                    '',
                    '',
                    '',
                    '',
                  ]
                : [
                    at(when),
                    amount.toFixed(),
                    order.base,
                    quote.toFixed(),
                    'USDT',
                    fee.toFixed(),
                    order.coin,
                    '',
                    '',
                    '',
                    '',
                    '',
                  ],
          })),
          ...others.map(({ time: when, way, coin, amount }) => ({
            time: when,
            line:
              way === 'deposit'
                ? [at(when), '', '', amount, coin, '', '', '', '', '', '', '']
                : [at(when), amount, coin, '', '', '', '', '', '', '', '', ''],
          })),
        ].sort((a, b) => a.time - b.time)
        return {
          name: told.isInMinutes ? 'koinly by the minute' : 'koinly',
          text: `Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,Net Worth Currency,Label,Description,TxHash\n${lines.map(({ line }) => line.join()).join('\n')}\n`,
          shows: [...fills.flatMap(({ moves }) => moves), ...others.flatMap(({ moves }) => moves)],
        }
      }
    }
  }
  return {
    api,
    shown: [...servedFills.flatMap(({ moves }) => moves), ...servedMoves.flatMap(({ moves }) => moves)],
    covered,
    files: files.map(fileOf),
  }
}

type Part = { readonly time: number; readonly amount: Big; readonly quote: Big; readonly fee: Big }

/** How a tool tells these fills that joins those of an order and unit of time, or splits each in two. */
function inParts<T extends Part & { readonly order: { readonly id: string } }>(
  fills: readonly T[],
  parts: SpotFile['parts'],
  unit: number,
): readonly T[] {
  if (parts === undefined) return fills
  const times = (one: T, factor: number): T => ({
    ...one,
    amount: one.amount.times(factor),
    quote: one.quote.times(factor),
    fee: one.fee.times(factor),
  })
  if (parts === 'split') return fills.flatMap((one) => [times(one, 0.25), times(one, 0.75)])
  const joined = new Map<string, T>()
  for (const one of fills) {
    const name = `${one.order.id} ${Math.floor(one.time / unit)}`
    const { amount, quote, fee } = joined.get(name) ?? times(one, 0)
    joined.set(name, {
      ...one,
      amount: amount.plus(one.amount),
      quote: quote.plus(one.quote),
      fee: fee.plus(one.fee),
    })
  }
  return [...joined.values()]
}
