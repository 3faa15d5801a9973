import { envelopeStorage } from '../../lambdas/adapters/envelopes.ts'
import { hash } from '../../lambdas/adapters/identity.ts'
import { secretsManagerStorage } from '../../lambdas/adapters/secrets-manager.ts'
import { secretRefs, sideBySide } from '../../lambdas/adapters/side-by-side.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Table } from '../../lambdas/adapters/table.ts'
import { vault } from '../../lambdas/adapters/vault.ts'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { Connection, Credentials } from '../../lambdas/domain/connection.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import type { SyncMessage } from '../../lambdas/domain/sync-message.ts'
import { keyChecker } from '../../lambdas/use-cases/check-key.ts'
import { enqueueSync } from '../../lambdas/use-cases/enqueue-sync.ts'
import { stopSync } from '../../lambdas/use-cases/stop-sync.ts'
import { type Key, keyOf } from './keyring.ts'
import type { Mischief, Person } from './life.ts'
import { type ModelExchange, modelClient } from './model-exchange.ts'
import { modelHeart } from './model-heart.ts'
import type { ModelTable } from './model-table.ts'
import type { modelVault } from './model-vault.ts'

/** Whose data a process may write; the planner and the sweeper look after everybody's. */
export type Actor = Person | 'anybody'

/** What all processes share. */
export type Surroundings = {
  readonly clock: { readonly now: number }
  readonly table: Pick<ModelTable, 'open'>
  readonly secrets: ReturnType<typeof modelVault>
  readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
  readonly worldOf: (key: Key) => ModelExchange
  readonly isRevoked: (key: Key) => boolean
  readonly send: (message: SyncMessage, delay?: number) => void
  /** For each operation in turn: how long it takes, in turns of the loop, unless its process is alone. */
  readonly delays: readonly number[]
}

/** Processes that compose the real use cases and adapters, as the entries in the cloud do. */
export function modelProcesses(surroundings: Surroundings) {
  const { clock, table, secrets, exchanges, worldOf, isRevoked, send, delays } = surroundings
  const actors = new Map<string, Actor>()
  let processes = 0
  let operations = 0
  let struck = 0

  /** A process of its own: all it does outside itself counts, and it may end at any of it. */
  function begin(actor: Actor, trouble: Mischief | undefined, alone: boolean) {
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
    // New ones go now into the one vault, now into the other, and each is read where it is.
    const storage = sideBySide(
      secretsManagerStorage(secrets.open(around), { prefix: 'keys/' }),
      envelopeStorage(secrets.openKey(around), secrets.openEnvelopes(around), { tableName: 'envelopes' }),
    )

    function openClient(_exchange: ExchangeDefinition, credentials: Credentials): ExchangeClient {
      const one = keyOf(credentials)
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
          if (one === undefined || isRevoked(one)) throw new FailureError({ kind: 'unauthorized' })
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
      newSecretRef: () =>
        secretRefs[++processes % 2 === 0 ? 'envelopes' : 'secrets-manager'](`secret-${processes}`),
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
      forgetExports: async () => undefined,
      forgetFiles: async () => undefined,
      checkKey: keyChecker({ ...base, timeIsUp: () => new AbortController().signal, openClient }),
      openClient,
    }
    return { ports, death }
  }

  return {
    begin,
    actorOf: (writer: string) => actors.get(writer),
    /** How much of the mischief came to pass. */
    struck: () => struck,
  }
}

export type Ports = ReturnType<ReturnType<typeof modelProcesses>['begin']>['ports']

function aroundEach(
  client: Table['client'],
  around: <T>(does: () => T | Promise<T>) => Promise<T>,
): Table['client'] {
  const send = (command: Parameters<typeof client.send>[0]) => around(() => client.send(command))
  return { send } as unknown as Table['client']
}
