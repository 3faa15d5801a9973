import fc from 'fast-check'
import { start } from './list-exchange.ts'
import { nights, rowsOf, ticks, worldOf } from './list-situation.ts'
import { tick } from './model-exchange.ts'

/** Transfers over several pages, which shift against each other while they are read. */
const shiftingPages = fc
  .record({
    kind: fc.constantFrom('transfers' as const, 'numbered' as const),
    ownIds: fc.boolean(),
    order: fc.constantFrom('newest' as const, 'updated' as const),
    turnsPages: fc.constantFrom(true, true, true, false),
    old: fc.array(ticks(9_900, 9_970), { minLength: 4, maxLength: 7 }),
    fresh: fc.array(ticks(10_001, 10_012), { minLength: 1, maxLength: 4 }),
    ends: fc.array(ticks(10_001, 10_030), { minLength: 11, maxLength: 11 }),
  })
  .map(({ old, fresh, ends, ...rest }) =>
    worldOf({
      ...rest,
      latency: [[2 * tick, 0]],
      rows: rowsOf([...old, ...fresh].map((at, index) => ({ at, doneAt: (ends[index] ?? 0) * tick }))),
    }),
  )

/** Transfers over several pages that overlap, some of them alike but for their ids, which need not be there. */
const overlappingPages = fc
  .record({
    order: fc.constantFrom('newest' as const, 'oldest' as const),
    ats: fc.array(fc.record({ at: ticks(9_900, 9_970), copies: fc.constantFrom(1, 1, 2, 3) }), {
      minLength: 4,
      maxLength: 9,
    }),
    fresh: fc.array(ticks(10_001, 10_020), { maxLength: 4 }),
  })
  .map(({ order, ats, fresh }) =>
    worldOf({
      ...{ kind: 'transfers', ownIds: false, overlaps: true, order },
      rows: rowsOf([
        ...ats.flatMap(({ at, copies }) => Array.from({ length: copies }, () => ({ at }))),
        ...fresh.map((at) => ({ at })),
      ]),
    }),
  )

/** Transfers over several pages, of which an offset counts pages, not rows. */
const countedPages = fc
  .record({
    ownIds: fc.boolean(),
    order: fc.constantFrom('newest' as const, 'oldest' as const),
    ats: fc.array(ticks(9_900, 9_970), { minLength: 3, maxLength: 14 }),
    fresh: fc.array(ticks(10_001, 10_020), { maxLength: 4 }),
  })
  .map(({ ats, fresh, ...rest }) =>
    worldOf({
      ...{ kind: 'transfers', countsPages: true, ...rest },
      rows: rowsOf([...ats, ...fresh].map((at) => ({ at }))),
    }),
  )

/** A few transfers that are done while their list, and then that of those done, is read. */
const movingOn = fc
  .array(fc.record({ at: ticks(9_900, 9_975), end: ticks(10_000, 10_012) }), { minLength: 1, maxLength: 3 })
  .map((rows) =>
    worldOf(
      {
        kind: 'transfers',
        bare: 'initial',
        cap: 10,
        latency: [[3 * tick, 0]],
        rows: rowsOf(rows.map(({ at, end }) => ({ at, doneAt: end * tick }))),
      },
      { nights: nights(0, 0, 30) },
    ),
  )

/** The same, of an exchange whose ids need not be there: a transfer that moves on meanwhile is shown with two statuses. */
const movingOnById = fc
  .array(fc.record({ at: ticks(9_900, 9_975), end: ticks(10_000, 10_012) }), { minLength: 1, maxLength: 3 })
  .map((rows) =>
    worldOf(
      {
        ...{ kind: 'transfers', bare: 'initial', cap: 10, ownIds: false, overlaps: true },
        latency: [[3 * tick, 0]],
        rows: rowsOf(rows.map(({ at, end }) => ({ at, doneAt: end * tick }))),
      },
      { nights: nights(0, 0, 30) },
    ),
  )

/** Transfers of an exchange that shows those under way where no status is named, and refuses to be asked for any, from the beginning or after a night. */
const refusedViews = fc
  .record({
    rows: fc.array(fc.record({ at: ticks(9_900, 9_975), end: ticks(9_976, 10_012) }), {
      minLength: 1,
      maxLength: 3,
    }),
    refusesViews: fc.constantFrom(0, start + 20 * tick),
  })
  .map(({ rows, refusesViews }) =>
    worldOf(
      {
        ...{ kind: 'transfers', bare: 'initial', refusesViews, cap: 10 },
        rows: rowsOf(rows.map(({ at, end }) => ({ at, doneAt: end * tick }))),
      },
      { nights: nights(0, 30) },
    ),
  )

export const situationsOfTransfers = {
  shiftingPages,
  overlappingPages,
  countedPages,
  movingOn,
  movingOnById,
  refusedViews,
}
