import fc from 'fast-check'
import { hash } from '../../lambdas/adapters/identity.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Table } from '../../lambdas/adapters/table.ts'
import { secretsManagerStorage, vault } from '../../lambdas/adapters/vault.ts'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { Connection, Credentials } from '../../lambdas/domain/connection.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import type { SyncMessage } from '../../lambdas/domain/sync-message.ts'
import { hour, minute } from '../../lambdas/domain/window.ts'
import { keyChecker } from '../../lambdas/use-cases/check-key.ts'
import { connect, connectionId } from '../../lambdas/use-cases/connect.ts'
import { continueSync } from '../../lambdas/use-cases/continue-sync.ts'
import { disconnect } from '../../lambdas/use-cases/disconnect.ts'
import { enqueueSync } from '../../lambdas/use-cases/enqueue-sync.ts'
import { listTransactions } from '../../lambdas/use-cases/list-transactions.ts'
import { planSyncs } from '../../lambdas/use-cases/plan-syncs.ts'
import { RefusedError } from '../../lambdas/use-cases/refusal.ts'
import { replaceCredentials } from '../../lambdas/use-cases/replace-credentials.ts'
import { requestSync } from '../../lambdas/use-cases/start-sync.ts'
import { stopSync } from '../../lambdas/use-cases/stop-sync.ts'
import { submit } from '../../lambdas/use-cases/submission.ts'
import { sweep } from '../../lambdas/use-cases/sweep.ts'
import { canaryWatch } from './canaries.ts'
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
import { modelTable, type Write } from './model-table.ts'
import { modelVault } from './model-vault.ts'
import { brokenPromises, momentOf } from './promises.ts'
import { account, start } from './world.ts'

const people = ['ada', 'eve'] as const
type Person = (typeof people)[number]

/** Two keys of each account, which anybody may have. */
const keys = [0, 1, 2, 3] as const
type Key = (typeof keys)[number]

const typed = keys.map((key) => ({
  apiKey: `CANARY-ACCESS-KEY-${key}-0123456789`,
  secret: `CANARY-SECRET-${key}-0123456789`,
  passphrase: `CANARY MEMO ${key} "0123456789"`,
}))

/** What a person, the planner, a worker or the sweeper does. */
export type Deed =
  | { readonly kind: 'connect' | 'replace'; readonly who: Person; readonly key: Key }
  | {
      readonly kind: 'disconnect'
      readonly who: Person
      readonly key: Key
      readonly history: 'keep' | 'delete'
    }
  | { readonly kind: 'sync' | 'look'; readonly who: Person }
  | { readonly kind: 'revoke' | 'restore'; readonly key: Key }
  | { readonly kind: 'work'; readonly messages: number; readonly twice: boolean; readonly questions: number }
  | { readonly kind: 'wait'; readonly ticks: number }
  | { readonly kind: 'plan' | 'sweep' }

/** `killed`: its process ends at this operation. `broken`: the operation fails, `late` after it was done. */
export const mischiefs = ['killed', 'broken', 'broken late'] as const

export type Mischief = { readonly kind: (typeof mischiefs)[number]; readonly at: number }

export type Step = {
  readonly deed: Deed
  readonly mischief?: Mischief
  /** At the same time as the step before. */
  readonly together: boolean
}

export type Life = {
  readonly accounts: readonly [ModelExchange, ModelExchange]
  readonly steps: readonly Step[]
  /** For each operation in turn: how long it takes, in turns of the loop, while something else goes on. */
  readonly delays: readonly number[]
}

const who = fc.constantFrom(...people)
const key = fc.constantFrom(...keys)

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('connect' as const, 'replace' as const), who, key }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('disconnect' as const),
      who,
      key,
      history: fc.constantFrom('keep' as const, 'delete' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('sync' as const, 'look' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('revoke' as const, 'restore' as const), key }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('work' as const),
      messages: fc.integer({ min: 1, max: 4 }),
      twice: fc.boolean(),
      questions: fc.constantFrom(3, 20, 1_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ticks: fc.constantFrom(1, 30, 100, 1_440) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('plan' as const, 'sweep' as const) }) },
)

const mischief: fc.Arbitrary<Mischief> = fc.record({
  kind: fc.constantFrom(...mischiefs),
  at: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 60 })),
})

const step: fc.Arbitrary<Step> = fc.record({
  deed,
  mischief: fc.option(mischief, { nil: undefined, freq: 2 }),
  together: fc.boolean(),
})

/** All that will ever be in it is served by the time at which everything heals: then nothing more is to be stored. */
const calmAccount = (letter: string) =>
  account(letter, 12).map(
    (one): ModelExchange => ({
      ...one,
      rows: one.rows.filter(({ time }) => time <= start),
      ahead: 0,
      faults: [],
      stale: [0],
      latency: [],
    }),
  )

export const life: fc.Arbitrary<Life> = fc.record({
  accounts: fc.tuple(calmAccount('m'), calmAccount('n')),
  steps: fc.array(step, { maxLength: 14 }),
  delays: fc.array(fc.nat({ max: 2 }), { maxLength: 7 }),
})

/** A little beyond what is served: older time costs questions and teaches nothing new. */
const opened = start - modelDepth - 500 * tick

const definition: ExchangeDefinition = {
  ...modelDefinition({ opened }),
  probe: 'withdrawal',
  accountMarks: ['withdrawal'],
  powerProbes: [],
}
const exchanges = new Map([[definition.id, definition]])

/** A message in the queue, how often it was delivered, and from when on it is. */
type Delivery = { readonly text: string; readonly times: number; readonly due: number }

const mostDeliveries = 3
const longestDelay = 15 * minute

/**
 * Lives through all steps, lets everything heal, and throws as soon as somebody's history holds what is not theirs, a
 * secret is seen anywhere but in the vault and in the client of the exchange, something is left behind, or a promise
 * of the sync is broken. Tells how much of the mischief came to pass.
 */
export async function live({ accounts, steps, delays }: Life): Promise<number> {
  const clock = { now: start }
  const violations: string[] = []
  const canaryIn = canaryWatch(typed.flatMap((one) => Object.values(one)))
  const secrets = modelVault()
  const queue: Delivery[] = []
  const revoked = new Set<Key>()
  const actors = new Map<string, Person | 'anybody'>()
  let processes = 0
  let operations = 0
  let transactionWrites = 0
  let struck = 0

  const worlds = accounts.map((one) => sharingClock(one, clock))
  const owned = people.flatMap((user) => keys.map((one) => accountOf(user, one)))
  const byPartition = new Map(owned.map((one) => [one.partition, one]))
  const watch = watchInvariants(owned)
  const table = modelTable(written)

  function accountOf(user: Person, one: Key): Account {
    const connection = connectionId(hash, user, definition.id, hash(typed[one]?.apiKey ?? ''), '')
    return {
      owner: { user, connection },
      partition: `USER#${user}#CONNECTION#${connection}`,
      exchange: worldOf(one),
      settleLag: modelStream().settleLag,
    }
  }

  function worldOf(one: Key): ModelExchange {
    const found = worlds[Math.floor(one / 2)]
    if (found === undefined) throw new Error('There are two accounts.')
    return found
  }

  function see(where: string, what: unknown): void {
    const secret = canaryIn(what)
    if (secret !== undefined) violations.push(`custody: ${secret} is seen in ${where}`)
  }

  /** Everybody writes into what is their own only; the planner and the sweeper are nobody, and look after all. */
  function written(write: Write): void {
    const { partition, sort, after } = write
    see(`${partition} ${sort}`, JSON.stringify([partition, sort, after]))
    const actor = actors.get(write.writer)
    const owner = byPartition.get(partition)?.owner.user ?? /^USER#(\w+)$/.exec(partition)?.[1]
    const whose = owner ?? (partition === 'INTENT' ? (after?.user ?? actor) : actor)
    if (actor !== 'anybody' && whose !== actor)
      violations.push(`isolation: ${actor} writes ${partition} ${sort}`)
    if (byPartition.has(partition) && !isForgotten(write)) watch.written(write)
    if (sort.startsWith('TX#') && after !== undefined) transactionWrites += 1
  }

  /** Coverage of a run that was overtaken by the removal of its history: nobody reads it, and it is swept. */
  function isForgotten({ partition, sort, after }: Write): boolean {
    if (!sort.startsWith('COVERAGE#') || after === undefined) return false
    const lease = table.items(partition).get('LEASE')
    return lease === undefined || Number(after.epoch) <= Number(lease.since)
  }

  /** A process of its own: all it does outside itself counts, and it may end at any of it. */
  function begin(actor: Person | 'anybody', trouble: Mischief | undefined, alone: boolean) {
    processes += 1
    const writer = `process ${processes}`
    actors.set(writer, actor)
    const heart = modelHeart(() => clock.now)
    let done = 0
    let dead = false
    let dying: () => void = () => undefined
    const death = new Promise<'killed'>((resolve) => {
      dying = () => resolve('killed')
    })

    async function around<T>(does: () => T | Promise<T>, broken = () => new Error('It broke.')): Promise<T> {
      done += 1
      operations += 1
      const here = trouble?.at === done ? trouble.kind : undefined
      if (here !== undefined) struck += 1
      const turns = alone ? 0 : (delays[operations % Math.max(1, delays.length)] ?? 0)
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      if (here === 'killed') {
        dead = true
        dying()
      }
      if (dead) await new Promise(() => undefined)
      if (here === 'broken') throw broken()
      const result = await does()
      if (here === 'broken late') throw broken()
      if (dead) await new Promise(() => undefined)
      return result
    }

    const opened = table.open(writer)
    const guarded: Table = { ...opened, client: aroundEach(opened.client, around) }
    const stores = openStores(guarded)
    const storage = secretsManagerStorage(secrets.open(around), { prefix: 'keys/' })

    function openClient(_exchange: ExchangeDefinition, credentials: Credentials): ExchangeClient {
      const one = keys.find((candidate) => opens(candidate, credentials))
      const client = modelClient(worldOf(one ?? 0), {
        beforeAnswer: async () => {
          await around(() => undefined)
          if (heart.beat()) await new Promise((resolve) => setImmediate(resolve))
        },
      })
      return {
        ...client,
        ask: async (request, schema, options) => {
          if (options?.signal?.aborted) throw new FailureError({ kind: 'aborted' })
          const answer = await client.ask(request, schema, options)
          if (options?.signal?.aborted) throw new FailureError({ kind: 'aborted' })
          if (one === undefined || revoked.has(one)) throw new FailureError({ kind: 'unauthorized' })
          return answer
        },
      }
    }

    const base = {
      ...stores,
      exchanges,
      hash,
      clock: () => clock.now,
      sleep: heart.sleep,
      random: () => 0.5,
      newId: () => `id-${++processes}-${operations}`,
      newRunId: (now: number) => `${now}-${++processes}`,
      newHolder: () => writer,
      vault: vault(storage),
      queue: { send: (message: SyncMessage, delay?: number) => around(() => send(message, delay)) },
      syncCoolDown: 0,
    }
    const ports = {
      ...base,
      enqueue: (connection: Connection, run: Parameters<typeof enqueueSync>[2]) =>
        enqueueSync(base, connection, run),
      stopSync: (connection: Connection) => stopSync(base, connection),
      checkKey: keyChecker({ ...base, openClient }),
      openClient,
    }
    return { ports, death, dead: () => dead }
  }

  function send(message: SyncMessage, delay = 0): void {
    const text = JSON.stringify(message)
    see('the queue', text)
    queue.push({ text, times: 0, due: clock.now + Math.min(delay, longestDelay) })
  }

  type Process = ReturnType<typeof begin>
  type Ports = Process['ports']

  async function myConnection({ connections }: Ports, user: Person, one: Key) {
    const ids = [one, one ^ 1].map((twin) => accountOf(user, keys[twin] ?? one).owner.connection)
    const known = await connections.list(user)
    return ids
      .map((id) => known.find((connection) => connection.id === id))
      .find((found) => found !== undefined)
  }

  async function perform(does: Deed, trouble: Mischief | undefined, alone: boolean): Promise<void> {
    switch (does.kind) {
      case 'wait':
        clock.now += does.ticks * tick
        return
      case 'revoke':
        revoked.add(does.key)
        return
      case 'restore':
        revoked.delete(does.key)
        return
      case 'work':
        for (let message = 0; message < does.messages; message += 1) await work(does, trouble, alone)
        return
      case 'plan':
        return attempt('anybody', trouble, alone, async (ports) => {
          const all = {
            ...ports,
            queue: {
              sendAll: async (messages: readonly SyncMessage[]) => {
                for (const message of messages) await ports.queue.send(message)
                return []
              },
            },
          }
          await planSyncs(all, new AbortController().signal)
        })
      case 'sweep':
        return attempt('anybody', trouble, alone, async (ports) => {
          await sweep(ports)
        })
      default:
        return attempt(does.who, trouble, alone, (ports) => request(ports, does))
    }
  }

  async function request(ports: Ports, does: Extract<Deed, { who: Person }>): Promise<void> {
    const { who: user } = does
    switch (does.kind) {
      case 'connect':
        see('an answer', await connect(ports, { user, ...submitted(does.key) }))
        return
      case 'replace': {
        const mine = await myConnection(ports, user, does.key)
        if (mine === undefined) return
        see('an answer', await replaceCredentials(ports, { user, id: mine.id, ...submitted(does.key) }))
        return
      }
      case 'disconnect': {
        const mine = await myConnection(ports, user, does.key)
        if (mine !== undefined) await disconnect(ports, { user, id: mine.id, history: does.history })
        return
      }
      case 'sync':
        for (const { id } of await ports.connections.list(user)) await requestSync(ports, user, id)
        return
      case 'look':
        return look(ports, user)
    }
  }

  /** Reads all there is, and tries to read what is another's. */
  async function look(ports: Ports, user: Person): Promise<void> {
    const mine = await ports.connections.list(user)
    const page = await listTransactions(ports, user, { limit: 1_000 })
    see('an answer', [mine, page])
    for (const { connection } of page.items)
      if (connection.user !== user) violations.push(`isolation: ${user} reads ${connection.id}`)
    for (const other of people.filter((one) => one !== user))
      for (const { id } of await ports.connections.list(other)) {
        const found = await requestSync(ports, user, id).catch((error: unknown) => error)
        if (found instanceof RefusedError ? found.code !== 'not-found' : !(found instanceof Error))
          violations.push(`isolation: ${user} syncs ${id} of ${other}`)
      }
  }

  /** What goes wrong without cause is a fault; what is refused, or was broken on purpose, is not. */
  async function attempt(
    actor: Person | 'anybody',
    trouble: Mischief | undefined,
    alone: boolean,
    does: (ports: Ports) => Promise<void>,
  ): Promise<void> {
    const { ports, death } = begin(actor, trouble, alone)
    const outcome = await Promise.race([
      death,
      does(ports).catch((error: unknown) => {
        see('an error', error)
        if (trouble === undefined && !(error instanceof RefusedError) && !(error instanceof FailureError))
          violations.push(`progress: ${error instanceof Error ? error.stack : error}`)
      }),
    ])
    see('an outcome', outcome)
  }

  async function work(
    { twice, questions }: { readonly twice: boolean; readonly questions: number },
    trouble: Mischief | undefined,
    alone: boolean,
  ): Promise<void> {
    const delivery = queue.shift()
    if (delivery === undefined) return
    clock.now = Math.max(clock.now, delivery.due)
    const message: SyncMessage = JSON.parse(delivery.text)
    if (!isPerson(message.user)) return void violations.push(`isolation: a message for ${message.user}`)
    if (twice) queue.push({ ...delivery, times: 0 })
    const { ports, death } = begin(message.user, trouble, alone)
    const outOfTime = new AbortController()
    let left = questions
    const counting: Ports = {
      ...ports,
      openClient: (...of) => {
        const client = ports.openClient(...of)
        return {
          ...client,
          ask: (...asked) => {
            left -= 1
            if (left === 0) outOfTime.abort()
            return client.ask(...asked)
          },
        }
      },
    }
    const lastDelivery = delivery.times + 1 >= mostDeliveries
    const outcome = await Promise.race([
      death,
      continueSync(
        {
          ...counting,
          catalogue: {
            load: async () => ({ markets: noMarkets, fetchedAt: clock.now }),
            save: async () => undefined,
          },
          marketsMaxAge: Number.POSITIVE_INFINITY,
          night: { begins: 0, lasts: 6 * hour },
          onBegin: (connection, lag) => see('a report', [connection, lag]),
          onEnd: (report) => see('a report', report),
          onCoolDown: () => undefined,
        },
        message,
        { outOfTime: outOfTime.signal, lastDelivery },
      ).catch((error: unknown) => {
        see('an error', error)
        return 'failed' as const
      }),
    ])
    if ((outcome === 'killed' || outcome === 'failed') && !lastDelivery)
      queue.push({ ...delivery, times: delivery.times + 1 })
  }

  async function workAll(): Promise<void> {
    for (let messages = 0; queue.length > 0; messages += 1) {
      if (messages > 300) throw new Error('progress: the queue does not become empty')
      await work({ twice: false, questions: 1_000 }, undefined, true)
      check()
    }
  }

  function check(): void {
    const [first] = violations
    if (first !== undefined) throw new Error(first)
    watch.check()
  }

  for (let at = 0; at < steps.length; ) {
    const next = steps.slice(at + 1).findIndex(({ together }) => !together)
    const group = steps.slice(at, next === -1 ? undefined : at + 1 + next)
    await Promise.all(
      group.map(({ deed: does, mischief: trouble }) => perform(does, trouble, group.length === 1)),
    )
    at += group.length
    check()
  }
  await heal()
  return struck

  /** Nothing fails any more: whatever was begun is finished or undone, and every history is complete. */
  async function heal(): Promise<void> {
    const { ports } = begin('anybody', undefined, true)
    await workAll()
    clock.now += 3 * hour
    await perform({ kind: 'sweep' }, undefined, true)
    for (const user of people) await request(ports, { kind: 'sync', who: user }).catch(onlyRefused)
    await workAll()
    const sound = (await connections(ports)).filter(
      ({ id, status, user }) => status === 'connected' && canBeUsed(user, id),
    )
    const before = new Map(sound.map((one) => [one.id, momentOf(accountBy(one), table)]))
    clock.now += 24 * hour
    await perform({ kind: 'plan' }, undefined, true)
    await workAll()
    for (const one of sound) {
      const moment = before.get(one.id)
      const of = accountBy(one)
      if (moment === undefined) continue
      const [broken] = brokenPromises(of, table, modelStream({ opened }), moment)
      if (broken !== undefined) throw new Error(`${broken} (${one.user})`)
    }
    await leavesNothing(ports)
    const writes = transactionWrites
    for (const user of people) await request(ports, { kind: 'sync', who: user }).catch(onlyRefused)
    await workAll()
    if (transactionWrites > writes) throw new Error('quiescence: a sync with nothing new wrote transactions')
    check()
  }

  async function connections(ports: Ports): Promise<readonly Connection[]> {
    return (await Promise.all(people.map((user) => ports.connections.list(user)))).flat()
  }

  function accountBy({ user, id }: Pick<Connection, 'user' | 'id'>): Account {
    const found = owned.find(({ owner }) => owner.user === user && owner.connection === id)
    if (found === undefined) throw new Error(`isolation: nobody's connection ${id}`)
    return found
  }

  /** A connection may have been given the other key of its account. */
  function canBeUsed(user: string, id: string): boolean {
    return !keys.some((one) => revoked.has(one) && worldOf(one) === accountBy({ user, id }).exchange)
  }

  async function leavesNothing(ports: Ports): Promise<void> {
    const known = await connections(ports)
    const wanted = known.flatMap(({ vaultRef }) => (vaultRef === undefined ? [] : [`keys/${vaultRef}`]))
    const left = secrets.names().filter((name) => !wanted.includes(name))
    if (left.length > 0) throw new Error(`custody: ${left.length} secrets belong to no connection`)
    const lost = known.filter(
      ({ vaultRef }) => vaultRef !== undefined && !secrets.names().includes(`keys/${vaultRef}`),
    )
    // A disconnect that is cut short has destroyed the key first: a new one is asked for, unless it is repeated.
    if (lost.some(({ status }) => status !== 'attention' || !steps.some(isCutShort)))
      throw new Error('custody: the secret of a connection is gone')
    const intents = await ports.intents.list()
    if (intents.length > 0) throw new Error(`custody: ${intents.length} intents are still open`)
    for (const { owner, partition } of owned) {
      if (known.some(({ id, user }) => id === owner.connection && user === owner.user)) continue
      // The lock of a connection that never came about tells nothing, and opens by itself.
      const kept = [...table.items(partition).keys()].filter((sort) => sort !== 'LEASE')
      if (kept.length > 0) throw new Error(`custody: ${kept} of ${owner.user} belong to no connection`)
    }
  }
}

function isCutShort({ deed: { kind }, mischief: trouble }: Step): boolean {
  return kind === 'disconnect' && trouble !== undefined
}

function onlyRefused(error: unknown): void {
  if (!(error instanceof RefusedError)) throw error
}

function isPerson(user: string): user is Person {
  return people.some((one) => one === user)
}

function submitted(one: Key) {
  const submission = submit(definition, typed[one] ?? {}, hash)
  if ('problems' in submission) throw new Error('A key of the model is refused for its looks.')
  return { exchange: definition, submission, allowPowerfulKey: false }
}

/** Only with all three parts, as the exchange's signature would tell. */
function opens(one: Key, { apiKey, secret, passphrase }: Credentials): boolean {
  const parts = typed[one]
  return (
    apiKey.reveal() === parts?.apiKey &&
    secret.reveal() === parts.secret &&
    passphrase?.reveal() === parts.passphrase
  )
}

/** All accounts of an exchange live in one time. */
function sharingClock(one: ModelExchange, clock: { now: number }): ModelExchange {
  const served = Math.max(one.served, modelDepth)
  return Object.defineProperty({ ...one, served }, 'clock', {
    get: () => clock.now,
    set: (time: number) => {
      clock.now = time
    },
  })
}

function aroundEach(
  client: Table['client'],
  around: <T>(does: () => T | Promise<T>) => Promise<T>,
): Table['client'] {
  const send = (command: Parameters<typeof client.send>[0]) => around(() => client.send(command))
  return { send } as unknown as Table['client']
}
