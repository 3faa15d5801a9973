import { deepStrictEqual } from 'node:assert'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { openFileStores } from '../../lambdas/adapters/statement-files.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import { day } from '../../lambdas/domain/window.ts'
import { openPreview } from '../../lambdas/statements/preview.ts'
import type { Outcome } from '../../lambdas/statements/read-statement.ts'
import type { Reading, StatementRow } from '../../lambdas/statements/row.ts'
import { addStatementFile, keepContent } from '../../lambdas/use-cases/add-statement-file.ts'
import { readStatementFile } from '../../lambdas/use-cases/read-statement-file.ts'
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
import { type ModelTable, modelTable } from './model-table.ts'

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
type Step =
  | { readonly do: 'sync'; readonly killedAt?: number }
  | { readonly do: 'store' | 'take back'; readonly file: number; readonly killedAt?: number }

const killedAt = fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined })

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('sync' as const), killedAt }),
  fc.record({
    do: fc.constantFrom('store' as const, 'store' as const, 'take back' as const),
    file: fc.integer({ min: 0, max: files - 1 }),
    killedAt,
  }),
)

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
  for (const row of rows) preview.see(row)
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

/** Whoever is killed at an operation does none that follows. */
function portsOf({ table, objects, exchange }: Home, killedAt?: number) {
  let done = 0
  const passing = async () => {
    done += 1
    if (killedAt !== undefined && done >= killedAt) throw new Killed()
  }
  ids += 1
  const opened = table.open(`${ids}`, { before: passing })
  const ports: StoreStatementFilePorts & ReturnType<typeof openStores> = {
    ...openStores(opened),
    ...openFileStores(opened),
    exchanges: new Map([[connection.exchange, definition]]),
    clock: () => exchange.clock,
    newId: () => `holder ${ids}`,
    digestOf: sha256,
    readStatement,
    statementObjects: {
      write: async (key, bytes) => {
        await passing()
        objects.set(key, bytes)
      },
      read: async (key) => objects.get(key),
      removeAll: async () => undefined,
    },
  }
  return ports
}

async function sync(home: Home, killedAt?: number): Promise<void> {
  const ports = portsOf(home, killedAt)
  try {
    await runSync(home, ports)
  } catch (error) {
    if (!(error instanceof Killed)) throw error
  }
  home.exchange.clock += 2 * tick
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

async function play(home: Home, content: string, one: Exclude<Step, { do: 'sync' }>): Promise<void> {
  const ports = portsOf(home, one.killedAt)
  const bytes = new TextEncoder().encode(content)
  try {
    const { file } = await addStatementFile(ports, owner.user, owner.connection, {
      name: 'model.csv',
      bytes: bytes.length,
      sha256: sha256(bytes),
    })
    await keepContent(ports, owner.user, owner.connection, file.id, bytes)
    const request = { ...owner, file: file.id, settings: {} }
    if (one.do === 'take back') await takeBackStatementFile(ports, request)
    else {
      const read = await readStatementFile(ports, request)
      if (read.kind === 'read') await storeStatementFile(ports, { ...request, digest: read.plan.digest })
    }
  } catch (error) {
    if (!(error instanceof Killed)) throw error
  }
  // The lease of whoever died runs out.
  home.exchange.clock += 2 * tick
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

const world = fc.record({
  events: fc.array(event, { maxLength: 12 }),
  files: fc.array(file, { minLength: files, maxLength: files }),
  steps: fc.array(step, { maxLength: 8 }),
})

/** Throws where files and syncs in any order do not give the history that those files give which count in the end. */
export async function filesGiveOneHistory(runs: fc.Parameters<unknown>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(world, async ({ events, files: told, steps }) => {
      const contents = told.map((one) => contentOf(events, one))
      const home = await begin(events)
      const wanted = new Map<number, boolean>()
      for (const one of steps) {
        if (one.do === 'sync') await sync(home, one.killedAt)
        else {
          await play(home, contents[one.file] ?? '', one)
          wanted.set(one.file, one.do === 'store')
        }
      }
      // Whoever was cut off asks again.
      for (const [number, isStored] of wanted)
        await play(home, contents[number] ?? '', { do: isStored ? 'store' : 'take back', file: number })
      home.exchange.clock += 20 * tick
      await sync(home)

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
      for (const content of contents)
        if (ids.has(sha256(new TextEncoder().encode(content))))
          await play(straight, content, { do: 'store', file: 0 })
      deepStrictEqual(storedIn(home), storedIn(straight))

      // Taken back, nothing is left of them, and the exchange's rows and coverage never heard of them.
      const covered = storedIn(home, ['COVERAGE', 'SUMS'])
      for (const content of contents) await play(home, content, { do: 'take back', file: 0 })
      deepStrictEqual(storedIn(home), seen)
      deepStrictEqual(storedIn(home, ['COVERAGE', 'SUMS']), covered)
    }),
    runs,
  )
}
