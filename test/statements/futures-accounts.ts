import Big from 'big.js'
import fc from 'fast-check'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day, minute } from '../../lambdas/domain/window.ts'
import {
  type Account,
  inSeconds,
  type Movement,
  period,
  type Source,
  second,
  start,
  windowOf,
  within,
} from './shown-money.ts'

/** Futures accounts: orders of some fills, whose profit and fees the ledger says a little later, and funding. */

export const futuresOrder = (befores: readonly number[]) =>
  fc.record({
    after: fc.oneof(
      fc.integer({ min: 1, max: 600 }).map((minutes) => minutes * minute),
      fc.constantFrom(...befores),
    ),
    ms: fc.integer({ min: 0, max: 999 }),
    base: fc.constantFrom('KAS', 'DOT'),
    isClose: fc.boolean(),
    fills: fc.array(
      fc.record({
        gap: fc.constantFrom(0, 10, 500),
        amount: fc.integer({ min: 1, max: 40 }),
        profit: fc.integer({ min: -100, max: 100 }),
        fee: fc.integer({ min: 1, max: 9 }),
        late: fc.constantFrom(0, 300, 1_400),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    funding: fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined }),
  })

export const futuresFile = fc.record({
  form: fc.constantFrom('ledger' as const, 'orders' as const),
  period,
  market: fc.constantFrom(undefined, undefined, 'KAS' as const, 'DOT' as const),
  kind: fc.constantFrom(
    undefined,
    undefined,
    'realized-pnl' as const,
    'commission' as const,
    'funding' as const,
  ),
})

type Drawn<A> = A extends fc.Arbitrary<infer One> ? One : never
export type FuturesWorld = {
  readonly orders: readonly Drawn<ReturnType<typeof futuresOrder>>[]
  readonly served: { readonly fills: number; readonly ledger: number }
  /** Whether fills say what they made. */
  readonly sayProfit: boolean
  readonly files: readonly Drawn<typeof futuresFile>[]
}

const words = { 'realized-pnl': 'Realized PNL', commission: 'Trading Fee', funding: 'Funding Fee' } as const

export function futuresAccount({ orders, served, sayProfit, files }: FuturesWorld): Account {
  let time = start
  const made = orders.map(({ after, ms, base, isClose, fills, funding }, number) => {
    time = Math.floor((time + after) / second) * second + ms
    let at = time
    const parts = fills.map(({ gap, amount, profit: drawn, fee, late }, index) => {
      at += gap
      const id = `${number}x${index}`
      const profit = isClose ? drawn : 0
      const moves: readonly { kind: keyof typeof words; move: Movement }[] = [
        ...(profit === 0
          ? []
          : [
              {
                kind: 'realized-pnl' as const,
                move: { id: `${id} profit`, coin: 'USDT', amount: new Big(profit) },
              },
            ]),
        { kind: 'commission', move: { id: `${id} fee`, coin: 'USDT', amount: new Big(-fee).div(10) } },
      ]
      return { id, time: at, amount, profit, fee: new Big(fee).div(10), late, moves }
    })
    time = at
    return { id: `o${number}`, time: at, base, isClose, fills: parts, funding }
  })
  const rows = made
    .flatMap(({ id, base, fills, funding, time: at }) => [
      ...fills.flatMap((one) => one.moves.map((move) => ({ time: one.time + one.late, base, ...move }))),
      ...(funding === undefined || funding === 0
        ? []
        : [
            {
              time: at + 20_000,
              base,
              kind: 'funding' as const,
              move: { id: `${id} funding`, coin: 'USDT', amount: new Big(funding).div(4) },
            },
          ]),
    ])
    .sort((a, b) => a.time - b.time)
  const length = time + 30_000 - start
  const from = (part: number) => start + Math.floor(part * length)
  const last = start + length + 40 * day
  const servedFills = made.flatMap((order) =>
    order.fills.filter((one) => one.time >= from(served.fills)).map((one) => ({ ...one, order })),
  )
  const servedRows = rows.filter((one) => one.time >= from(served.ledger))
  const api: Transaction[] = [
    ...servedFills.map(
      ({ id, time: at, amount, profit, fee, order: { base, isClose, id: orderId } }): Transaction => ({
        stream: 'futures-trade',
        time: at,
        identity: `t${id}|${orderId}`,
        symbol: `${base}-USDT`,
        base,
        quote: 'USDT',
        side: isClose ? 'sell' : 'buy',
        position: isClose ? 'close' : 'open',
        price: '0.5',
        amount: `${amount}`,
        fee: fee.toFixed(),
        feeCurrency: 'USDT',
        ...(sayProfit && { realizedPnl: `${profit}` }),
        currency: 'USDT',
        orderId,
        tradeId: `t${id}`,
        account: 'usdt-m',
        raw: '{}',
      }),
    ),
    ...servedRows.map(
      ({ time: at, base, kind, move }): Transaction => ({
        stream: 'futures-ledger',
        time: at,
        identity: `l${move.id}`,
        symbol: `${base}-USDT`,
        currency: 'USDT',
        type: kind,
        amount: move.amount.toFixed(),
        account: 'usdt-m',
        raw: '{}',
      }),
    ),
  ]
  const covered = (part: number) => (part > 1 ? [] : [{ from: Math.max(start - day, from(part)), to: last }])
  const fileOf = ({ form, period: part, market, kind }: Drawn<typeof futuresFile>): Source => {
    const window = windowOf(part, length)
    const isMarket = (base: string) => market === undefined || base === market
    if (form === 'ledger') {
      let balance = new Big(10_000)
      const balanced = rows.map((row) => {
        balance = balance.plus(row.move.amount)
        return { ...row, balance }
      })
      const own = balanced.filter(
        (row) => within(window, row.time) && isMarket(row.base) && (kind === undefined || row.kind === kind),
      )
      const lines = own.map((row) =>
        [
          inSeconds(row.time),
          words[row.kind],
          '',
          row.move.amount.toFixed(),
          row.balance.toFixed(),
          'USDT',
          `${row.base}-USDT`,
        ].join(),
      )
      return {
        name: 'futures ledger',
        text: `Time(UTC+0),type,Details,Amount,newAvailableAmount,Assets,Futures\n${lines.join('\n')}\n`,
        shows: own.map(({ move }) => move),
      }
    }
    const own = made.filter((order) => within(window, order.time) && isMarket(order.base))
    const lines = own.map(({ id, time: at, base, isClose, fills }) => {
      const sum = (numbers: readonly (Big | number)[]) =>
        numbers.reduce((a: Big, b) => a.plus(b), new Big(0)).toFixed()
      const amount = sum(fills.map((one) => one.amount))
      return [
        1,
        id,
        inSeconds(at),
        `${base}-USDT`,
        isClose ? 'Close Long' : 'Open Long',
        '5X',
        '0.5',
        amount,
        new Big(amount).div(2).toFixed(),
        `-${sum(fills.map(({ fee }) => fee))}`,
        'USDT',
        sum(fills.map(({ profit }) => profit)),
        'USDT',
        'Market',
        '0.5',
      ].join()
    })
    return {
      name: 'futures orders',
      text: `UID,Order No.,Time(UTC),Pair,Type,Leverage,DealPrice,Quantity,Amount,Fee,Fee Coin,Realized PNL,Quote Asset,Order Type,AvgPrice\n${lines.join('\n')}\n`,
      shows: own.flatMap(({ fills }) => fills.flatMap(({ moves }) => moves.map(({ move }) => move))),
    }
  }
  return {
    api,
    shown: [
      ...servedFills.flatMap(({ moves }) =>
        moves.filter(({ kind }) => sayProfit || kind === 'commission').map(({ move }) => move),
      ),
      ...servedRows.map(({ move }) => move),
    ],
    covered: [
      { ...noCoverage('futures-trade', 'usdt-m'), covered: covered(served.fills), attempted: last },
      { ...noCoverage('futures-ledger', 'usdt-m'), covered: covered(served.ledger), attempted: last },
    ],
    files: files.map(fileOf),
  }
}
