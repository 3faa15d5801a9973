import { type Coverage, frontier, gaps, isGone } from '../../lambdas/domain/coverage.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { type Market, noMarkets } from '../../lambdas/domain/stream.ts'
import { subtract } from '../../lambdas/domain/window.ts'
import { connection } from './engine.ts'
import {
  depth,
  heedsParts,
  isVisible,
  type ListExchange,
  type ListRow,
  lag,
  listClient,
  listStream,
} from './list-exchange.ts'
import { allNames, type ListNight, type ListWorld } from './list-world.ts'
import { modelDefinition, tick } from './model-exchange.ts'
import { modelHeart } from './model-heart.ts'
import { modelTable, type Write } from './model-table.ts'
import { watchOlderTime } from './older-time.ts'
import type { Engine } from './sync-engine.ts'
import { watchOrders } from './told-orders.ts'

const owner = { user: 'u1', connection: 'c0' }
const history = `USER#${owner.user}#CONNECTION#${owner.connection}`
const untilLeaseEnds = 60_000 + tick

/** More questions than any of these accounts is worth. */
const mostQuestions = 2_000
/** A night in which nothing is new asks for each partition and, of those with rows, a little more. */
const mostAtNight = 60
/** Rows of so many partitions of this world. */
const oneDay = 1_440

type Stored = Readonly<Record<string, unknown>>
type Look = {
  readonly time: number
  readonly amount: string
  readonly partition: string
  readonly isTimeless?: boolean
}

/** What a row is to whoever has no ids: rows alike are counted. */
function looks({ partition, time, amount, isTimeless = false }: Look): string {
  return `${partition} ${isTimeless ? undefined : time} ${amount}`
}

function lookOf({ raw }: Stored): string {
  return looks(JSON.parse(String(raw)))
}

function marketOf(symbol: string): Market {
  return { symbol, base: symbol, quote: 'USDT' }
}

/** What an item of coverage says: of one partition, or of many. */
function partsOf(item: Stored): readonly Coverage[] {
  if (!('groups' in item)) return [item as unknown as Coverage]
  const groups = item.groups as { readonly names: readonly string[]; readonly knowledge: Coverage }[]
  return groups.flatMap(({ names, knowledge }) => names.map((partition) => ({ ...knowledge, partition })))
}

/**
 * Lives through the nights of a world, then lets everything heal. Throws as soon as an invariant or a promise is broken; tells
 * how many of the mishaps came to pass.
 */
export async function liveWithLists(engine: Engine, world: ListWorld): Promise<number> {
  const exchange: ListExchange = { ...world.exchange }
  const definition = listStream(exchange, engine.counted)
  const violations: string[] = []
  const known = new Map<string, Coverage>()
  const rowsOf = new Map<string, ListRow[]>()
  const askedAt = new Map<string, number>()
  const table = modelTable(written)
  const older = watchOlderTime((violation) => violations.push(violation))
  let asking = exchange
  const orders = watchOrders(
    () => asking,
    () => {
      const counts = countStored()
      return (row) => counts.has(looks(row))
    },
  )
  const seen = { mishaps: 0, writes: 0, coverageWrites: 0, batches: 0, operations: 0, runs: 0 }
  for (const row of exchange.rows) rowsOf.set(looks(row), [...(rowsOf.get(looks(row)) ?? []), row])

  function storedRows(): readonly Stored[] {
    return [...table.items(history)].filter(([sort]) => sort.startsWith('TX#')).map(([, item]) => item)
  }

  function countStored(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const row of storedRows()) counts.set(lookOf(row), (counts.get(lookOf(row)) ?? 0) + 1)
    return counts
  }

  function written({ sort, before, after }: Write): void {
    if (after === undefined) return
    if (sort.startsWith('TX#')) {
      seen.writes += 1
      checkRow(sort, before, after)
    }
    if (sort.startsWith('COVERAGE#')) {
      seen.coverageWrites += 1
      for (const part of partsOf(after)) checkPart(part, 'groups' in after)
    }
  }

  function checkRow(sort: string, before: Stored | undefined, after: Stored): void {
    const stored = countStored().get(lookOf(after)) ?? 0
    // Where the night was killed in which it could be read, it is kept as it is shown now.
    const fading = exchange.rows.filter(
      (row) => row.timelessSince !== undefined && looks({ ...row, isTimeless: true }) === lookOf(after),
    )
    const there = (rowsOf.get(lookOf(after))?.length ?? 0) + fading.length
    if (stored > there) violations.push(`uniqueness: ${lookOf(after)} is stored ${stored} times of ${there}`)
    const isTaken = (rowsOf.get(lookOf(after)) ?? []).some(({ takenAt }) => takenAt !== undefined)
    if (world.isGentle && after.missingSince !== undefined && !isTaken)
      violations.push(`honesty: ${sort} is told to be missing while it is shown`)
    if (before !== undefined && before.status !== 'pending' && before.status !== after.status)
      violations.push(`newest: ${sort} went from ${before.status} to ${after.status}`)
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(after))
      violations.push(`quiescence: ${sort} was written again, unchanged`)
  }

  function checkPart(part: Coverage, isOnShelf: boolean): void {
    const before = known.get(part.partition)
    // Killed between two writes, a partition stands in both places, and its own item counts.
    if (isOnShelf && [...table.items(history).keys()].some((sort) => sort.endsWith(`#${part.partition}`)))
      return
    known.set(part.partition, part)
    const shrunk = before === undefined ? [] : subtract(before.covered, part.covered)
    if (shrunk.length > 0)
      violations.push(`progress: covered time of ${part.partition} shrank by ${JSON.stringify(shrunk)}`)
    violations.push(...unstored(part), ...orders.violations(part, asking.clock))
    const isDocumented = exchange.unasked !== undefined
    if (!isDocumented && part.lost.some(({ reason }) => reason === 'expired'))
      violations.push(
        `claim: ${part.partition} is said to have lost what no document says was served no more`,
      )
    if (before !== undefined && isGone(before) && isGone(part) && doubtedTo(part) > doubtedTo(before))
      violations.push(`claim: what nobody can tell of ${part.partition} grew after it had gone`)
    const asked = askedAt.get(part.partition) ?? 0
    if ((frontier(part) ?? Number.NEGATIVE_INFINITY) > asked - lag + tick)
      violations.push(`claim: ${part.partition} is covered beyond ${asked}, when it was asked for last`)
  }

  function doubtedTo({ unverified }: Coverage): number {
    return unverified.at(-1)?.to ?? 0
  }

  function unstored({ partition, covered }: Coverage): readonly string[] {
    const counts = countStored()
    return [...rowsOf].flatMap(([look, rows]) => {
      const lie = rows.find(
        ({ isTimeless, partition: of, time }) =>
          isTimeless && of === partition && covered.some(({ from, to }) => time >= from && time < to),
      )
      if (lie !== undefined) return [`honesty: ${lie.time} is covered, although a row of it cannot be read`]
      const due = rows.filter(
        (row) =>
          row.partition === partition &&
          row.late < lag &&
          row.takenAt === undefined &&
          covered.some(({ from, to }) => row.time >= from && row.time < to),
      )
      return due.length > (counts.get(look) ?? 0)
        ? [`completeness: ${look} is covered ${due.length} times, and stored ${counts.get(look) ?? 0}`]
        : []
    })
  }

  /** Whether rows of it are known to be stored that the exchange has promised to serve for a good while yet. */
  function isRemembered(partition: string): boolean {
    if (known.get(partition)?.oldest === undefined) return false
    return storedRows().some(
      ({ account, time, status }) =>
        account === partition && status !== 'pending' && Number(time) > exchange.clock - depth + 200 * tick,
    )
  }

  async function sync(of: ListExchange, night: Omit<ListNight, 'wait'>, isCalm = false) {
    const { mishap, listed } = night
    seen.runs += 1
    const writer = `run ${String(seen.runs).padStart(3, '0')}`
    const stop = new AbortController()
    let dying: () => void = () => undefined
    const dead = new Promise<undefined>((resolve) => {
      dying = () => resolve(undefined)
    })
    let [killed, done, asked] = [false, 0, 0]
    const heart = modelHeart(() => of.clock)

    async function passing(): Promise<void> {
      done += 1
      if (mishap?.kind === 'killed' && mishap.at === done) {
        killed = true
        seen.mishaps += 1
        dying()
      }
      if (killed) await new Promise(() => undefined)
    }
    async function beforeAnswer(): Promise<void> {
      await passing()
      asked += 1
      if (asked > mostQuestions) throw new Error('progress: the run goes round in circles')
      if (mishap?.kind === 'aborted' && mishap.at === asked) {
        seen.mishaps += 1
        stop.abort()
      }
      if (stop.signal.aborted) throw new engine.FailureError({ kind: 'aborted' })
      heart.beat()
    }
    async function before(): Promise<void> {
      await passing()
      seen.operations += 1
      if (!isCalm && world.hiccups[seen.operations % Math.max(1, world.hiccups.length)])
        throw new Error('The store hiccups.')
    }
    asking = of
    older.beginRun(known)
    orders.beginRun(known)
    const opened = table.open(writer, {
      before,
      leave: () => {
        seen.batches += 1
        return isCalm ? 0 : (world.unprocessed[seen.batches % world.unprocessed.length] ?? 0)
      },
    })
    const client = listClient(of, {
      beforeAnswer,
      mayLie: (name) => !isCalm && isRemembered(name),
      onAsked: (name, at, request) => {
        if (request.path === 'orders') return orders.noteOrders(name)
        if (request.params.from !== undefined) return older.note(name, at, request)
        askedAt.set(name, at)
        orders.noteList(name, at)
      },
      Failure: engine.FailureError,
      timing: engine.believableTiming,
    })
    const exchangeOf: ExchangeDefinition = { ...modelDefinition(), streams: [definition] }
    const run = engine
      .syncConnection(
        {
          transactions: engine.transactionStore(opened),
          coverage: engine.coverageStore(opened),
          sums: engine.sumsStore(opened),
          verification: 'always',
          lease: engine.leaseStore(opened),
          runs: { save: async () => undefined },
          clock: () => of.clock + of.ahead,
          sleep: heart.sleep,
          client,
          markets: { ...noMarkets, spot: new Map(listed.map((symbol) => [symbol, marketOf(symbol)])) },
        },
        { ...connection, id: owner.connection, user: owner.user, symbols: world.hinted },
        exchangeOf,
        { runId: writer, holder: writer, signal: stop.signal },
      )
      .then(({ streams }) => streams.find(({ failure }) => failure !== undefined)?.failure)
      .catch((error: unknown) => error)
    const failure = await Promise.race([run, dead])
    if (asked > mostQuestions) throw new Error('progress: the run goes round in circles')
    if (stop.signal.aborted) older.stopRun()
    if (failure instanceof ReferenceError || failure instanceof TypeError) throw failure
    const [first] = violations
    if (first !== undefined) throw new Error(`${first} (${violations.length} violations)`)
    return { failure, asked }
  }

  let listed: readonly string[] = allNames
  for (const night of world.nights) {
    exchange.clock += night.wait * tick + untilLeaseEnds
    if (world.shrinks && night.wait >= 3_000 && exchange.order !== 'oldest') exchange.served = depth
    listed = night.listed
    const mishaps = seen.mishaps
    const { failure } = await sync(exchange, night)
    if (world.isGentle && failure !== undefined && night.mishap === undefined)
      throw new Error('progress: a night failed in which one row was odd', { cause: failure })
    const isKilled = night.mishap?.kind === 'killed' && seen.mishaps > mishaps
    if (isKilled || world.hiccups.length > 0) continue
    for (const name of listed)
      if (!known.has(name)) throw new Error(`progress: nobody knows that ${name} was not asked for`)
  }

  // Healed: days, in which everybody's turn comes.
  const sound: ListExchange = { ...exchange, faults: [] }
  for (let night = 0; night < 4; night += 1) {
    sound.clock += oneDay * tick + untilLeaseEnds
    const { failure } = await sync(sound, { listed }, true)
    if (failure !== undefined && failure !== 'bad-payload')
      throw new Error('progress: a sync failed in which nothing went wrong', { cause: failure })
  }
  for (const name of new Set([...listed, ...world.hinted])) promise(name)
  await beQuiet()
  return seen.mishaps

  /** Nothing appears or changes any more: what is left is read, and then a night writes no row, and asks little. */
  async function beQuiet(): Promise<void> {
    const there = sound.rows.filter((row) => isVisible(sound, row))
    const quiet: ListExchange = {
      ...sound,
      served: Number.POSITIVE_INFINITY,
      rows: there.map((row) => ({
        ...row,
        doneAt: row.doneAt <= sound.clock ? row.doneAt : Number.POSITIVE_INFINITY,
      })),
    }
    for (const [look, rows] of rowsOf)
      rowsOf.set(
        look,
        rows.filter(({ id }) => there.some((row) => row.id === id)),
      )
    for (let night = 0; night < 2; night += 1) {
      quiet.clock += oneDay * tick
      await sync(quiet, { listed }, true)
    }
    const before = seen.writes
    const { asked } = await sync(quiet, { listed }, true)
    if (asked > mostAtNight) throw new Error(`progress: a night without news took ${asked} questions`)
    if (seen.writes !== before) throw new Error('quiescence: a night without news wrote rows')
  }

  /** What can be had must be had. */
  function promise(name: string): void {
    // What is done is shown by no question that is answered: nothing of it is promised, but that no time of it is called known.
    if (exchange.gone[name] !== undefined || exchange.refusesViews !== undefined) return
    const part = known.get(name)
    if (part?.asked === undefined) throw new Error(`progress: ${name} was never asked for`)
    const mine = sound.rows.filter((row) => row.partition === name)
    const shown = mine.filter((row) => isVisible(sound, row))
    if (!isSane(mine, shown)) return
    const newest = [...shown].sort((a, b) => b.time - a.time).slice(0, exchange.cap)
    const oldest = newest.reduce((least, { time }) => Math.min(least, time), Number.POSITIVE_INFINITY)
    const unitOf = (time: number) => Math.floor(time / tick)
    const isCrowded = newest.length > 0 && newest.every(({ time }) => unitOf(time) === unitOf(oldest))
    const isCut = exchange.kind === 'fills' && shown.length >= exchange.cap
    const from = isCut && !hasWayBack(mine) ? oldest + tick : 0
    const asked = part.asked - lag
    const counts = countStored()
    for (const row of shown) {
      if (!isReached(row)) continue
      if (
        row.timelessSince !== undefined ||
        row.time < from ||
        row.time + row.late > asked ||
        row.time > asked - tick
      )
        continue
      const alike = (rowsOf.get(looks(row)) ?? []).filter(
        (other) => other.time + other.late <= asked && isVisible(sound, other),
      ).length
      // Two pages of rows that nobody can tell apart look like one page that is not turned.
      if (!exchange.ownIds && alike > exchange.cap) continue
      if (alike > (counts.get(looks(row)) ?? 0))
        throw new Error(`completeness: ${looks(row)} could be had, and is not stored`)
    }
    const outdated = storedRows().find(
      (row) =>
        row.account === name &&
        row.status === 'pending' &&
        (rowsOf.get(lookOf(row)) ?? []).every((one) => one.doneAt < asked && isVisible(sound, one)),
    )
    if (outdated !== undefined) throw new Error(`progress: ${outdated.SK} is still pending`)
    if (isCrowded) return
    const open = gaps(part, 0).filter(({ reason }) => reason === 'failed')
    if (open.length > 0) throw new Error(`progress: ${name} lacks ${JSON.stringify(open)} for ever`)
    // That nothing comes of a name that is not listed is no sign of anything.
    if (shown.length === 0 && !listed.includes(name)) return
    // A row that does not say when cannot show that a page, or half of it, holds the youngest.
    if (exchange.kind === 'fills' && newest.some(({ isTimeless }) => isTimeless)) return
    if ((frontier(part) ?? 0) < sound.clock - 4 * oneDay * tick)
      throw new Error(`progress: ${name} is known up to ${frontier(part)} only, at ${sound.clock}`)
  }

  /** Whether a row is on its list, or can be had by asking for its time: in the first run in parts, and later at once. */
  function isReached({ time, late }: ListRow): boolean {
    const { unasked, archiveFrom = Number.POSITIVE_INFINITY } = exchange
    if (unasked === undefined || time >= sound.clock - unasked) return true
    return (heedsParts(exchange) && late === 0) || sound.clock > archiveFrom + 9 * oneDay * tick
  }

  /** Whether there is a way to what is older than a full page, and nothing ever stood in it. */
  function hasWayBack(mine: readonly ListRow[]): boolean {
    const { until, fromId } = exchange
    const isWay =
      ['heeded', 'exclusive'].includes(until) ||
      (['ignored', 'empty', 'shifted'].includes(until) && ['heeded', 'exclusive', 'trade'].includes(fromId))
    const isCalm =
      [exchange.faults, exchange.latency, world.hiccups].every((all) => all.length === 0) &&
      world.unprocessed.every((left) => left === 0) &&
      world.nights.every(({ mishap }) => mishap === undefined)
    const isPlain = mine.every(
      ({ id, time, late }, index) =>
        late === 0 && id > (mine[index - 1]?.id ?? 0) && time - (mine[index - 1]?.time ?? 0) >= tick,
    )
    return (
      isWay &&
      isCalm &&
      isPlain &&
      exchange.archiveFrom === undefined &&
      exchange.served === Number.POSITIVE_INFINITY
    )
  }

  /** Of two rows on pages that overlap, the second page shows both again: as if pages were not turned. */
  function isShownAgain(shown: readonly ListRow[]): boolean {
    const done = shown.filter(({ doneAt }) => doneAt <= sound.clock)
    return exchange.overlaps === true && [shown, done].some(({ length }) => length === 2)
  }

  /** Whether the exchange shows what there is of a partition, and does not change it faster than it can be read. */
  function isSane(mine: readonly ListRow[], shown: readonly ListRow[]): boolean {
    if (exchange.mixes && exchange.rows.some(({ partition }) => partition !== mine[0]?.partition))
      return false
    const isRestless =
      exchange.kind !== 'fills' && mine.length >= 4 && exchange.latency.some(([there]) => there >= tick)
    // A page that could not be proved is gone, and has not been asked for since.
    const hasVanished = mine.some(
      (row) =>
        row.takenAt === undefined &&
        !isVisible(sound, row) &&
        row.time + row.late <= sound.clock &&
        row.time >= sound.clock - sound.served - 3 * oneDay * tick,
    )
    const isShown =
      exchange.kind === 'fills'
        ? exchange.order === 'newest' && (exchange.heedsLimit || shown.length < 2)
        : (exchange.turnsPages && !exchange.countsPages && !isShownAgain(shown)) || shown.length < 2
    return isShown && !isRestless && !hasVanished
  }
}
