import { deepStrictEqual, ok } from 'node:assert'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { openFileStores } from '../../lambdas/adapters/statement-files.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import { day } from '../../lambdas/domain/window.ts'
import { openPreview } from '../../lambdas/statements/preview.ts'
import type { Outcome } from '../../lambdas/statements/read-statement.ts'
import type { Reading, StatementRow } from '../../lambdas/statements/row.ts'
import { addStatementFile, keepContent } from '../../lambdas/use-cases/add-statement-file.ts'
import { readStatementFile } from '../../lambdas/use-cases/read-statement-file.ts'
import { RefusedError } from '../../lambdas/use-cases/refusal.ts'
import { removeStatementFile } from '../../lambdas/use-cases/remove-statement-file.ts'
import {
  type StoreStatementFilePorts,
  storeStatementFile,
  takeBackStatementFile,
} from '../../lambdas/use-cases/store-statement-file.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { mergeAfterSync } from '../../lambdas/use-cases/write-merge.ts'
import {
  type ModelExchange,
  type ModelRow,
  modelClient,
  modelDefinition,
  modelStream,
  tick,
} from './model-exchange.ts'
import { modelHeart } from './model-heart.ts'
import { type ModelTable, modelTable, type Operation } from './model-table.ts'

/** Syncs, files that are stored and taken back, and deaths between them, in any order: the same history in the end. */

const start = 150 * day
const opened = start - 2_900 * tick
const connection: Connection = {
  id: 'c',
  user: 'u',
  exchange: 'model',
  subaccount: '',
  keyHint: '1234',
  status: 'connected',
  vaultRef: 'ref',
  createdAt: 0,
}
const owner = { user: connection.user, connection: connection.id }
const history = `USER#${owner.user}#CONNECTION#${owner.connection}`

const definition: ExchangeDefinition = {
  ...modelDefinition(),
  streams: [
    modelStream({ opened, stream: 'spot-trade', mutable: false, partitions: ['a'], depth: 3_000 * tick }),
  ],
}

/** What truly happened. The exchange shows what is young, and the rest of it later than the files. */
type Event = { readonly time: number; readonly amount: string; readonly late: number }

const event: fc.Arbitrary<Event> = fc.record({
  time: fc.oneof(
    fc.integer({ min: 1, max: 3_000 }).map((ticks) => start - ticks * tick),
    fc.integer({ min: 1, max: 140 }).map((days) => start - days * day),
  ),
  amount: fc.constantFrom('1', '2', '3'),
  late: fc.constantFrom(0, 0, 15 * tick),
})

/** Which events a file tells. Rows that nobody did stand in it, too. */
type File = { readonly window: readonly [number, number]; readonly surplus: number }

const file: fc.Arbitrary<File> = fc.record({
  window: fc
    .tuple(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 150 }))
    .map(([a, b]): [number, number] => [Math.min(a, b) * day, Math.max(a, b) * day + day]),
  surplus: fc.constantFrom(0, 0, 1),
})

const files = 3
type Deed = { readonly do: 'sync' } | { readonly do: FileDeed; readonly file: number }

type FileDeed = 'store' | 'take back' | 'remove'

/** The operation of this number among all, or among those that put an item whose key begins so; or the one that follows it. */
type Moment = number | { readonly puts: string; readonly nth: number; readonly isNext?: boolean }

/** While somebody stands still before an operation for so long that the lease is lost, somebody else does something. */
type Stall = { readonly at: Moment; readonly meanwhile: Deed }

type Step = Deed & { readonly killedAt?: Moment; readonly stall?: Stall }

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: fc.constant('sync' as const) }),
  fc.record({
    do: fc.constantFrom<FileDeed>('store', 'store', 'store', 'take back', 'take back', 'remove'),
    file: fc.integer({ min: 0, max: files - 1 }),
  }),
)

const killed = fc
  .tuple(deed, fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }))
  .map(([one, killedAt]): Step => ({ ...one, killedAt }))

const stalling = fc
  .tuple(deed, fc.record({ at: fc.integer({ min: 1, max: 40 }), meanwhile: deed }))
  .map(([one, stall]): Step => ({ ...one, stall }))

const grain: Reading['grain'] = {
  granularity: 'fill',
  unit: 1_000,
  fields: ['symbol', 'amount'],
  decimals: {},
}

function contentOf(events: readonly Event[], { window: [from, to], surplus }: File): string {
  const told = events.filter(({ time }) => time >= from && time < to)
  const invented = Array.from({ length: surplus }, () => ({ time: to - 1_000, amount: '9' }))
  const rows = [...told, ...invented].map(
    ({ time, amount }, index): StatementRow => ({
      line: index + 2,
      stream: 'spot-trade',
      wall: time,
      times: [time],
      symbol: 'X',
      amount,
      raw: `{"amount":"${amount}"}`,
    }),
  )
  return JSON.stringify(rows)
}

/** A file is its rows: how files are read is tried elsewhere. */
async function readStatement(_name: string, bytes: Uint8Array): Promise<Outcome> {
  const rows: readonly StatementRow[] = JSON.parse(new TextDecoder().decode(bytes))
  const preview = openPreview({ lostIds: [] })
  for (const row of rows) preview.see({ row })
  return {
    kind: 'read',
    tables: [
      {
        name: 'Model',
        format: 'model',
        clock: 'UTC',
        grain,
        preview: preview.result(),
        rows: async function* () {
          yield* rows
        },
      },
    ],
  }
}

function exchangeOf(events: readonly Event[]): ModelExchange {
  const rows = events.map(
    ({ time, amount, late }, index): ModelRow => ({
      id: `${index}`,
      time,
      late,
      symbol: 'X',
      order: `${index}`,
      partition: 'a',
      doneAt: 0,
      amount,
    }),
  )
  return {
    rows,
    page: 'newest',
    beyond: 'clipped',
    served: 3_000 * tick,
    maxSpan: 1_000 * tick,
    inclusive: false,
    faults: [],
    clock: start,
    asked: 0,
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

class Killed extends Error {}

type Home = {
  readonly table: ModelTable
  readonly objects: Map<string, Uint8Array>
  readonly exchange: ModelExchange
}

let ids = 0

type Fate = {
  readonly killedAt?: Moment
  readonly stall?: { readonly at: Moment; readonly until: (operation: Operation) => Promise<void> }
}

/** Tells at each operation whether a moment has come. */
function openMoments() {
  const puts: { readonly key: string; readonly at: number }[] = []
  let done = 0
  const isPast = ({ puts: start, nth, isNext = false }: Exclude<Moment, number>) => {
    const at = puts.filter(({ key }) => key.startsWith(start))[nth - 1]?.at
    return at !== undefined && done >= at + (isNext ? 1 : 0)
  }
  return {
    pass({ name, keys }: Operation): void {
      done += 1
      if (/Put|Update|BatchWrite/.test(name)) for (const key of keys) puts.push({ key, at: done })
    },
    has: (moment: Moment | undefined) =>
      moment !== undefined && (typeof moment === 'number' ? done >= moment : isPast(moment)),
  }
}

/** Whoever is killed at an operation does none that follows. */
function portsOf({ table, objects, exchange }: Home, { killedAt, stall: stalled }: Fate = {}) {
  const moments = openMoments()
  let isDead = false
  let stands = stalled
  const passing = async (operation: Operation) => {
    moments.pass(operation)
    isDead ||= moments.has(killedAt)
    if (isDead) throw new Killed()
    if (!moments.has(stands?.at)) return
    const { until } = stands ?? {}
    stands = undefined
    await until?.(operation)
  }
  ids += 1
  const holder = `holder ${ids}`
  const opened = table.open(`${ids}`, { before: passing })
  const ports: StoreStatementFilePorts & ReturnType<typeof openStores> = {
    ...openStores(opened),
    ...openFileStores(opened),
    exchanges: new Map([[connection.exchange, definition]]),
    clock: () => exchange.clock,
    newId: () => holder,
    digestOf: sha256,
    readStatement,
    statementObjects: {
      write: async (key, bytes) => {
        await passing({ name: 'PutObject', keys: [] })
        objects.set(key, bytes)
      },
      read: async (key) => objects.get(key),
      removeAll: async (prefix) => {
        await passing({ name: 'RemoveObjects', keys: [] })
        for (const key of [...objects.keys()]) if (key.startsWith(prefix)) objects.delete(key)
      },
    },
  }
  return ports
}

async function runSync(home: Home, ports: ReturnType<typeof portsOf>): Promise<void> {
  const found = await ports.connections.find(owner.user, owner.connection)
  if (found === undefined) throw new Error('The connection is gone.')
  const clock = () => home.exchange.clock
  await syncConnection(
    {
      ...ports,
      clock,
      sleep: modelHeart(clock).sleep,
      client: modelClient(home.exchange),
      markets: noMarkets,
      mergeFiles: (one, goOn) => mergeAfterSync(ports, one, goOn),
    },
    found,
    definition,
    { runId: `${clock()}`, holder: `sync ${ids}` },
  )
}

async function play(home: Home, contents: readonly string[], one: Step): Promise<void> {
  const { killedAt, stall } = one
  const lease = () => home.table.items(history).get('LEASE') ?? {}
  let isOvertaken = false
  const until = async ({ keys }: Operation) => {
    const before = lease()
    home.exchange.clock += 2 * tick
    if (stall !== undefined) await play(home, contents, stall.meanwhile)
    isOvertaken = before.holder === ports.newId() && before.epoch !== lease().epoch && !keys.includes('LEASE')
  }
  const ports = portsOf(home, { killedAt, ...(stall !== undefined && { stall: { at: stall.at, until } }) })
  try {
    if (one.do === 'sync') await runSync(home, ports)
    else {
      await bring(ports, contents[one.file] ?? '', one.do)
      // What is gone is gone, whoever else was at work.
      ok(!isOvertaken || one.do === 'remove', 'fence: who was overtaken believes to have done it alone')
    }
  } catch (error) {
    const isRefused = error instanceof RefusedError || error instanceof FailureError
    if (!isRefused && !(error instanceof Killed)) throw error
  }
  // The lease of whoever died runs out.
  home.exchange.clock += 2 * tick
}

async function bring(ports: ReturnType<typeof portsOf>, content: string, deed: FileDeed): Promise<void> {
  const bytes = new TextEncoder().encode(content)
  const { file } = await addStatementFile(ports, owner.user, owner.connection, {
    name: 'model.csv',
    bytes: bytes.length,
    sha256: sha256(bytes),
  })
  await keepContent(ports, owner.user, owner.connection, file.id, bytes)
  const request = { ...owner, file: file.id, settings: {} }
  if (deed === 'take back') await takeBackStatementFile(ports, request)
  else if (deed === 'remove') await removeStatementFile(ports, request)
  else {
    const read = await readStatementFile(ports, request)
    if (read.kind === 'read') await storeStatementFile(ports, { ...request, digest: read.plan.digest })
  }
}

function homeOf(events: readonly Event[]): Home {
  const table = modelTable(() => undefined)
  return { table, objects: new Map(), exchange: exchangeOf(events) }
}

async function begin(events: readonly Event[]): Promise<Home> {
  const home = homeOf(events)
  await portsOf(home).connections.swap(undefined, connection)
  return home
}

/** Everything of a history but for files as such and what passes. */
function storedIn({ table }: Home, kinds: readonly string[] = ['TX', 'ID']) {
  return [...table.items(history)].filter(([sort]) => kinds.includes(sort.split('#')[0] ?? '')).sort()
}

type World = {
  readonly events: readonly Event[]
  readonly files: readonly File[]
  readonly steps: readonly Step[]
  /** Whoever was cut off asks again, or leaves it to the next sync. */
  readonly asksAgain: boolean
}

const world: fc.Arbitrary<World> = fc.record({
  events: fc.array(event, { maxLength: 12 }),
  files: fc.array(file, { minLength: files, maxLength: files }),
  // What comes last, nobody mends but the next sync.
  steps: fc
    .tuple(fc.array(fc.oneof(killed, stalling), { maxLength: 6 }), fc.array(stalling, { maxLength: 2 }))
    .map((parts) => parts.flat()),
  asksAgain: fc.boolean(),
})

/** Files of two days, from which what the exchange shows is far. */
function situation(...steps: readonly Step[]): [World] {
  const on = (days: number): File => ({ window: [start - days * day, start - days * day + day], surplus: 0 })
  const events = [120, 120, 100].map((days): Event => ({ time: start - days * day, amount: '1', late: 0 }))
  return [{ events, files: [on(120), on(100), on(90)], steps, asksAgain: false }]
}

/** A file counts by the third time that its item is put. */
const counting = { puts: 'FILE#', nth: 3 }
const firstRows: Moment = { puts: 'TX#', nth: 1 }

/** What chance meets too rarely. */
const situations: [World][] = [
  // Somebody else merges after the merge was owed and before the file counts.
  situation({ do: 'store', file: 0, stall: { at: counting, meanwhile: { do: 'store', file: 1 } } }),
  // The same, nobody is left to notice, and the exchange has nothing new.
  situation(
    { do: 'sync' },
    {
      do: 'store',
      file: 0,
      stall: { at: counting, meanwhile: { do: 'store', file: 1 } },
      killedAt: { ...counting, isNext: true },
    },
  ),
  // What is taken back is written all the same by whoever stood still before it.
  situation(
    { do: 'store', file: 0 },
    { do: 'store', file: 1, stall: { at: firstRows, meanwhile: { do: 'take back', file: 1 } } },
  ),
  // A file that counts without its rows would be in the way of every merge.
  situation({ do: 'store', file: 0, stall: { at: counting, meanwhile: { do: 'remove', file: 0 } } }),
  // The last file goes while another comes.
  situation(
    { do: 'store', file: 0 },
    {
      do: 'take back',
      file: 0,
      stall: { at: { puts: 'CONNECTION#', nth: 2 }, meanwhile: { do: 'store', file: 1 } },
    },
  ),
]

/** Throws where files and syncs in any order do not give the history that those files give which count in the end. */
export async function filesGiveOneHistory(runs: fc.Parameters<unknown>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(world, async ({ events, files: told, steps, asksAgain }) => {
      const contents = told.map((one) => contentOf(events, one))
      const home = await begin(events)
      const wanted = new Map<number, boolean>()
      for (const one of steps) {
        await play(home, contents, one)
        if (one.do !== 'sync') wanted.set(one.file, one.do === 'store')
      }
      if (asksAgain)
        for (const [number, isStored] of wanted)
          await play(home, contents, { do: isStored ? 'store' : 'take back', file: number })
      home.exchange.clock += 20 * tick
      await play(home, contents, { do: 'sync' })

      const straight = await begin(events)
      straight.exchange.clock = home.exchange.clock
      const counted = (await portsOf(home).statementFiles.list(owner)).filter(
        ({ state }) => state === 'stored',
      )
      const ids = new Set(counted.map(({ sha256: sum }) => sum))
      const byApi = (one: Home) => storedIn(one).filter(([, item]) => item.source === undefined)
      const seen = byApi(home)
      // What a sync had before, one of today may not have any more: files are merged with what is there.
      for (const [sort, item] of storedIn(home, ['TX', 'ID', 'COVERAGE', 'SUMS', 'LEASE']))
        if (item.source === undefined) straight.table.damage(history, sort, item)
      for (const [file, content] of contents.entries())
        if (ids.has(sha256(new TextEncoder().encode(content))))
          await play(straight, contents, { do: 'store', file })
      deepStrictEqual(storedIn(home), storedIn(straight))

      // Taken back, nothing is left of them, and the exchange's rows and coverage never heard of them.
      const covered = storedIn(home, ['COVERAGE', 'SUMS'])
      for (const file of contents.keys()) await play(home, contents, { do: 'take back', file })
      deepStrictEqual(storedIn(home), seen)
      deepStrictEqual(storedIn(home, ['COVERAGE', 'SUMS']), covered)
    }),
    { ...runs, examples: situations },
  )
}
