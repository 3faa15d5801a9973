import type { Connection, Owner } from '../lambdas/domain/connection.ts'
import { FailureError } from '../lambdas/domain/failure.ts'
import type { Run } from '../lambdas/domain/run.ts'
import { ownerOf } from '../lambdas/use-cases/find-connection.ts'

export type SyncQueuePorts = {
  readonly runs: {
    find(owner: Owner, id: string): Promise<Run | undefined>
    save(owner: Owner, run: Run): Promise<void>
  }
  /** Does one sync; resolves soon after the signal fires. */
  readonly work: (connection: Connection, run: Run, signal: AbortSignal) => Promise<void>
  /** How many connections are synced side by side. */
  readonly parallel: number
}

type Job = {
  readonly connection: Connection
  readonly run: Run
  readonly stopping: AbortController
  readonly ended: Promise<void>
  readonly start: () => void
}

/** Syncs in this process: one at a time for each connection, several connections side by side. */
export function openSyncQueue({ runs, work, parallel }: SyncQueuePorts) {
  const jobs = new Map<string, Job>()
  const waiting: Job[] = []
  let active = 0
  let open = true

  function next(): void {
    const job = active < parallel ? waiting.shift() : undefined
    if (job === undefined) return
    active += 1
    job.start()
  }

  function createJob(connection: Connection, run: Run): Job {
    const stopping = new AbortController()
    let start: () => void = () => undefined
    const started = new Promise<void>((resolve) => {
      start = resolve
    })
    const ended = started
      .then(() => work(connection, run, stopping.signal))
      .catch(() => undefined)
      .finally(() => {
        active -= 1
        jobs.delete(connection.id)
        next()
      })
    return { connection, run, stopping, ended, start }
  }

  async function stopJob(job: Job): Promise<void> {
    job.stopping.abort()
    const place = waiting.indexOf(job)
    if (place >= 0) {
      // The work itself leaves the run in a final state, at once, since the signal has fired.
      waiting.splice(place, 1)
      active += 1
      job.start()
    }
    await job.ended
  }

  return {
    /** Saves and queues the run; resolves with the run under way where there is one. */
    async enqueue(connection: Connection, run: Run): Promise<Run> {
      for (let known = jobs.get(connection.id); known !== undefined; known = jobs.get(connection.id)) {
        const underWay = await runs.find(ownerOf(connection), known.run.id)
        if (underWay === undefined || underWay.state === 'running') return underWay ?? known.run
        // It has ended for everybody to see and is only tidying up: who asks now wants another.
        await known.ended
      }
      if (!open) throw new FailureError({ kind: 'aborted' })
      const job = createJob(connection, run)
      jobs.set(connection.id, job)
      try {
        await runs.save(ownerOf(connection), run)
      } catch (error) {
        jobs.delete(connection.id)
        throw error
      }
      waiting.push(job)
      next()
      return run
    },

    /** Aborts the sync of the connection and resolves when it has ended. */
    async stop(connection: Pick<Connection, 'id'>): Promise<void> {
      const job = jobs.get(connection.id)
      if (job !== undefined) await stopJob(job)
    },

    isBusy: (connection: Pick<Connection, 'id'>): boolean => jobs.has(connection.id),

    /** Aborts every sync and takes no more. */
    async close(): Promise<void> {
      open = false
      await Promise.all([...jobs.values()].map(stopJob))
    },
  }
}
