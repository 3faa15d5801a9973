import fc from 'fast-check'
import type { FailureKind } from '../../lambdas/domain/failure.ts'
import { type ListExchange, type ListRow, lag, start } from './list-exchange.ts'
import { situations } from './list-situations.ts'
import { tick } from './model-exchange.ts'

export type ListNight = {
  /** Ticks since the night before. */
  readonly wait: number
  readonly mishap?: { readonly kind: 'killed' | 'aborted'; readonly at: number }
  /** What the catalogue lists in this night. */
  readonly listed: readonly string[]
}

/** An exchange that serves whole lists, and the nights in which it is read. */
export type ListWorld = {
  readonly exchange: ListExchange
  readonly nights: readonly ListNight[]
  readonly hinted: readonly string[]
  readonly unprocessed: readonly number[]
  readonly hiccups: readonly boolean[]
  /** Whether the exchange serves no more than it documents from the first long night on. */
  readonly shrinks: boolean
  /** Nothing in it is a reason for a night to fail. */
  readonly isGentle?: boolean
}

type Fill = Omit<ListRow, 'id'>

/** With ids that grow with time, as an exchange gives them. */
function numbered(fills: readonly Fill[]): readonly ListRow[] {
  return [...fills].sort((a, b) => a.time - b.time).map((fill, index) => ({ ...fill, id: 101 + index }))
}

const instant = fc.oneof(
  fc.integer({ min: 0, max: 9_990 }),
  fc.integer({ min: 9_800, max: 10_100 }),
  fc.integer({ min: 9_930, max: 10_030 }),
  fc.integer({ min: 9_990, max: 24_000 }),
)

const anyRow = fc.record({
  at: instant,
  within: fc.integer({ min: 0, max: 3 }),
  late: fc.oneof(
    fc.integer({ min: 0, max: lag - tick }),
    fc.constant(lag - tick),
    fc.integer({ min: lag, max: 50 * tick }),
  ),
  partition: fc.constantFrom('A', 'A', 'A', 'A', 'B', 'B', 'D', 'U', 'U', 'Z'),
  amount: fc.constantFrom('1', '2.50'),
  finishedAfter: fc.oneof(fc.integer({ min: 0, max: 500 * tick }), fc.integer({ min: 0, max: 30 * tick })),
  copies: fc.constantFrom(1, 1, 1, 1, 2, 3, 6),
})

const faults: readonly (FailureKind | 'nothing')[] = [
  'nothing',
  'nothing',
  'nothing',
  'exchange-down',
  'exchange-down',
  'bad-payload',
  'rate-limited',
  'rejected',
  'aborted',
]

const kinds = ['fills', 'transfers', 'numbered'] as const
const untils = ['heeded', 'heeded', 'exclusive', 'ignored', 'empty', 'clipped', 'shifted'] as const
const fromIds = ['heeded', 'heeded', 'exclusive', 'trade', 'newest', 'ignored', 'empty'] as const

const exchange: fc.Arbitrary<ListExchange> = fc
  .record({
    rows: fc.array(anyRow, { maxLength: 30 }),
    kind: fc.constantFrom(...kinds),
    cap: fc.constantFrom(4 as const, 10 as const),
    heedsLimit: fc.boolean(),
    turnsPages: fc.constantFrom(true, true, true, false),
    order: fc.constantFrom('newest' as const, 'newest' as const, 'oldest' as const, 'updated' as const),
    until: fc.constantFrom(...untils),
    fromId: fc.constantFrom(...fromIds),
    bare: fc.constantFrom('all' as const, 'initial' as const),
    mixes: fc.constantFrom(false, false, false, false, false, false, true),
    ownIds: fc.boolean(),
    served: fc.constantFrom(4_000, 4_001, 6_000, 20_000),
    gone: fc.constantFrom<Record<string, number>>(
      {},
      {},
      {},
      { B: start + 50 * tick },
      { A: start + 2_000 * tick },
      { Z: 0 },
    ),
    faults: fc.oneof(
      fc.constant([]),
      fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, fc.constantFrom(...faults)), {
        maxLength: 17,
      }),
    ),
    latency: fc.constantFrom<ListExchange['latency']>(
      [],
      [],
      [
        [2_000, 0],
        [100, 0],
      ],
      [
        [100, 0],
        [0, 2_000],
        [3 * tick, 100],
      ],
      [[tick, tick]],
    ),
    ahead: fc.constantFrom(0, 0, 0, 5 * tick, -5 * tick),
  })
  .map(({ rows, served, order, ...rest }): ListExchange => {
    const fills = rest.kind === 'fills'
    return {
      ...rest,
      // Fills never change, and are told apart by the exchange.
      order: fills && order === 'updated' ? 'newest' : order,
      // Rows without ids that are alike and in different states cannot be told apart by anybody.
      ownIds: fills || rest.bare === 'initial' || rest.ownIds,
      rows: numbered(
        rows.flatMap(({ at, within, copies, finishedAfter, ...one }) =>
          Array.from({ length: copies }, () => ({
            ...one,
            time: at * tick + within,
            doneAt: at * tick + within + finishedAfter,
          })),
        ),
      ),
      // One that shows the oldest rows, and forgets half of them between two questions, could not be told from another.
      served: order === 'oldest' ? Number.POSITIVE_INFINITY : served * tick,
      clock: start,
      asked: 0,
    }
  })

/** Few partitions, many rows at few moments, read while they come and change. */
const dense: fc.Arbitrary<ListExchange> = fc
  .record({
    exchange,
    rows: fc.array(
      fc.record({
        at: fc.oneof(
          fc.integer({ min: 9_950, max: 10_040 }),
          fc.integer({ min: 9_990, max: 10_003 }),
          fc.integer({ min: 9_500, max: 11_600 }),
        ),
        late: fc.constantFrom(0, 0, 0, lag - tick, 5 * tick, 30 * tick),
        finishedAfter: fc.constantFrom(0, 10, 20, 40, 60, 200, 1_500),
        copies: fc.constantFrom(1, 1, 1, 1, 2, 4),
        partition: fc.constantFrom('A', 'A', 'A', 'A', 'A', 'U'),
      }),
      { minLength: 3, maxLength: 14 },
    ),
    lies: fc.boolean(),
    latency: fc.constantFrom<ListExchange['latency']>(
      [],
      [[tick, tick]],
      [[3 * tick, 0]],
      [
        [0, 0],
        [9 * tick, 0],
      ],
    ),
  })
  .map(({ exchange: one, rows, lies, latency }) => ({
    ...one,
    latency,
    gone: {},
    mixes: false,
    faults: lies ? ([undefined, 'nothing', undefined, undefined, undefined] as const) : [],
    rows: numbered(
      rows.flatMap(({ at, copies, finishedAfter, ...rest }) =>
        Array.from({ length: copies }, () => ({
          ...rest,
          amount: '1',
          time: at * tick,
          doneAt: (at + finishedAfter) * tick,
        })),
      ),
    ),
  }))

/** More fills in the last minutes than a page holds, some of them still to appear. */
const burst: fc.Arbitrary<ListExchange> = fc
  .record({
    exchange,
    rows: fc.array(
      fc.record({
        at: fc.oneof(fc.integer({ min: 9_965, max: 10_004 }), fc.integer({ min: 9_965, max: 10_900 })),
        late: fc.constantFrom(0, 0, 0, lag - tick, 5 * tick),
      }),
      { minLength: 5, maxLength: 24 },
    ),
    until: fc.constantFrom('heeded', 'heeded', 'shifted', 'clipped', 'ignored', 'empty'),
  })
  .map(({ exchange: one, rows, until }) => ({
    ...one,
    kind: 'fills',
    order: 'newest',
    ownIds: true,
    heedsLimit: true,
    mixes: false,
    until,
    faults: [],
    gone: {},
    rows: numbered(
      rows.map(({ at, late }) => ({ time: at * tick, late, partition: 'A', amount: '1', doneAt: 0 })),
    ),
  }))

const quietNames = ['E', 'F', 'G', 'H', 'I']
export const allNames = [...quietNames, 'A', 'B', 'C', 'D', 'U']

/** Any exchange, in any nights. */
export const wideListWorld: fc.Arbitrary<ListWorld> = fc.record({
  shrinks: fc.boolean(),
  exchange: fc.oneof(exchange, dense, burst),
  nights: fc.array(
    fc.record({
      wait: fc.constantFrom(0, 0, 1, 10, 30, 30, 100, 600, 1_440, 1_440, 3_000, 3_990, 9_000),
      mishap: fc.option(
        fc.record({
          kind: fc.constantFrom('killed' as const, 'killed' as const, 'aborted' as const),
          at: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 80 })),
        }),
        { nil: undefined },
      ),
      listed: fc.constantFrom(allNames, [...quietNames, 'A', 'B', 'C', 'D'], ['A', 'C', 'D', 'U']),
    }),
    { maxLength: 5 },
  ),
  hinted: fc.constantFrom([], ['Z']),
  unprocessed: fc.constantFrom([0], [0], [1, 0], [99, 2, 0]),
  hiccups: fc.oneof(
    fc.constant([]),
    fc.array(fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, fc.constant(true)), { maxLength: 23 }),
  ),
})

export const listWorld: fc.Arbitrary<ListWorld> = fc.oneof(
  wideListWorld,
  fc.oneof(...Object.values(situations)),
)

/** Pages that end at a number of rows nobody names, with rows that were stored while they all fitted. */
export const unnamedPages: fc.Arbitrary<ListWorld> = fc
  .record({
    world: wideListWorld,
    before: fc.array(fc.integer({ min: 9_000, max: 9_970 }), { minLength: 1, maxLength: 6 }),
    after: fc.array(
      fc.record({
        at: fc.integer({ min: 10_200, max: 13_000 }),
        late: fc.constantFrom(0, 5 * tick, 19 * tick),
      }),
      { maxLength: 25 },
    ),
  })
  .map(({ world, before, after }) => ({
    ...world,
    nights: [
      { wait: 0, listed: ['A'] },
      ...world.nights.map(({ wait, mishap }) => ({ wait: Math.min(wait, 600), mishap, listed: ['A'] })),
    ],
    hiccups: [],
    exchange: {
      ...world.exchange,
      kind: 'fills',
      cap: 7,
      heedsLimit: true,
      order: 'newest',
      ownIds: true,
      mixes: false,
      served: Number.POSITIVE_INFINITY,
      faults: [],
      gone: {},
      ahead: 0,
      rows: numbered(
        [...before.map((at) => ({ at, late: 0 })), ...after].map(({ at, late }) => ({
          time: at * tick + (at % 7),
          late,
          partition: 'A',
          amount: '1',
          doneAt: 0,
        })),
      ),
    },
  }))
