import fc from 'fast-check'
import { z } from 'zod'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import type { FailureKind } from '../../lambdas/domain/failure.ts'
import type { WindowStream } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { subtract } from '../../lambdas/domain/window.ts'
import { modelDefinition, tick } from './model-exchange.ts'
import { modelTable, type Write } from './model-table.ts'
import { history, oneNight } from './one-night.ts'
import type { Engine } from './sync-engine.ts'

/** An order as it was made, and when it was filled: at most as often as an answer about it shows. */
type Order = { readonly id: string; readonly time: number; readonly fills: readonly number[] }

/** An exchange that lists orders by when they were made, and tells fills order by order. */
export type PartsWorld = {
  readonly orders: readonly Order[]
  /** What becomes of a list that begins before what is served. */
  readonly beyond: 'empty' | 'refused' | 'ignored' | 'clipped'
  readonly inclusive: boolean
  readonly faults: readonly (FailureKind | undefined)[]
  readonly nights: readonly { readonly wait: number; readonly killed?: number }[]
}

const start = 10_000 * tick
const settleLag = 20 * tick
const depth = 700 * tick
const served = 900 * tick
const listCap = 4
const pageCap = 3
const lookBack = 200 * tick

const rate = { id: 'model', calls: 1, per: 1, scope: 'key' } as const
const fill = z.object({ id: z.string(), time: z.number(), order: z.string() })

const byOrder: WindowStream<z.output<typeof fill>> = {
  reads: 'windows',
  stream: 'futures-trade',
  title: 'Fills by order',
  mutable: false,
  partitions: ['all'],
  maxSpan: 500 * tick,
  unit: tick,
  lowerEnd: 'inclusive',
  upperEnd: 'unknown',
  pageCap,
  depth,
  opened: 0,
  settleLag,
  lookBack,
  rate,
  splits: [],
  byParts: {
    filter: 'order',
    pageCap: listCap,
    ask: ({ start: from, end }) => ({
      access: 'private',
      method: 'GET',
      path: 'orders',
      params: { from, end },
      rate,
    }),
    values: z.array(z.object({ id: z.string() }).transform(({ id }) => id)),
  },
  unverified: [],
  ask: ({ filters }) => ({ access: 'private', method: 'GET', path: 'fills', params: { ...filters }, rate }),
  rows: z.array(fill).transform((readable) => ({ readable, unreadable: [] })),
  normalise: (rows) =>
    rows.map(
      (row): Transaction => ({
        stream: 'futures-trade',
        time: row.time,
        identity: row.id,
        orderId: row.order,
        raw: JSON.stringify(row),
      }),
    ),
}

const definition: ExchangeDefinition = { ...modelDefinition(), streams: [byOrder] }

const orders = fc
  .array(
    fc.record({
      at: fc.oneof(
        fc.integer({ min: 8_000, max: 10_050 }),
        fc.integer({ min: 9_700, max: 9_720 }),
        fc.integer({ min: 9_950, max: 11_000 }),
      ),
      fills: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 150 })), { maxLength: 3 }),
      copies: fc.constantFrom(1, 1, 1, 3, 5),
    }),
    { maxLength: 20 },
  )
  .map((list) =>
    list.flatMap(({ at, fills, copies }, index) =>
      Array.from({ length: copies }, (_, copy): Order => {
        return { id: `${index}-${copy}`, time: at * tick, fills: fills.map((after) => (at + after) * tick) }
      }),
    ),
  )

export const partsWorld: fc.Arbitrary<PartsWorld> = fc.record({
  orders,
  beyond: fc.constantFrom('empty' as const, 'refused' as const, 'ignored' as const, 'clipped' as const),
  inclusive: fc.boolean(),
  faults: fc.oneof(
    fc.constant([]),
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.constant(undefined) },
        fc.constantFrom('exchange-down' as const, 'bad-payload' as const, 'rejected' as const),
      ),
      { maxLength: 13 },
    ),
  ),
  nights: fc.array(
    fc.record({
      wait: fc.constantFrom(0, 1, 30, 100, 600),
      killed: fc.option(fc.integer({ min: 1, max: 80 }), { nil: undefined }),
    }),
    { maxLength: 4 },
  ),
})

/** Lives through the nights of a world and lets everything heal. Throws when more is claimed than anybody knows, or a fill is left. */
export async function liveByParts(engine: Engine, world: PartsWorld): Promise<void> {
  let clock = start
  let asked = 0
  const violations: string[] = []
  const fillsOf = ({ id, fills }: Order) =>
    fills.map((time, index) => ({ id: `${id}-${index}`, time, order: id }))
  const table = modelTable(({ sort, before, after }: Write) => {
    if (
      sort.startsWith('COVERAGE#') &&
      after !== undefined &&
      (after as unknown as Coverage).covered.length > 0
    )
      violations.push('claim: time is covered for which there is no question')
    if (sort.startsWith('TX#') && before !== undefined)
      violations.push(`quiescence: ${sort} is written again`)
  })

  function list({ from, end }: Readonly<Record<string, string | number>>) {
    const horizon = clock - served
    const [first, last] = [Number(from) * tick, Number(end) * tick]
    const isOld = first < horizon
    if (isOld && world.beyond === 'refused') return 'out-of-range'
    if (isOld && world.beyond === 'empty') return []
    const isIgnored = isOld && world.beyond === 'ignored'
    return world.orders
      .filter(({ time }) => time <= clock && time >= horizon)
      .filter(({ time }) => isIgnored || (time >= first && time < last + (world.inclusive ? tick : 0)))
      .sort((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1))
      .slice(0, listCap)
      .map(({ id }) => ({ id }))
  }

  async function sync(faults: readonly (FailureKind | undefined)[], killed?: number): Promise<unknown> {
    const failure = await oneNight(engine, table, definition, {
      clock: () => clock,
      ...(killed !== undefined && { killed }),
      answer: ({ path, params }) => {
        const fault = faults[asked % Math.max(1, faults.length)]
        asked += 1
        clock += tick / 100
        if (fault !== undefined) return fault
        if (path === 'orders') return list(params)
        return world.orders
          .filter(({ id }) => id === params.order)
          .flatMap(fillsOf)
          .filter(({ time }) => time <= clock)
          .slice(0, pageCap)
      },
    })
    const [first] = violations
    if (first !== undefined) throw new Error(`${first} (${violations.length} violations)`)
    return failure
  }

  for (const { wait, killed } of world.nights) {
    clock += wait * tick + 2 * tick
    await sync(world.faults, killed)
  }
  clock += 2 * tick
  const begun = clock
  if ((await sync([])) !== undefined) throw new Error('progress: a sync failed in which nothing went wrong')

  const items = [...table.items(history)]
  const stored = new Set(items.flatMap(([sort, item]) => (sort.startsWith('TX#') ? [item.identity] : [])))
  const coverages = items.flatMap(([sort, item]) =>
    sort.startsWith('COVERAGE#') ? [item as unknown as Coverage] : [],
  )
  const gaps = coverages.flatMap(({ lost }) => lost)
  const left = coverages.flatMap(({ unverified, lost }) =>
    subtract([{ from: 0, to: begun - settleLag - tick }], [...unverified, ...lost]),
  )
  if (left.length > 0) throw new Error(`progress: nothing is said of ${JSON.stringify(left)}`)
  for (const order of world.orders) {
    const { time } = order
    const fills = order.fills.filter((at) => at <= begun)
    if (time > begun - settleLag || time < begun - depth + 70 * tick) continue
    // An order with as many fills as an answer shows, or among as many as a list names, may hide some: that is told.
    const isTold = gaps.some(({ from, to }) => time >= from && time < to)
    const isCrowded =
      fills.length >= pageCap ||
      world.orders.filter((one) => Math.abs(one.time - time) <= tick).length >= listCap
    if (isCrowded && !isTold && fills.length >= pageCap)
      throw new Error(`honesty: order ${order.id} may have more fills than were shown, and nobody is told`)
    for (const { id, time: at } of fillsOf(order))
      if (at <= Math.min(begun, time + lookBack / 2) && !isCrowded && !stored.has(id))
        throw new Error(`completeness: fill ${id} of ${at}, of an order of ${time}, is not stored`)
  }
}
