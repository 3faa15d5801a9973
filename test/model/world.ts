import fc from 'fast-check'
import type { FailureKind } from '../../lambdas/domain/failure.ts'
import type { TransferStatus } from '../../lambdas/domain/transaction.ts'
import { type ModelExchange, type ModelRow, tick } from './model-exchange.ts'

export const mishaps = ['aborted', 'killed', 'overtaken', 'joined', 'removed', 'held'] as const

/** What befalls a run, at a question (or, for `held`, at a save of coverage; for `killed`, at any operation). */
export type Mishap = {
  readonly kind: (typeof mishaps)[number]
  readonly at: number
}

/** One night: how much time passes first, what the disk does meanwhile to what is stored, and what goes wrong then. */
export type Night = { readonly wait: number; readonly damage?: Damage; readonly mishap?: Mishap }

/** Which of the items that can be damaged, counted around, is gone or says something else. */
export type Damage = { readonly at: number; readonly how: 'gone' | 'altered' }

export type World = {
  /** Two accounts, whose rows are told apart by the first letter of their ids. */
  readonly accounts: readonly ModelExchange[]
  /** Whether it is documented what the ends of a time filter mean. */
  readonly ends: 'known' | 'unknown'
  /** Whether the rows are fills, which say no status and keep their time. */
  readonly fills?: boolean
  /** Whether each partition has a definition of its own. */
  readonly apart?: boolean
  /** Since when there is anything to be asked for; without it, for ever. */
  readonly opened?: number
  readonly nights: readonly Night[]
  /** Whether the exchange serves no more than it documents from the first long night on. */
  readonly shrinks: boolean
  /** Whether the sync that mends everything is told to ask again for what nobody could tell. */
  readonly recheck: boolean
  /** How much time passes between the sync that mends everything and the one after it. */
  readonly after: number
  /** For each write of a batch in turn: how many items the store leaves undone. */
  readonly unprocessed: readonly number[]
  /** For each operation of the store in turn: whether it fails. */
  readonly hiccups: readonly boolean[]
}

export const start = 10_000 * tick
/** After so many ticks, what an exchange was once seen to serve proves nothing. */
export const longNight = 3_000
/** After so many ticks, what nobody could tell is asked again. */
export const aWeek = 7 * 24 * 60
export const lag = 20 * tick

const failures: readonly FailureKind[] = [
  'exchange-down',
  'exchange-down',
  'bad-payload',
  'rate-limited',
  'rejected',
  'unauthorized',
  'wrong-signature',
  'clock-skew',
  'forbidden-ip',
  'expired',
  'no-permission',
  'account-restricted',
  'not-opened',
  'not-served',
  'out-of-range',
  'exchange-closed',
  'window-saturated',
  'aborted',
]

const instant = fc.oneof(
  fc.integer({ min: 0, max: 9_990 }),
  fc.integer({ min: 5_900, max: 6_200 }),
  fc.integer({ min: 8_900, max: 9_200 }),
  fc.integer({ min: 9_800, max: 10_100 }),
  fc.integer({ min: 9_930, max: 10_030 }),
  fc.integer({ min: 9_990, max: 24_000 }),
)

/** Ticks. */
const wait = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 600 }))

const transferStatuses = ['pending', 'done', 'failed', 'cancelled'] as const

const row = fc.record({
  at: instant,
  within: fc.integer({ min: 0, max: 3 }),
  late: fc.oneof(
    fc.integer({ min: 0, max: lag - tick }),
    fc.constant(lag - tick),
    fc.integer({ min: lag, max: 50 * tick }),
  ),
  symbol: fc.constantFrom('X', 'Y'),
  order: fc.constantFrom('1', '2', '3'),
  partition: fc.constantFrom('a', 'b'),
  finishedAfter: fc.oneof(fc.integer({ min: 0, max: 500 * tick }), fc.integer({ min: 0, max: 30 * tick })),
  ending: fc.constantFrom('done' as const, 'failed' as const, 'cancelled' as const),
  amount: fc.constantFrom(
    '0.00012345678901234567890',
    '1e-7',
    '12345678901234567890',
    '5',
    '1.50',
    '.5',
    '0',
  ),
  copies: fc.constantFrom(1, 1, 1, 2, 4, 7),
  broken: fc.option(
    fc.record({
      dated: fc.constantFrom(true, true, false),
      until: fc.constantFrom(0, 300 * tick, Number.MAX_SAFE_INTEGER).map((after) => start + after),
    }),
    { nil: undefined, freq: 12 },
  ),
  moves: fc.option(fc.record({ by: fc.integer({ min: 1, max: 40 }), after: wait }), { freq: 5 }),
  takesBack: fc.option(
    fc.array(fc.record({ after: wait, status: fc.constantFrom(...transferStatuses) }), {
      minLength: 1,
      maxLength: 2,
    }),
    { freq: 5 },
  ),
  renamedAfter: fc.option(wait, { freq: 5 }),
  hides: fc.option(
    fc.record({ after: fc.integer({ min: 25, max: 400 }), ticks: fc.constantFrom(30, 300, 30_000) }),
    { freq: 8 },
  ),
})

const rarely = <T>(...values: readonly T[]) =>
  fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, fc.constantFrom(...values)), {
    maxLength: 17,
  })

function laterThan(doneAt: number, takesBack: readonly { after: number; status: TransferStatus }[]) {
  return takesBack.map(({ after, status }, index) => ({ at: doneAt + (after + 30 * index) * tick, status }))
}

/** Fills say nothing that could change, but for the name of their market. */
function asFill({ later: _later, moved: _moved, ...row }: ModelRow): ModelRow {
  return { ...row, doneAt: 0 }
}

/** An account whose rows begin with this letter: at most so many, some of them several times at one instant. */
export function account(letter: string, most: number): fc.Arbitrary<ModelExchange> {
  return fc
    .record({
      rows: fc.uniqueArray(row, { maxLength: most, selector: ({ at, within }) => at * 4 + within }),
      cap: fc.constantFrom(undefined, undefined, undefined, 4, 3, 2),
      page: fc.constantFrom('newest' as const, 'oldest' as const, 'scattered' as const),
      beyond: fc.constantFrom('clipped' as const, 'empty' as const, 'refused' as const),
      served: fc.constantFrom(1_000, 1_001, 2_500, 4_000, 6_000, 20_000),
      opensAt: fc.constantFrom(undefined, undefined, start + 500 * tick, start + 5_000 * tick),
      strangeUntil: fc.constantFrom(0, 0, start + 30 * tick, start + 4_000 * tick),
      refusesFuture: fc.boolean(),
      tells: fc.constantFrom('time' as const, 'time' as const, 'dates' as const),
      maxSpan: fc.constantFrom(1_000, 1_000, 300),
      inclusive: fc.boolean(),
      begins: fc.constantFrom(undefined, 'after' as const),
      precise: fc.constantFrom(false, false, true),
      faults: fc.oneof(fc.constant([]), rarely(...failures)),
      stale: fc.constantFrom([0], [0, 30 * tick], [0, 60 * tick, 20 * tick], [0, 0, 0, 200 * tick]),
      ahead: fc.constantFrom(0, 0, 0, 3 * tick, 5 * tick, -5 * tick, 2_000 * tick, -5_000 * tick),
      latency: fc.constantFrom(
        [],
        [],
        [
          [2_000, 0],
          [100, 0],
        ],
        [
          [100, 0],
          [0, 2_000],
          [100, 100],
        ],
      ),
    })
    .map(({ rows, served, maxSpan, beyond, ...rest }) => ({
      ...rest,
      // Derived, so that all else stays as it is: the same seed brings the same worlds.
      beyond: beyond === 'clipped' && (served === 1_001 || served === 2_500) ? ('ignored' as const) : beyond,
      rows: rows.flatMap(({ at, within, copies, finishedAfter, broken, ...one }, index): ModelRow[] =>
        Array.from({ length: copies }, (_, copy) => {
          const { moves, takesBack, renamedAfter, hides, ...fields } = one
          const time = at * tick + within
          const doneAt = at * tick + finishedAfter
          const to = time + (moves?.by ?? 0) * tick
          const named = { ...fields, id: `${letter}${index}-${copy}`, time, doneAt }
          // What cannot be read says nothing that could change.
          if (broken !== undefined && canBreak(rows, index, copy))
            return { ...named, broken: { ...broken, ...(index % 2 === 0 && { since: start + 5 * tick }) } }
          return {
            ...named,
            ...(moves && { moved: { to, at: to + moves.after * tick } }),
            ...(takesBack && { later: laterThan(doneAt, takesBack) }),
            ...(renamedAfter !== null && {
              renamed: { at: time + renamedAfter * tick, symbol: fields.symbol === 'X' ? 'Y' : 'X' },
            }),
            ...(hides && {
              hidden: { from: time + hides.after * tick, until: time + (hides.after + hides.ticks) * tick },
            }),
          }
        }),
      ),
      served: served * tick,
      maxSpan: maxSpan * tick,
      clock: start,
      asked: 0,
    }))
}

type Fragile = { readonly copies: number; readonly broken?: ModelRow['broken'] }

/** Of the rows that do not say when, one: what holds nothing but such rows is taken for another kind of answer. */
function canBreak(rows: readonly Fragile[], index: number, copy: number): boolean {
  const undated = rows.findIndex(({ broken }) => broken?.dated === false)
  return rows[index]?.broken?.dated === true || (index === undated && copy === 0)
}

const night: fc.Arbitrary<Night> = fc.record({
  wait: fc.constantFrom(0, 0, 1, 10, 10, 30, 30, 100, 600, 3_000, 3_990, 9_000),
  damage: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    fc.record({ at: fc.nat(60), how: fc.constantFrom('gone' as const, 'altered' as const) }),
  ),
  mishap: fc.option(
    fc.record({
      kind: fc.constantFrom(...mishaps),
      at: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 80 })),
    }),
    { nil: undefined },
  ),
})

const anyWorld: fc.Arbitrary<World> = fc.record({
  accounts: fc.tuple(account('m', 30), account('n', 6)),
  ends: fc.constantFrom('known' as const, 'unknown' as const),
  nights: fc.oneof(
    fc.array(night, { maxLength: 4 }),
    fc.array(night, { maxLength: 4 }).map((nights) => [{ wait: 0 }, ...nights]),
  ),
  fills: fc.constantFrom(false, false, true),
  shrinks: fc.boolean(),
  recheck: fc.boolean(),
  after: fc.constantFrom(0, 500, aWeek + 10),
  unprocessed: fc.constantFrom([0], [1, 0], [99, 2, 0], [0, 99, 99]),
  hiccups: fc.oneof(
    fc.constant([]),
    rarely(true).map((list) => list.map((one) => one === true)),
  ),
})

export const world: fc.Arbitrary<World> = anyWorld
  .map((one) =>
    one.fills
      ? { ...one, accounts: one.accounts.map((account) => ({ ...account, rows: account.rows.map(asFill) })) }
      : one,
  )
  // Derived, so that all else stays as it is: the same seed brings the same worlds.
  .map((one) => ({ ...one, apart: one.nights.length % 2 === 1 }))
