import fc from 'fast-check'
import { z } from 'zod'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import type { FailureKind } from '../../lambdas/domain/failure.ts'
import type { WindowStream } from '../../lambdas/domain/stream.ts'
import { counted, identityOf, type Transaction } from '../../lambdas/domain/transaction.ts'
import { modelDefinition, tick } from './model-exchange.ts'
import { modelTable, type Write } from './model-table.ts'
import { history, oneNight } from './one-night.ts'
import type { Engine } from './sync-engine.ts'

/** A fill as it happened: the better source tells its id, the reserve only its order and its time. */
type Fill = { readonly id: string; readonly time: number; readonly order: string; readonly late: number }

/** An exchange that serves one history twice: well for a short time, and worse for a longer one. */
export type RankWorld = {
  readonly fills: readonly Fill[]
  /** Milliseconds for which more than promised is served: the same for every question, since what it shows is evidence for a day. */
  readonly more: number
  readonly beyond: 'empty' | 'refused' | 'ignored' | 'clipped'
  readonly page: 'newest' | 'oldest'
  /** Milliseconds that an answer takes. */
  readonly latency: number
  readonly faults: readonly (FailureKind | undefined)[]
  /** `killed`: at this operation of the night. */
  readonly nights: readonly { readonly wait: number; readonly recheck: boolean; readonly killed?: number }[]
}

const start = 10_000 * tick
const settleLag = 20 * tick
const betterDepth = 700 * tick
const reserveDepth = 3_000 * tick
const pageCap = 5
const untilLeaseEnds = 2 * tick

const fill = z.object({ id: z.string().optional(), time: z.number(), order: z.string() })
const rate = { id: 'model', calls: 1, per: 1, scope: 'key' } as const

function source(which: 'better' | 'reserve'): WindowStream {
  const isBetter = which === 'better'
  const definition: WindowStream<z.output<typeof fill>> = {
    reads: 'windows',
    stream: 'futures-trade',
    title: isBetter ? 'Fills' : 'Older fills, without ids',
    mutable: false,
    partitions: [which],
    partitionOf: ({ tradeId }) => ((tradeId !== undefined) === isBetter ? which : undefined),
    maxSpan: 500 * tick,
    unit: tick,
    lowerEnd: 'inclusive',
    upperEnd: 'unknown',
    pageCap,
    depth: isBetter ? betterDepth : reserveDepth,
    opened: 0,
    settleLag,
    lookBack: 60 * tick,
    rate,
    ...(!isBetter && { reserveOf: 'better' }),
    splits: [{ filter: 'order', of: (row) => row.orderId, uncapped: true }],
    unverified: [],
    ask: ({ start: from, end, filters }) => ({
      access: 'private',
      method: 'GET',
      path: which,
      params: { from, end, ...filters },
      rate,
    }),
    rows: z.array(fill).transform((readable) => ({ readable, unreadable: [] })),
    normalise: (rows) => {
      const ordinals = counted(
        rows.map((row) => ({ alike: identityOf(row.order, String(row.time)), raw: JSON.stringify(row) })),
      )
      return rows.map(
        (row, index): Transaction => ({
          stream: 'futures-trade',
          time: row.time,
          identity: row.id ?? ordinals[index] ?? '',
          orderId: row.order,
          tradeId: row.id,
          raw: JSON.stringify(row),
        }),
      )
    },
  }
  return definition
}

const rankDefinition: ExchangeDefinition = {
  ...modelDefinition(),
  streams: [source('better'), source('reserve')],
}

const fills = fc
  .array(
    fc.record({
      at: fc.oneof(
        fc.integer({ min: 6_500, max: 10_050 }),
        fc.integer({ min: 9_200, max: 9_400 }),
        fc.integer({ min: 9_280, max: 9_320 }),
        fc.integer({ min: 9_900, max: 12_500 }),
        fc.integer({ min: 9_970, max: 10_040 }),
      ),
      order: fc.constantFrom('1', '2', '3'),
      late: fc.constantFrom(0, 0, 5 * tick, settleLag - tick),
      copies: fc.constantFrom(1, 1, 1, 2, 3, 6),
    }),
    { maxLength: 25 },
  )
  .map((list) =>
    list.flatMap(({ at, copies, ...rest }, index) =>
      Array.from({ length: copies }, (_, copy) => ({ ...rest, id: `${index}-${copy}`, time: at * tick })),
    ),
  )

export const rankWorld: fc.Arbitrary<RankWorld> = fc.record({
  fills,
  more: fc.constantFrom(0, 5 * tick, 40 * tick, 90 * tick, 300 * tick),
  beyond: fc.constantFrom('empty' as const, 'refused' as const, 'ignored' as const, 'clipped' as const),
  page: fc.constantFrom('newest' as const, 'oldest' as const),
  latency: fc.constantFrom(tick / 100, tick),
  faults: fc.oneof(
    fc.constant([]),
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.constant(undefined) },
        fc.constantFrom('exchange-down' as const, 'bad-payload' as const, 'aborted' as const),
      ),
      { maxLength: 13 },
    ),
  ),
  nights: fc.array(
    fc.record({
      wait: fc.constantFrom(0, 1, 10, 30, 100, 600, 720, 900, 2_000, 3_500),
      recheck: fc.boolean(),
      killed: fc.option(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 120 })), {
        nil: undefined,
      }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
})

/** Fills that the reserve cannot tell apart. */
function slotOf({ time, order }: { readonly time: number; readonly order: string }): string {
  return `${order} ${time}`
}

/** Lives through the nights of a world, killed or not, and lets everything heal. Throws when a fill is told twice or lost. */
export async function liveWithReserve(engine: Engine, world: RankWorld): Promise<void> {
  let clock = start
  let asked = 0
  const violations: string[] = []
  const slots = new Map<string, Fill[]>()
  for (const row of world.fills) slots.set(slotOf(row), [...(slots.get(slotOf(row)) ?? []), row])
  const table = modelTable(written)

  function storedIn(slot: string): number {
    return [...table.items(history)].filter(
      ([sort, item]) =>
        sort.startsWith('TX#') && slotOf({ time: Number(item.time), order: String(item.orderId) }) === slot,
    ).length
  }

  function written({ sort, after }: Write): void {
    if (after === undefined) return
    if (sort.startsWith('TX#')) {
      const slot = slotOf({ time: Number(after.time), order: String(after.orderId) })
      if (storedIn(slot) > (slots.get(slot)?.length ?? 0))
        violations.push(`uniqueness: ${slot} is stored ${storedIn(slot)} times`)
    }
    if (sort.startsWith('COVERAGE#')) {
      const { covered } = after as unknown as Coverage
      for (const [slot, rows] of slots) {
        const due = rows.filter(({ time }) => covered.some(({ from, to }) => time >= from && time < to))
        if (due.length > storedIn(slot))
          violations.push(`completeness: ${slot} is covered by ${sort} and not stored`)
      }
    }
  }

  function serve(path: string, params: Readonly<Record<string, string | number>>) {
    const horizon = clock - (path === 'better' ? betterDepth : reserveDepth) - world.more
    const [from, to] = [Number(params.from) * tick, Number(params.end) * tick]
    const isOld = params.order === undefined && from < horizon
    if (isOld && world.beyond === 'refused') return undefined
    if (isOld && world.beyond === 'empty') return []
    const isIgnored = isOld && world.beyond === 'ignored'
    const rows = world.fills
      .filter((row) => row.time >= horizon && row.time + row.late <= clock)
      .filter((row) =>
        params.order === undefined
          ? isIgnored || (row.time >= from && row.time < to + tick)
          : row.order === params.order,
      )
      .sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1))
    const shown =
      params.order !== undefined
        ? rows
        : world.page === 'newest' || isIgnored
          ? rows.slice(-pageCap)
          : rows.slice(0, pageCap)
    return shown.map(({ id, time, order }) => ({ ...(path === 'better' && { id }), time, order }))
  }

  async function sync(
    faults: readonly (FailureKind | undefined)[],
    night: Pick<RankWorld['nights'][number], 'killed' | 'recheck'>,
  ): Promise<void> {
    await oneNight(engine, table, rankDefinition, {
      ...night,
      clock: () => clock,
      answer: ({ path, params }) => {
        const fault = faults[asked % Math.max(1, faults.length)]
        clock += world.latency
        const rows = serve(path, params)
        asked += 1
        return fault ?? rows ?? 'out-of-range'
      },
    })
    const [first] = violations
    if (first !== undefined) throw new Error(`${first} (${violations.length} violations)`)
  }

  for (const { wait, ...night } of world.nights) {
    clock += wait * tick + untilLeaseEnds
    await sync(world.faults, night)
  }
  clock += untilLeaseEnds
  await sync([], { recheck: false })
  clock += untilLeaseEnds
  const begun = clock
  await sync([], { recheck: false })

  const coverages = [...table.items(history)]
    .filter(([sort]) => sort.startsWith('COVERAGE#'))
    .map(([, item]) => item as unknown as Coverage)
  for (const [slot, rows] of slots) {
    const [row] = rows
    // What still moves, or is about to expire, is not promised; nor is a moment too dense, or begun by one and taken from it.
    if (row === undefined || rows.some(({ time, late }) => time + late > begun - settleLag)) continue
    if (row.time < begun - reserveDepth + 70 * tick || world.beyond === 'clipped') continue
    const isDoubtful = coverages.some(({ unverified, lost }) =>
      [...unverified, ...lost].some(
        ({ from, to, reason }) =>
          (reason === 'indivisible' || reason === 'saturated') && row.time >= from && row.time < to,
      ),
    )
    if (storedIn(slot) < rows.length && !isDoubtful)
      throw new Error(`completeness: ${slot} is served, and stored ${storedIn(slot)} of ${rows.length} times`)
  }
}
