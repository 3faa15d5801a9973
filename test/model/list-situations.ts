import fc from 'fast-check'
import { depth, type ListExchange, lag, start } from './list-exchange.ts'
import { nights, rowsOf, ticks, worldOf } from './list-situation.ts'
import { situationsOfTransfers } from './list-situations-of-transfers.ts'
import type { ListWorld } from './list-world.ts'
import { tick } from './model-exchange.ts'

const untils = ['heeded', 'ignored', 'ignored', 'exclusive', 'empty', 'clipped', 'shifted'] as const
const fromIds = ['heeded', 'heeded', 'exclusive', 'trade', 'newest', 'ignored', 'empty', 'skips'] as const

/** Several fills at each of a few moments, more of them than a page holds. */
const crowds = fc
  .record({
    moments: fc.array(fc.record({ at: ticks(9_900, 9_970), copies: fc.constantFrom(1, 1, 2, 2, 3, 4, 5) }), {
      minLength: 3,
      maxLength: 7,
    }),
    until: fc.constantFrom(...untils),
    fromId: fc.constantFrom(...fromIds),
  })
  .map(({ moments, ...rest }) =>
    worldOf({
      ...rest,
      rows: rowsOf(
        moments.flatMap(({ at, copies }) => Array.from({ length: copies }, (_, within) => ({ at, within }))),
      ),
    }),
  )

/** Fills of which the oldest are shown first, and more at the first moment than a page holds. */
const oldestFirst = fc
  .record({
    first: ticks(9_900, 9_920),
    copies: ticks(1, 5),
    after: fc.array(ticks(9_921, 9_970), { minLength: 1, maxLength: 6 }),
    heedsLimit: fc.boolean(),
  })
  .map(({ first, copies, after, heedsLimit }) =>
    worldOf({
      heedsLimit,
      order: 'oldest',
      rows: rowsOf([
        ...Array.from({ length: copies }, (_, within) => ({ at: first, within })),
        ...after.map((at) => ({ at })),
      ]),
    }),
  )

/** Fills one by one, many of them, at an exchange with one way back or another; some in a later night. */
const waysBack = fc
  .record({
    before: fc.uniqueArray(ticks(9_700, 9_990), { minLength: 5, maxLength: 16 }),
    after: fc.uniqueArray(ticks(10_100, 10_290), { maxLength: 10 }),
    until: fc.constantFrom(...untils),
    // Among rows of one moment, nobody can tell that some were left out.
    fromId: fc.constantFrom(...fromIds, 'trade' as const, 'thinned' as const),
  })
  .map(({ before, after, ...rest }) =>
    worldOf(
      { ...rest, rows: rowsOf([...before, ...after].map((at) => ({ at }))) },
      { nights: nights(0, 300) },
    ),
  )

/** Fills one by one, at an exchange that compares another id than the first that is tried. */
const otherId = fc
  .uniqueArray(ticks(9_700, 9_970), { minLength: 8, maxLength: 16 })
  .map((times) => worldOf({ fromId: 'trade', until: 'ignored', rows: rowsOf(times.map((at) => ({ at }))) }))

/** Fills one by one, with ids of two series in turn, of which one can be asked for, or both. */
const twoSeries = fc
  .record({
    times: fc.uniqueArray(ticks(9_700, 9_970), { minLength: 8, maxLength: 16 }),
    fromId: fc.constantFrom('heeded' as const, 'first series' as const),
  })
  .map(({ times, fromId }) =>
    worldOf({
      fromId,
      until: 'ignored',
      rows: rowsOf(times.map((at) => ({ at }))).map((row, index) => ({
        ...row,
        id: row.id + (index % 2) * 1_000,
      })),
    }),
  )

/** More fills in the last minutes than a page holds, some of them still to appear. */
const unsettled = fc
  .record({
    old: fc.uniqueArray(ticks(9_800, 9_970), { minLength: 1, maxLength: 5 }),
    young: fc.array(
      fc.record({ at: ticks(9_983, 10_001), late: fc.constantFrom(0, 0, 0, lag - tick, 5 * tick) }),
      {
        minLength: 4,
        maxLength: 7,
      },
    ),
    until: fc.constantFrom('heeded' as const, 'ignored' as const),
  })
  .map(({ old, young, until }) => worldOf({ until, rows: rowsOf([...old.map((at) => ({ at })), ...young]) }))

/** A few rows, and a few more in a later night, of which an exchange that has shown the first ones shows nothing. */
const lies = fc
  .record({
    kind: fc.constantFrom('fills' as const, 'transfers' as const),
    old: fc.uniqueArray(ticks(9_900, 9_970), { minLength: 1, maxLength: 2 }),
    young: ticks(10_010, 10_070),
  })
  .map(({ kind, old, young }) =>
    worldOf(
      {
        kind,
        cap: 10,
        faults: kind === 'fills' ? [undefined, 'nothing'] : [undefined, undefined, 'nothing', undefined],
        rows: rowsOf([...old, young].map((at) => ({ at }))),
      },
      { nights: nights(0, 100, 100) },
    ),
  )

/** A row that appears late, right after one that was seen. */
const closeBehind = fc
  .record({ at: ticks(9_981, 9_999), within: ticks(1, 59_999), late: ticks(3, 19) })
  .map(({ at, within, late }) =>
    worldOf(
      { rows: rowsOf([{ at }, { at, within, late: late * tick - within }]) },
      { nights: nights(0, 30, 30) },
    ),
  )

/** Two bursts of fills, of which each page ends at a number that nobody names, the second when nothing is left that tells. */
const twoBursts = fc
  .record({
    first: fc.uniqueArray(ticks(10_010, 10_070), { minLength: 8, maxLength: 10 }),
    second: fc.uniqueArray(ticks(15_200, 15_270), { minLength: 8, maxLength: 10 }),
  })
  .map(({ first, second }) =>
    worldOf(
      {
        cap: 7,
        until: 'ignored',
        fromId: 'ignored',
        rows: rowsOf([9_970, ...first, ...second].map((at) => ({ at }))),
      },
      { nights: nights(0, 100, 5_190) },
    ),
  )

/** Pages that end at a number that nobody names, from the first night on: of one symbol there are more rows, of another as many. */
const unnamedCaps = fc
  .record({
    kind: fc.constantFrom('fills' as const, 'fills' as const, 'transfers' as const),
    many: fc.uniqueArray(ticks(9_000, 9_970), { minLength: 8, maxLength: 12 }),
    few: fc.uniqueArray(ticks(9_000, 9_970), { maxLength: 8 }),
    until: fc.constantFrom('ignored' as const, 'heeded' as const),
    fromId: fc.constantFrom('ignored' as const, 'thinned' as const, 'newest' as const),
    fresh: fc.uniqueArray(ticks(10_010, 10_070), { maxLength: 3 }),
  })
  .map(({ many, few, fresh, ...rest }) =>
    worldOf(
      {
        ...rest,
        cap: 7,
        turnsPages: false,
        rows: rowsOf([
          ...[...many, ...fresh].map((at) => ({ at })),
          ...few.map((at) => ({ at, partition: 'B' })),
        ]),
      },
      { nights: nights(0, 100, 100).map((night) => ({ ...night, listed: ['A', 'B'] })) },
    ),
  )

/** What was shown of old time by one partition, when another gets a name, and the exchange serves less. */
const shrinking = fc
  .record({
    seen: ticks(3_000, 4_000),
    unseen: fc.array(ticks(6_500, 8_500), { minLength: 1, maxLength: 2 }),
  })
  .map(({ seen, unseen }) =>
    worldOf(
      {
        served: 8_000 * tick,
        rows: rowsOf([{ at: seen }, ...unseen.map((at) => ({ at, partition: 'B' }))]),
      },
      {
        shrinks: true,
        nights: [
          { wait: 0, listed: ['A'] },
          { wait: 3_000, listed: ['A', 'B'] },
        ],
      },
    ),
  )

/** A partition without rows gets its first, in a night that is killed. */
const firstRow = fc.record({ killed: ticks(1, 40), at: ticks(10_002, 10_012) }).map(({ killed, at }) =>
  worldOf(
    { rows: rowsOf([{ at }]) },
    {
      nights: [
        ...nights(0),
        { wait: 60, listed: ['A'], mishap: { kind: 'killed', at: killed } },
        ...nights(2),
      ],
    },
  ),
)

/** Names of which nothing is known for a while, and a night that ends early. */
const manyNames = fc
  .record({ aborted: ticks(1, 6), at: ticks(10_500, 12_000), partition: fc.constantFrom('B', 'C', 'D', 'E') })
  .map(({ aborted, at, partition }) => {
    const listed = ['A', 'B', 'C', 'D', 'E', 'F']
    return worldOf(
      { rows: rowsOf([{ at, partition }]) },
      {
        nights: [
          { wait: 0, listed, mishap: { kind: 'aborted', at: aborted } },
          { wait: 600, listed },
          { wait: 1_440, listed },
        ],
      },
    )
  })

/** A name that is listed in a night which ends while the account is still to be recognised. */
const listedMeanwhile = fc
  .record({ seen: fc.array(ticks(9_900, 9_970), { minLength: 1, maxLength: 3 }), wait: ticks(0, 600) })
  .map(({ seen, wait }) =>
    worldOf(
      { rows: rowsOf(seen.map((at) => ({ at }))) },
      { nights: [...nights(0), { wait, listed: ['A', 'B'], mishap: { kind: 'aborted', at: 1 } }] },
    ),
  )

/** A partition whose exchange stops serving it between two nights. */
const leaving = fc
  .record({ seen: ticks(9_900, 9_970), unseen: ticks(10_020, 10_400) })
  .map(({ seen, unseen }) =>
    worldOf(
      { gone: { A: start + 500 * tick }, rows: rowsOf([{ at: seen }, { at: unseen }]) },
      { nights: nights(0, 600, 1_200) },
    ),
  )

/** A partition without rows, or with some, that gets one and then leaves the catalogue: from then on nothing is shown of it. */
const delisted = fc
  .record({
    kind: fc.constantFrom('fills' as const, 'transfers' as const),
    seen: fc.array(ticks(9_900, 9_970), { maxLength: 2 }),
    unseen: ticks(10_020, 10_400),
    other: fc.array(ticks(9_900, 10_400), { maxLength: 2 }),
  })
  .map(({ kind, seen, unseen, other }) =>
    worldOf(
      {
        kind,
        delisted: { A: start + 500 * tick },
        rows: rowsOf([
          ...[...seen, unseen].map((at) => ({ at })),
          ...other.map((at) => ({ at, partition: 'B' })),
        ]),
      },
      {
        nights: [
          { wait: 0, listed: ['A', 'B'] },
          { wait: 3_000, listed: ['B'] },
        ],
      },
    ),
  )

/** A partition that gets its first row, and an exchange that then shows nothing of any partition in the night of its turn. */
const silentNight = fc
  .record({
    kind: fc.constantFrom('fills' as const, 'transfers' as const, 'numbered' as const),
    known: fc.array(ticks(9_900, 9_970), { minLength: 1, maxLength: 2 }),
    first: ticks(10_020, 12_900),
  })
  .map(({ kind, known, first }) =>
    worldOf(
      {
        kind,
        silent: { from: start + 2_950 * tick, to: start + 3_100 * tick },
        rows: rowsOf([...known.map((at) => ({ at })), { at: first, partition: 'B' }]),
      },
      { nights: nights(0, 3_000, 1_440).map((night) => ({ ...night, listed: ['A', 'B'] })) },
    ),
  )

/** A partition whose rows are older than what is documented to be served, and are not. */
const tooOld = fc
  .array(ticks(3_000, 5_900), { minLength: 1, maxLength: 3 })
  .map((ats) => worldOf({ served: 4_000 * tick, rows: rowsOf(ats.map((at) => ({ at }))) }))

/** An account that is asked again after longer than the exchange serves. */
const longAway = ticks(8_000, 9_900).map((at) =>
  worldOf({ served: depth, rows: rowsOf([{ at }]) }, { nights: nights(0, 5_000, 1_500), shrinks: true }),
)

/** Rows of which the exchange takes one back that was shown, from between the others. */
const takenBack = fc
  .record({
    kind: fc.constantFrom('fills' as const, 'transfers' as const, 'numbered' as const),
    ats: fc.uniqueArray(ticks(9_000, 9_970), { minLength: 4, maxLength: 8 }),
    which: ticks(1, 2),
    young: fc.array(ticks(10_010, 10_070), { maxLength: 1 }),
  })
  .map(({ kind, ats, which, young }) => {
    const old = [...ats].sort((a, b) => a - b)
    const rows = old.map((at, index) => ({ at, ...(index === which && { takenAt: start + 50 * tick }) }))
    return worldOf(
      { kind, cap: 10, rows: rowsOf([...rows, ...young.map((at) => ({ at }))]) },
      { nights: nights(0, 100, 100), isGentle: true },
    )
  })

/** Rows of which one does not say when, in the first night or in a later one. */
const timeless = fc
  .record({
    kind: fc.constantFrom('fills' as const, 'transfers' as const, 'numbered' as const),
    cap: fc.constantFrom(4 as const, 10 as const),
    ats: fc.uniqueArray(ticks(9_900, 10_090), { maxLength: 7 }),
    at: ticks(9_900, 10_190),
  })
  .map(({ kind, cap, ats, at }) =>
    worldOf(
      { kind, cap, rows: rowsOf([...ats.map((one) => ({ at: one })), { at, isTimeless: true }]) },
      { nights: nights(0, 100, 0, 100), isGentle: true },
    ),
  )

/** Time that a list does not reach, and what a question for it shows of it. */
const olderTime = {
  kind: fc.constant('numbered' as const),
  unasked: fc.constant(depth),
  within: fc.constantFrom<ListExchange['within']>(
    ...(['heeded', 'clipped', 'refused', 'narrow', 'thinned', 'thinned', 'ignored', 'empty'] as const),
  ),
  rows: fc
    .record({
      old: fc.uniqueArray(ticks(200, 5_900), { minLength: 1, maxLength: 8 }),
      young: fc.uniqueArray(ticks(6_200, 9_970), { maxLength: 3 }),
    })
    .map(({ old, young }) => rowsOf([...old, ...young].map((at) => ({ at })))),
}

/** It is asked for in one night. */
const older = fc
  .record(olderTime)
  .map((exchange) => worldOf(exchange, { nights: nights(0, 30, 1_440, 1_440) }))

/** It is asked for by workers that are stopped. */
const olderInTurns = fc
  .record({ ...olderTime, stops: fc.array(ticks(3, 12), { minLength: 1, maxLength: 4 }) })
  .map(({ stops, ...exchange }) =>
    worldOf(exchange, {
      nights: [
        ...stops.map((at) => ({ wait: 0, listed: ['A'], mishap: { kind: 'aborted' as const, at } })),
        ...nights(0),
      ],
    }),
  )

/** An exchange that one day begins to show it. */
const archiveOpens = fc
  .record({ ...olderTime, within: fc.constant('heeded' as const), archiveFrom: ticks(10_010, 10_400) })
  .map(({ archiveFrom, ...exchange }) =>
    worldOf({ ...exchange, archiveFrom: archiveFrom * tick }, { nights: nights(0, 1_440, 11_000, 1_440) }),
  )

/** Fills of orders, more than can be had, of which one may not say when it was. */
const fillsOfOrders = (timeless: fc.Arbitrary<number | undefined>) =>
  fc
    .record({
      before: fc.uniqueArray(ticks(9_900, 9_970), { minLength: 6, maxLength: 9 }),
      after: fc.uniqueArray(fc.oneof(ticks(10_010, 10_240), ticks(10_225, 10_249)), { maxLength: 9 }),
      sizes: fc.array(ticks(1, 3), { minLength: 18, maxLength: 18 }),
      late: fc.constantFrom(0, 0, lag - tick),
      timeless,
    })
    .map(({ before, after, sizes, late, timeless: odd }) => {
      const orders = sizes.flatMap((size, order) => Array.from({ length: size }, () => `order ${order}`))
      const ats = [...before, ...after].sort((a, b) => a - b)
      return rowsOf(
        ats.map((at, index) => ({
          at,
          late,
          order: orders[index] ?? '',
          ...(index === odd && { isTimeless: true }),
        })),
      )
    })

const someOrders = fc.constantFrom(0, 1, 2, 1_000, 1_000)
const noWayBack = { until: 'ignored', fromId: 'ignored' } as const
const nightsOfOrders = fc.constantFrom(nights(0, 250), nights(0, 100, 150), nights(0, 250, 11_000, 10))

/** Orders tell of what cannot be had. */
const ordersTell = fc
  .record({ rows: fillsOfOrders(fc.constant(undefined)), orders: someOrders, nights: nightsOfOrders })
  .map(({ nights, ...exchange }) => worldOf({ ...noWayBack, ...exchange }, { nights }))

/** One of the fills is there, and nobody can tell of which order it is. */
const ordersOfTimeless = fc
  .record({ rows: fillsOfOrders(ticks(2, 8)), orders: fc.constant(1_000), nights: nightsOfOrders })
  .map(({ nights, ...exchange }) => worldOf({ ...noWayBack, ...exchange }, { nights }))

/** What could not be had, and of which orders told, can be had one day. */
const wayBackOpens = fillsOfOrders(fc.constant(undefined)).map((rows) =>
  worldOf(
    { rows, orders: 1_000, until: 'heeded', fromId: 'ignored', archiveFrom: 10_300 * tick },
    { nights: nights(0, 250, 11_000, 10) },
  ),
)

/** Rows of which one that is stored does not say when any more, from a later night on. */
const fading = fc
  .record({
    kind: fc.constantFrom('fills' as const, 'transfers' as const, 'numbered' as const),
    ats: fc.uniqueArray(ticks(9_000, 9_970), { minLength: 4, maxLength: 8 }),
    which: ticks(0, 3),
    young: fc.array(ticks(10_010, 10_070), { maxLength: 1 }),
  })
  .map(({ kind, ats, which, young }) => {
    const old = [...ats].sort((a, b) => a - b)
    const rows = old.map((at, index) => ({
      at,
      ...(index === which && { timelessSince: start + 50 * tick }),
    }))
    return worldOf(
      { kind, cap: 10, rows: rowsOf([...rows, ...young.map((at) => ({ at }))]) },
      { nights: nights(0, 100, 100), isGentle: true },
    )
  })

/** What chance meets too rarely in worlds of any kind, each in worlds that are made of little else. */
export const situations = {
  ...situationsOfTransfers,
  crowds,
  oldestFirst,
  waysBack,
  twoSeries,
  otherId,
  unsettled,
  lies,
  closeBehind,
  twoBursts,
  unnamedCaps,
  shrinking,
  firstRow,
  manyNames,
  listedMeanwhile,
  leaving,
  delisted,
  silentNight,
  tooOld,
  longAway,
  takenBack,
  timeless,
  fading,
  older,
  olderInTurns,
  archiveOpens,
  ordersTell,
  ordersOfTimeless,
  wayBackOpens,
} satisfies Record<string, fc.Arbitrary<ListWorld>>
