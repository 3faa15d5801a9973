import type { Connection, Owner } from '../domain/connection.ts'
import type { Run } from '../domain/run.ts'
import { ownerOf } from './find-connection.ts'

export type StopSyncPorts = {
  readonly clock: () => number
  readonly lease: {
    seize(owner: Owner, now: number, ttl: number): Promise<number>
    expire(owner: Owner): Promise<void>
  }
  readonly runs: {
    find(owner: Owner, id: string): Promise<Run | undefined>
    save(owner: Owner, run: Run): Promise<void>
  }
}

/**
 * Stops a sync that runs elsewhere: its lease is taken and freed at once, so that it can claim nothing any more and
 * the next may begin. The worker itself notices when it next stores something or renews its lease.
 */
export async function stopSync(ports: StopSyncPorts, connection: Connection): Promise<void> {
  const { clock, lease, runs } = ports
  const owner = ownerOf(connection)
  await lease.seize(owner, clock(), 1)
  await lease.expire(owner)
  const last = connection.lastRun === undefined ? undefined : await runs.find(owner, connection.lastRun)
  if (last?.state === 'running')
    await runs.save(owner, { ...last, state: 'interrupted', finishedAt: clock() })
}
