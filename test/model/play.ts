import type { Connection } from '../../lambdas/domain/connection.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import { connection } from './engine.ts'
import { tooMuchSaid } from './honesty.ts'
import { type Account, watchInvariants } from './invariants.ts'
import {
  type ModelExchange,
  modelClient,
  modelDefinition,
  modelDepth,
  modelStream,
  tick,
} from './model-exchange.ts'
import { modelHeart } from './model-heart.ts'
import { type ModelTable, modelTable, type Operation } from './model-table.ts'
import { brokenPromises, momentOf } from './promises.ts'
import type { Engine } from './sync-engine.ts'
import { aWeek, type Damage, longNight, type Mishap, type World } from './world.ts'

/** More questions than any account of the model is worth: an engine that asks on is going round in circles. */
const mostQuestions = 3_000

/** How long a run may hang before its connection is another's. */
const leaseTime = 60_000
const untilLeaseEnds = leaseTime + tick

/**
 * Lives through the nights of a world with this engine, then lets everything heal. Throws as soon as an invariant
 * or a promise is broken; tells how many of the mishaps came to pass.
 */
export async function play(engine: Engine, world: World): Promise<number> {
  const accounts = world.accounts.map((exchange, index): Account => {
    const owner = { user: 'u1', connection: `c${index}` }
    const partition = `USER#${owner.user}#CONNECTION#${owner.connection}`
    return {
      owner,
      partition,
      exchange: { ...exchange, shown: new Map() },
      settleLag: modelStream().settleLag,
      depth: modelDepth,
    }
  })
  const watch = watchInvariants(accounts)
  const table = modelTable(watch.written)
  const home: Home = { engine, world, table, watch, runs: 0, writes: 0, operations: 0, mishaps: 0 }

  for (const { wait, damage, mishap } of world.nights) {
    for (const { exchange } of accounts) {
      exchange.clock += wait * tick + untilLeaseEnds
      if (world.shrinks && wait >= longNight) exchange.served = modelDepth
    }
    const [first] = accounts
    if (damage !== undefined && first !== undefined) damageStore(home, first, damage)
    await Promise.all(accounts.map((account, index) => sync(home, account, index === 0 ? mishap : undefined)))
    watch.check()
  }
  for (const [wait, recheck] of [
    [0, world.recheck],
    [world.after, false],
  ] as const) {
    for (const account of accounts) {
      const { exchange } = account
      exchange.clock += wait * tick + untilLeaseEnds
      const sound = { ...account, exchange: healed(exchange) }
      const before = momentOf(sound, table)
      const failure = await sync(
        { ...home, world: { ...world, unprocessed: [0], hiccups: [] }, recheck },
        sound,
      )
      exchange.clock = sound.exchange.clock
      watch.check()
      // A mutant with a slip of the pen in it must not pass for one that was caught.
      if (failure instanceof ReferenceError || failure instanceof TypeError) throw failure
      if (failure !== undefined)
        throw new Error('progress: a sync failed in which nothing went wrong', { cause: failure })
      const again = recheck || wait >= aWeek
      const [broken] = brokenPromises(sound, table, streamOf(world, exchange), before, again)
      if (broken !== undefined) throw new Error(broken)
    }
  }
  return home.mishaps
}

type Home = {
  readonly engine: Engine
  readonly world: World
  readonly table: ModelTable
  readonly watch: ReturnType<typeof watchInvariants>
  readonly recheck?: boolean
  runs: number
  writes: number
  operations: number
  mishaps: number
}

/** A row is lost, or says something else; coverage or the sums are lost, or say more than they did. */
function damageStore({ table, watch }: Home, { partition }: Account, { at, how }: Damage): void {
  const items = [...table.items(partition)].filter(([sort]) => /^(TX|COVERAGE|SUMS)#/.test(sort)).sort()
  const [sort, item] = items[at % Math.max(1, items.length)] ?? []
  if (sort === undefined || item === undefined) return
  // What is lost of a month into which a killed run was writing is nobody's to notice.
  const isTouched = items.some(([, { touched }]) => Array.isArray(touched) && touched.length > 0)
  if (how === 'gone' && sort.startsWith('TX#') && isTouched) return
  const altered = {
    ...item,
    ...('raw' in item && { raw: `${item.raw} ` }),
    ...('covered' in item && { covered: [{ from: 0, to: Number.MAX_SAFE_INTEGER }] }),
    ...('months' in item && { months: [] }),
  }
  table.damage(partition, sort, how === 'gone' ? undefined : altered)
  watch.damaged(partition, sort, how)
}

function healed(exchange: ModelExchange): ModelExchange {
  return { ...exchange, faults: [], strays: [], stale: [0], strangeUntil: 0 }
}

/** How the exchange of this world is asked. */
function definitionOf(world: World, exchange: ModelExchange): ExchangeDefinition {
  const stream = streamOf(world, exchange)
  return {
    ...modelDefinition(),
    streams: world.apart
      ? stream.partitions.map((partition) => ({ ...stream, partitions: [partition] }))
      : [stream],
  }
}

function streamOf({ ends, opened = 0, fills = false }: World, { inclusive, begins, precise }: ModelExchange) {
  const known = ends === 'known' && !precise
  return modelStream({
    ...(fills && { stream: 'spot-trade', mutable: false }),
    opened,
    upperEnd: !known ? 'unknown' : inclusive ? 'inclusive' : 'exclusive',
    lowerEnd: !known ? 'unknown' : begins === 'after' ? 'exclusive' : 'inclusive',
  })
}

/** One run. Returns why it failed, if it did; one that is killed never returns, and nobody waits for it. */
async function sync(home: Home, account: Account, mishap?: Mishap): Promise<unknown> {
  const { engine, world, table, watch } = home
  const { exchange, owner } = account
  home.runs += 1
  const writer = `run ${home.runs}`
  const stop = new AbortController()
  let dying: () => void = () => undefined
  const dead = new Promise<undefined>((resolve) => {
    dying = () => resolve(undefined)
  })
  const heart = modelHeart(() => exchange.clock)
  let killed = false
  let asked = 0
  let saves = 0
  let done = 0
  /** While something else happens to the connection, this run gets no answers. */
  let pause: Promise<unknown> = Promise.resolve()

  function befalls(kind: Mishap['kind'], now: number): boolean {
    const so = mishap?.kind === kind && mishap.at === now
    if (so) home.mishaps += 1
    return so
  }

  async function passing(): Promise<void> {
    done += 1
    if (befalls('killed', done)) {
      killed = true
      dying()
    }
    if (killed) await new Promise(() => undefined)
  }

  async function beforeAnswer(): Promise<void> {
    await passing()
    asked += 1
    if (asked > mostQuestions) throw new Error('progress: the run goes round in circles')
    if (befalls('aborted', asked)) stop.abort()
    if (stop.signal.aborted) throw new engine.FailureError({ kind: 'aborted' })
    if (befalls('overtaken', asked)) pause = quiet().then(overtake)
    if (befalls('joined', asked)) pause = quiet().then(join)
    if (befalls('removed', asked)) pause = quiet().then(remove)
    await pause
    if (heart.beat()) await quiet()
    // Only what hiccups or is pushed aside may ask without holding its lease.
    if (world.hiccups.length === 0 && (mishap === undefined || mishap.kind === 'joined') && !holdsLease())
      watch.violations.push(`fence: ${writer} is at work without lease`)
  }

  function holdsLease(): boolean {
    const lease = table.items(account.partition).get('LEASE')
    return lease?.holder === writer && Number(lease.expires) > ports.clock()
  }

  async function before({ keys }: Operation): Promise<void> {
    await passing()
    home.operations += 1
    const { hiccups } = world
    if (hiccups[home.operations % Math.max(1, hiccups.length)]) throw new Error('The store hiccups.')
    if (keys.some((key) => key.startsWith('COVERAGE#'))) {
      saves += 1
      if (befalls('held', saves)) {
        exchange.clock += untilLeaseEnds
        await sync(home, account)
      }
    }
  }

  /** Another worker takes the connection over and does all there is to do, while this run hangs. */
  async function overtake(): Promise<void> {
    exchange.clock += untilLeaseEnds
    watch.hangs(account, writer)
    await sync(home, account)
    exchange.clock += 30 * tick
  }

  /** Another worker comes while this run is at work. */
  async function join(): Promise<void> {
    const [held, before] = [holdsLease(), exchange.asked]
    await sync(home, account)
    if (held && exchange.asked > before) watch.violations.push('fence: two runs are at work at once')
  }

  async function remove(): Promise<void> {
    const opened = table.open('remover')
    await engine.leaseStore(opened).seize(owner, exchange.clock, tick)
    watch.hangs(account, writer)
    await engine.transactionStore(opened).removeAll(owner)
  }

  const opened = table.open(writer, {
    before,
    leave: () => {
      home.writes += 1
      return world.unprocessed[home.writes % world.unprocessed.length] ?? 0
    },
  })
  const client = modelClient(exchange, {
    beforeAnswer,
    Failure: engine.FailureError,
    timing: engine.believableTiming,
    timeOf: engine.exchangeTime,
  })
  const ports = {
    transactions: engine.transactionStore(opened),
    coverage: engine.coverageStore(opened),
    sums: engine.sumsStore(opened),
    verification: 'always' as const,
    lease: engine.leaseStore(opened),
    runs: { save: async () => undefined },
    clock: () => exchange.clock + (exchange.ahead ?? 0),
    sleep: heart.sleep,
    client,
    markets: noMarkets,
  }
  const of: Connection = { ...connection, id: owner.connection, user: owner.user }
  const definition = definitionOf(world, exchange)
  const run = engine
    .syncConnection(ports, of, definition, {
      runId: writer,
      holder: writer,
      signal: stop.signal,
      recheck: home.recheck,
    })
    .then((ended) => {
      watch.violations.push(...tooMuchSaid(ended, momentOf(account, table).coverages, world.opened ?? 0))
      return ended.streams.find(({ failure }) => failure !== undefined)?.failure
    })
    .catch((error: unknown) => error)
  const outcome = await Promise.race([run, dead])
  if (asked > mostQuestions) throw new Error('progress: the run goes round in circles')
  return outcome
}

/** Until what was under way in the store is done: all of it is in memory, so a few turns of the loop will do. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
