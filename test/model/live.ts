import { hash } from '../../lambdas/adapters/identity.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import type { SyncMessage } from '../../lambdas/domain/sync-message.ts'
import { hour, minute } from '../../lambdas/domain/window.ts'
import { connect, connectionId } from '../../lambdas/use-cases/connect.ts'
import { continueSync } from '../../lambdas/use-cases/continue-sync.ts'
import { disconnect } from '../../lambdas/use-cases/disconnect.ts'
import { listTransactions } from '../../lambdas/use-cases/list-transactions.ts'
import { planSyncs } from '../../lambdas/use-cases/plan-syncs.ts'
import { RefusedError } from '../../lambdas/use-cases/refusal.ts'
import { replaceCredentials } from '../../lambdas/use-cases/replace-credentials.ts'
import { requestSync } from '../../lambdas/use-cases/start-sync.ts'
import { sweep } from '../../lambdas/use-cases/sweep.ts'
import { canaryWatch } from './canaries.ts'
import { type Account, watchInvariants } from './invariants.ts'
import { canaries, type Key, keyHashOf, keys, submitted } from './keyring.ts'
import { type Deed, type Life, type Mischief, type Person, people, type Step } from './life.ts'
import { type ModelExchange, modelDefinition, modelDepth, modelStream, tick } from './model-exchange.ts'
import { type Actor, modelProcesses, type Ports } from './model-process.ts'
import { modelTable, type Write } from './model-table.ts'
import { modelVault } from './model-vault.ts'
import { brokenPromises, momentOf } from './promises.ts'
import { start } from './world.ts'

/** A little beyond what is served: older time costs questions and teaches nothing new. */
const opened = start - modelDepth - 500 * tick

const definition: ExchangeDefinition = {
  ...modelDefinition({ opened }),
  probe: { stream: 'withdrawal' },
  accountMarks: ['withdrawal'],
  powers: { by: 'nothing' },
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
  const canaryIn = canaryWatch(canaries)
  const secrets = modelVault()
  const queue: Delivery[] = []
  const revoked = new Set<Key>()
  let transactionWrites = 0

  const worlds = accounts.map((one) => sharingClock(one, clock))
  const owned = people.flatMap((user) => keys.map((one) => accountOf(user, one)))
  const byPartition = new Map(owned.map((one) => [one.partition, one]))
  const watch = watchInvariants(owned)
  const table = modelTable(written)
  const { begin, actorOf, struck } = modelProcesses({
    clock,
    table,
    secrets,
    exchanges,
    worldOf,
    isRevoked: (one) => revoked.has(one),
    send,
    delays,
  })

  function accountOf(user: Person, one: Key): Account {
    const connection = connectionId(hash, user, definition.id, keyHashOf(one), '')
    return {
      owner: { user, connection },
      partition: `USER#${user}#CONNECTION#${connection}`,
      exchange: worldOf(one),
      settleLag: modelStream().settleLag,
      depth: modelStream().depth,
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
    const actor = actorOf(write.writer)
    const whose = ownerOf(write)
    if (whose === undefined || (whose !== 'anybody' && actor !== 'anybody' && whose !== actor))
      violations.push(`isolation: ${actor} writes ${partition} ${sort}`)
    if (byPartition.has(partition) && !isForgotten(write)) watch.written(write)
    if (sort.startsWith('TX#') && after !== undefined) transactionWrites += 1
  }

  /** Undefined when nothing belongs where this was written. */
  function ownerOf({ partition, before, after }: Write): unknown {
    if (partition === 'INTENT') return (after ?? before)?.user ?? 'anybody'
    if (partition === `EXCHANGE#${definition.id}`) return 'anybody'
    return byPartition.get(partition)?.owner.user ?? people.find((user) => partition === `USER#${user}`)
  }

  /** Coverage of a run that was overtaken by the removal of its history: nobody reads it, and it is swept. */
  function isForgotten({ partition, sort, after }: Write): boolean {
    if (!sort.startsWith('COVERAGE#') || after === undefined) return false
    const lease = table.items(partition).get('LEASE')
    return lease === undefined || Number(after.epoch) <= Number(lease.since)
  }

  function send(message: SyncMessage, delay = 0): void {
    const text = JSON.stringify(message)
    see('the queue', text)
    queue.push({ text, times: 0, due: clock.now + Math.min(delay, longestDelay) })
  }

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
        return attempt(does.who, trouble, alone, (ports) =>
          request(ports, does, trouble === undefined && alone),
        )
    }
  }

  /** `calm`: nothing goes wrong, and nothing else goes on. */
  async function request(ports: Ports, does: Extract<Deed, { who: Person }>, calm = true): Promise<void> {
    const { who: user } = does
    switch (does.kind) {
      case 'connect':
        return connectMistaken(ports, user, does.key, calm)
      case 'replace': {
        const mine = await myConnection(ports, user, does.key)
        if (mine === undefined) return
        see(
          'an answer',
          await replaceCredentials(ports, {
            user,
            id: mine.id,
            ...submitted(definition, does.key),
            sameAccount: true,
          }),
        )
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

  /** People believe that each key opens another account: it must not be imported twice where rows tell that they err. */
  async function connectMistaken(ports: Ports, user: Person, one: Key, calm: boolean): Promise<void> {
    const mine = accountOf(user, one)
    const isNew = !table.items(`USER#${user}`).has(`CONNECTION#${mine.owner.connection}`)
    const twice = calm && isNew && isImported(user, mine)
    see('an answer', await connect(ports, { user, ...submitted(definition, one), newAccount: true }))
    if (twice) violations.push(`uniqueness: ${user} imports one account with two keys`)
  }

  /** Rows that the exchange still serves of this account are stored under another connection of the user. */
  function isImported(user: Person, { owner: { connection }, exchange }: Account): boolean {
    return owned.some(({ owner, partition, exchange: other }) => {
      if (owner.user !== user || owner.connection === connection || other !== exchange) return false
      if (!table.items(`USER#${user}`).has(`CONNECTION#${owner.connection}`)) return false
      return [...table.items(partition)].some(
        ([sort, { time }]) => sort.startsWith('TX#') && Number(time) > clock.now - exchange.served + tick,
      )
    })
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
  function judge(error: unknown, trouble: Mischief | undefined): void {
    see('an error', error)
    // A slip of the pen, which in a mutant must not pass for a bug that was caught.
    if (error instanceof TypeError || error instanceof ReferenceError) violations.push(String(error.stack))
    else if (trouble === undefined && !(error instanceof RefusedError) && !(error instanceof FailureError))
      violations.push(`progress: ${error instanceof Error ? error.stack : error}`)
  }

  async function attempt(
    actor: Actor,
    trouble: Mischief | undefined,
    alone: boolean,
    does: (ports: Ports) => Promise<void>,
  ): Promise<void> {
    const { ports, death } = begin(actor, trouble, alone)
    await Promise.race([death, does(ports).catch((error: unknown) => judge(error, trouble))])
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
          mergeFiles: async () => undefined,
          night: { begins: 0, lasts: 6 * hour },
          onBegin: (connection, lag) => see('a report', [connection, lag]),
          onEnd: (report) => see('a report', report),
          onCoolDown: () => undefined,
        },
        message,
        { outOfTime: outOfTime.signal, lastDelivery },
      ).catch((error: unknown) => {
        judge(error, trouble)
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
  return struck()

  /** Nothing fails any more: whatever was begun is finished or undone, and every history is complete. */
  async function heal(): Promise<void> {
    const { ports } = begin('anybody', undefined, true)
    await workAll()
    clock.now += 3 * hour
    await perform({ kind: 'sweep' }, undefined, true)
    await syncAll(ports)
    const sound = (await connections(ports)).filter(
      ({ id, status, user }) => status === 'connected' && canBeUsed(user, id),
    )
    // Only a key that is gone, or that the exchange refuses, keeps a connection from being sound.
    const ailing = (await connections(ports)).filter(
      (one) =>
        one.status === 'attention' &&
        secrets.names().includes(`keys/${one.vaultRef}`) &&
        canBeUsed(one.user, one.id),
    )
    if (ailing.length > 0) throw new Error(`progress: ${ailing[0]?.reason} stays, although all is well`)
    const before = sound.map((one) => ({ account: accountBy(one), moment: momentOf(accountBy(one), table) }))
    clock.now += 24 * hour
    await perform({ kind: 'plan' }, undefined, true)
    await workAll()
    for (const { account, moment } of before) {
      const [broken] = brokenPromises(account, table, modelStream({ opened }), moment, false)
      if (broken !== undefined) throw new Error(`${broken} (${account.owner.user})`)
      if (momentOf(account, table).coverages.length === 0)
        throw new Error(`progress: nothing was ever asked of ${account.owner.connection}`)
    }
    await leavesNothing(ports)
    await syncAll(ports)
    const writes = transactionWrites
    await syncAll(ports)
    if (transactionWrites > writes) throw new Error('quiescence: a sync with nothing new wrote transactions')
    check()
  }

  async function syncAll(ports: Ports): Promise<void> {
    for (const user of people) await request(ports, { kind: 'sync', who: user }).catch(onlyRefused)
    await workAll()
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

/** All accounts of an exchange live in one time. */
function sharingClock(one: ModelExchange, clock: { now: number }): ModelExchange {
  const served = Math.max(one.served, modelDepth)
  return Object.defineProperty({ ...one, served, shown: new Map() }, 'clock', {
    get: () => clock.now,
    set: (time: number) => {
      clock.now = time
    },
  })
}
