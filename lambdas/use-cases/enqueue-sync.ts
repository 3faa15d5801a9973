import type { Connection, Owner } from '../domain/connection.ts'
import type { Run } from '../domain/run.ts'
import { firstMessage, type SyncMessage } from '../domain/sync-message.ts'
import { hour, minute } from '../domain/window.ts'
import { ownerOf } from './find-connection.ts'
import { RefusedError } from './refusal.ts'

export type EnqueuePorts = {
  readonly clock: () => number
  readonly connections: {
    find(user: string, id: string): Promise<Connection | undefined>
    /** False when another run was started, or the key changed, since the connection was read. */
    claim(before: Connection, run: string, nextSyncAt: number): Promise<boolean>
  }
  readonly runs: {
    find(owner: Owner, id: string): Promise<Run | undefined>
    save(owner: Owner, run: Run): Promise<void>
  }
  readonly queue: { send(message: SyncMessage): Promise<void> }
  /** Called when a run was found whose worker died, and was ended in its name. */
  readonly onLost?: () => void
}

/**
 * A run that is not over by then is taken for lost, and its connection is due again. Longer than a message of a worker
 * that died takes to be delivered again.
 */
export const dueAgainAfter = hour

/** Nobody has written the run for so long: whoever worked on it is dead, and so is its message. */
const deadAfter = 45 * minute

/** Whether somebody is at work on the run, or is about to be. */
function isAlive(run: Run | undefined, now: number): boolean {
  return run?.state === 'running' && now - (run.updatedAt ?? run.startedAt) < deadAfter
}

/** The last run of a connection, and whether it is under way. */
export async function lastRunOf(
  { clock, runs }: Pick<EnqueuePorts, 'clock' | 'runs'>,
  connection: Connection,
): Promise<LastRun> {
  if (connection.lastRun === undefined) return { run: undefined, isUnderWay: false }
  const run = await runs.find(ownerOf(connection), connection.lastRun)
  return { run, isUnderWay: isAlive(run, clock()) }
}

export type LastRun = { readonly run: Run | undefined; readonly isUnderWay: boolean }

/**
 * Makes the run the last one of its connection. False when another was started, or the key changed, since the
 * connection was read. Saved first: whoever meets the claim must find the run, and not take it for lost.
 */
export async function claimRun(
  ports: Pick<EnqueuePorts, 'clock' | 'runs' | 'onLost'> & ClaimPorts,
  connection: Connection,
  run: Run,
  last: LastRun,
): Promise<boolean> {
  const { clock, connections, runs } = ports
  const owner = ownerOf(connection)
  await runs.save(owner, run)
  if (await connections.claim(connection, run.id, clock() + dueAgainAfter)) {
    if (last.run?.state === 'running') await giveUp(ports, owner, last.run)
    return true
  }
  await runs.save(owner, { ...run, state: 'interrupted', finishedAt: clock() })
  return false
}

/** A worker that was killed, or whose time was over, could not say that its run has failed. */
async function giveUp(
  { clock, runs, onLost }: Pick<EnqueuePorts, 'clock' | 'runs' | 'onLost'>,
  owner: Owner,
  run: Run,
): Promise<void> {
  await runs.save(owner, { ...run, state: 'failed', finishedAt: clock(), givenUp: true })
  onLost?.()
}

type ClaimPorts = { readonly connections: Pick<EnqueuePorts['connections'], 'claim'> }

/** Of several who ask at once one starts the run, and the others join it. */
const claims = 5

/** Saves the run and queues it. Resolves with the run that will do the work: an earlier one while it lasts. */
export async function enqueueSync(ports: EnqueuePorts, asked: Connection, run: Run): Promise<Run> {
  const { connections, queue } = ports
  for (let attempt = 1; attempt <= claims; attempt += 1) {
    const connection = await connections.find(asked.user, asked.id)
    if (connection?.vaultRef === undefined) break
    const last = await lastRunOf(ports, connection)
    if (last.run !== undefined && last.isUnderWay) return last.run
    if (!(await claimRun(ports, connection, run, last))) continue
    await queue.send(firstMessage(connection, run.id))
    return run
  }
  throw new RefusedError(
    'busy',
    'Another request is at work on this connection. Try again in a minute.',
    asked.id,
  )
}
