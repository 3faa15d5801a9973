import type { Connection } from '../domain/connection.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { firstMessage, type SyncMessage } from '../domain/sync-message.ts'
import { day } from '../domain/window.ts'
import { claimRun, dueAgainAfter, type EnqueuePorts, lastRunOf } from './enqueue-sync.ts'
import { newRun } from './start-sync.ts'

export type PlanSyncsPorts = Pick<EnqueuePorts, 'clock' | 'runs' | 'onLost'> & {
  readonly newRunId: (now: number) => string
  readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
  readonly connections: {
    due(now: number): AsyncIterable<Connection>
    claim(before: Connection, run: string, nextSyncAt: number): Promise<boolean>
    note(before: Connection, note: { nextSyncAt: number }): Promise<boolean>
  }
  /** Resolves with the messages that were not taken. */
  readonly queue: { sendAll(messages: readonly SyncMessage[]): Promise<readonly SyncMessage[]> }
}

export type Planned = {
  readonly due: number
  readonly sent: number
  /** Messages that no queue took. */
  readonly refused: number
  /** Milliseconds by which the most overdue connection was late. */
  readonly mostOverdue: number
  /** Runs whose worker died without a word. */
  readonly lost: number
}

/** As many as one call to the queue takes. */
const atOnce = 10

/**
 * Starts the sync of every connection whose time has come, until the signal fires: the rest is due again the next
 * time. Several planners at once send no connection twice: each claims it first. One that cannot be read keeps no other
 * from its sync; it throws when all the others are sent.
 */
export async function planSyncs(ports: PlanSyncsPorts, signal: AbortSignal): Promise<Planned> {
  let due = 0
  let sent = 0
  let refused = 0
  let mostOverdue = 0
  let lost = 0
  let batch: Connection[] = []
  const unreadable: unknown[] = []

  function onLost(): void {
    lost += 1
  }

  async function flush(): Promise<void> {
    const connections = batch
    batch = []
    const claims = await Promise.allSettled(connections.map((one) => claim({ ...ports, onLost }, one)))
    const failed = claims.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    unreadable.push(...failed)
    // Not one of many: the store itself is broken.
    if (failed.length === atOnce) throw failed[0]
    const messages = claims.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []))
    if (messages.length === 0) return
    // What is not taken is due again after a while, as is all that gets lost on its way.
    const left = await ports.queue.sendAll(messages)
    refused += left.length
    sent += messages.length - left.length
  }

  try {
    for await (const connection of ports.connections.due(ports.clock())) {
      due += 1
      mostOverdue = Math.max(mostOverdue, ports.clock() - (connection.nextSyncAt ?? ports.clock()))
      batch.push(connection)
      if (batch.length === atOnce) await flush()
      if (signal.aborted) break
    }
  } finally {
    await flush()
  }
  if (unreadable.length > 0) throw unreadable[0]
  return { due, sent, refused, mostOverdue, lost }
}

async function claim(ports: PlanSyncsPorts, connection: Connection): Promise<SyncMessage | undefined> {
  if (connection.paused) {
    // It stays among those that are due, so that nothing but its owner's word keeps it from its syncs.
    await ports.connections.note(connection, { nextSyncAt: ports.clock() + day })
    return undefined
  }
  const last = await lastRunOf(ports, connection)
  if (last.isUnderWay) {
    // A long one: nothing to do but to look again later.
    await ports.connections.note(connection, { nextSyncAt: ports.clock() + dueAgainAfter })
    return undefined
  }
  const run = newRun(ports, connection)
  return (await claimRun(ports, connection, run, last)) ? firstMessage(connection, run.id) : undefined
}
