import Big from 'big.js'
import fc from 'fast-check'
import { keyOf, type Transaction } from '../../lambdas/domain/transaction.ts'
import type { Rounding, TimeRule } from '../../lambdas/statements/exactness.ts'
import { type Merged, merge } from '../../lambdas/statements/merge.ts'
import type { Grain, Reading, StatementRow } from '../../lambdas/statements/row.ts'

/** Random histories of fills, what an API serves of them, and statements that cut and round them. */

/** What truly happened. */
type Fill = {
  readonly id: number
  readonly time: number
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly amount: string
  readonly fee: string
}

const end = 600_000
const seconds: Grain = {
  granularity: 'fill',
  unit: 1_000,
  fields: ['symbol', 'side', 'price', 'amount', 'fee'],
  decimals: { price: 8, amount: 8, fee: 8 },
}
const minutes: Grain = {
  granularity: 'fill',
  unit: 60_000,
  fields: ['symbol', 'side', 'price', 'amount'],
  decimals: { price: 4, amount: 4 },
}
const grains = { seconds, minutes }

type Statement = { readonly grain: keyof typeof grains; readonly window: Window; readonly seed: number }
type Window = readonly [from: number, to: number]

/** How this exchange shortens, the same in all its statements. */
type Manners = { readonly rounding: Rounding; readonly time: TimeRule }

const fill = fc.record({
  time: fc.integer({ min: 60_000, max: end - 1 }),
  symbol: fc.constantFrom('A_X', 'B_X'),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  price: fc.constantFrom(
    '1',
    '1.5',
    '1.2345678901',
    '1.2345678949',
    '1.234567895',
    '1.2345499999',
    '1.2345499949',
  ),
  amount: fc.constantFrom('0.5', '0.5000000001', '0.4999999999', '0.0000000001', '1.2345499999'),
  fee: fc.constantFrom('0', '0.0000000007', '0.000000005'),
})

const fills = fc.array(fill, { maxLength: 30 }).chain((some) =>
  fc
    .array(fc.record({ of: fc.nat(), later: fc.constantFrom(0, 0, 1, 999) }), { maxLength: 15 })
    .map((again): readonly Fill[] =>
      [
        ...some,
        ...again.flatMap(({ of, later }) => {
          const one = some[of % Math.max(1, some.length)]
          return one === undefined ? [] : [{ ...one, time: Math.min(end - 1, one.time + later) }]
        }),
      ].map((one, id) => ({ ...one, id })),
    ),
)

/** With little evidence nobody can tell by which rule times were cut: these are more than chance can pair otherwise. */
const evidence = Array.from({ length: 50 }, (_, index): Fill => {
  const symbol = `E${index}_X`
  return { id: 1_000 + index, time: 45_000 + index, symbol, side: 'buy', price: '1', amount: '1', fee: '0' }
})

const window = fc
  .tuple(fc.integer({ min: 0, max: end }), fc.integer({ min: 0, max: end }))
  .map(([a, b]): Window => (a < b ? [a, b] : [b, a]))

const statement: fc.Arbitrary<Statement> = fc.record({
  grain: fc.constantFrom('seconds' as const, 'minutes' as const),
  window,
  seed: fc.nat(),
})

const history = fc.record({
  fills,
  served: fc.array(window, { maxLength: 3 }),
  statements: fc.array(statement, { maxLength: 4 }),
  manners: fc.record({
    rounding: fc.constantFrom('half-up' as const, 'half-even' as const, 'truncate' as const),
    time: fc.constantFrom('begun' as const, 'begun' as const, 'begun' as const, 'nearest' as const),
  }),
  seed: fc.nat(),
})

const big = { 'half-up': Big.roundHalfUp, 'half-even': Big.roundHalfEven, truncate: Big.roundDown } as const

function shortTime({ time }: Fill, { unit }: Grain, { time: rule }: Manners): number {
  // Seconds are always cut: which of two minutes a second that was rounded belongs to, nobody could tell.
  const nearest = rule === 'nearest' && unit > 1_000
  return Math.floor((nearest ? time + unit / 2 : time) / unit) * unit
}

function rowOf(one: Fill, grain: Grain, manners: Manners, line: number): StatementRow {
  const time = shortTime(one, grain, manners)
  const short = (field: 'price' | 'amount' | 'fee') =>
    new Big(one[field]).round(grain.decimals[field], big[manners.rounding]).toFixed()
  const { symbol, side } = one
  return {
    line,
    stream: 'spot-trade',
    wall: time,
    times: [time],
    symbol,
    side,
    price: short('price'),
    amount: short('amount'),
    ...(grain.fields.includes('fee') && { fee: short('fee') }),
    raw: '{}',
  }
}

function within(one: Fill, { grain: name, window: [from, to] }: Statement, manners: Manners): boolean {
  const grain = grains[name]
  const time = shortTime(one, grain, manners)
  return time >= Math.floor(from / grain.unit) * grain.unit && time < Math.ceil(to / grain.unit) * grain.unit
}

function readingOf(all: readonly Fill[], told: Statement, manners: Manners): Reading {
  const grain = grains[told.grain]
  const own = shuffled(
    all.filter((one) => within(one, told, manners)),
    told.seed,
  )
  const rows = own.map((one, index) => rowOf(one, grain, manners, index + 2))
  return { format: told.grain, clock: 'UTC', grain, rows }
}

function served(one: Fill): Transaction {
  const { id, time, symbol, side, price, amount, fee } = one
  const identity = `fill ${id}`
  return { stream: 'spot-trade', time, identity, symbol, side, price, amount, fee, raw: '{}' }
}

function shuffled<T>(list: readonly T[], seed: number): readonly T[] {
  const mixed = [...list]
  let state = seed % 2_147_483_648
  for (let index = mixed.length - 1; index > 0; index -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    const other = state % (index + 1)
    const [a, b] = [mixed[index], mixed[other]]
    if (a === undefined || b === undefined) continue
    mixed[index] = b
    mixed[other] = a
  }
  return mixed
}

function stateOf({ rows }: Merged): string {
  return rows.map((row) => `${keyOf(row)} ${row.symbol} ${row.side} ${row.price} ${row.amount}`).join('\n')
}

/** Throws where a merge breaks an invariant in one of the histories. */
export function mergesRight(runs: fc.Parameters<unknown>): void {
  const never = () => false
  fc.assert(
    fc.property(history, ({ fills: some, served: asked, statements: drawn, manners, seed }) => {
      const isNearest = manners.time === 'nearest'
      const all = isNearest ? [...evidence, ...some] : some
      const windows: readonly Window[] = isNearest ? [[0, 60_000], ...asked] : asked
      const statements = isNearest
        ? drawn.map((one): Statement => ({ ...one, window: [0, one.window[1]] }))
        : drawn
      const isServed = ({ time }: Fill) => windows.some(([from, to]) => time >= from && time < to)
      const api = all.filter(isServed).map(served)
      const readings = statements.map((told) => readingOf(all, told, manners))
      const merged = merge({ api, readings, proven: never })
      const known = all.filter(
        (one) => isServed(one) || statements.some((told) => within(one, told, manners)),
      )
      same('once', api.length + merged.rows.length, known.length)
      sumsAgree(known, [...api, ...merged.rows])
      const keys = [...api, ...merged.rows].map(keyOf)
      same('one key each', new Set(keys).size, keys.length)
      const otherwise = merge({
        api: shuffled(api, seed),
        readings: shuffled([...readings, ...readings], seed).map((one) => ({
          ...one,
          rows: shuffled(one.rows, seed + 1),
        })),
        proven: never,
      })
      same('whatever the order, and however often', stateOf(otherwise), stateOf(merged))
      const allServed = merge({ api: all.map(served), readings, proven: () => true })
      same('adopted', allServed.rows.length + allServed.contradictions.length, 0)
      const told = readings.reduce((sum, { rows }) => sum + rows.length, 0)
      if (told > 0) same('confirmed', allServed.known > 0, true)
      const proven = merge({
        api,
        readings,
        proven: (_row, { from, to }) => windows.some((one) => one[0] <= from && to <= one[1]),
      })
      same('served time adds nothing', proven.contradictions.length, 0)
      same('and takes nothing', stateOf(proven), stateOf(merged))
    }),
    runs,
  )
}

function same<T>(what: string, found: T, expected: T): void {
  if (found !== expected) throw new Error(`${what}: ${String(found)} instead of ${String(expected)}`)
}

/** Per pair and side, what is told is off by the half of a last digit for each row that was rounded, at most. */
function sumsAgree(
  known: readonly Pick<Transaction, 'symbol' | 'side' | 'amount'>[],
  told: readonly Pick<Transaction, 'symbol' | 'side' | 'amount'>[],
): void {
  for (const symbol of ['A_X', 'B_X'])
    for (const side of ['buy', 'sell']) {
      const of = (rows: typeof known) => rows.filter((row) => row.symbol === symbol && row.side === side)
      const sum = (rows: typeof known) =>
        rows.reduce((total, { amount = '0' }) => total.plus(amount), new Big(0))
      const [truth, found] = [of(known), of(told)]
      same(`how many ${symbol} ${side}`, found.length, truth.length)
      const off = sum(truth).minus(sum(found)).abs()
      if (off.gt(new Big('0.0001').times(truth.length)))
        throw new Error(`amounts of ${symbol} are off by ${off}`)
    }
}
