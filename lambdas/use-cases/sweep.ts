import type { Connection, Owner } from '../domain/connection.ts'
import type { Intent } from '../domain/intent.ts'
import { hour } from '../domain/window.ts'

export type SweepPorts = {
  readonly clock: () => number
  readonly connections: { find(user: string, id: string): Promise<Connection | undefined> }
  readonly transactions: { removeAll(owner: Owner): Promise<number> }
  readonly vault: { remove(ref: string): Promise<void> }
  /** Removes what the files hold that were given to this connection. */
  readonly forgetFiles: (owner: Owner) => Promise<void>
  readonly intents: {
    list(): Promise<readonly Intent[]>
    end(id: string): Promise<void>
  }
}

export type Swept = {
  /** Secrets that no connection referred to. */
  readonly secrets: number
  /** Histories that were deleted for good. */
  readonly histories: number
  /** Milliseconds since the oldest intent that is still open was begun. */
  readonly oldest: number
}

/** Whoever began it has long ended by then, one way or the other. */
const longEnough = hour

/** Finishes or undoes what was begun more than `overdueAfter` milliseconds ago and cut short: nothing of it stays. */
export async function sweep(ports: SweepPorts, overdueAfter = longEnough): Promise<Swept> {
  const now = ports.clock()
  const intents = await ports.intents.list()
  const counts = { secret: 0, history: 0 }
  const open = intents.filter(({ since }) => now - since < overdueAfter)
  for (const intent of intents.filter(({ since }) => now - since >= overdueAfter)) {
    try {
      if (await finish(ports, intent)) counts[intent.kind] += 1
      await ports.intents.end(intent.id)
    } catch {
      // One that cannot be finished now must not keep the others from it; its age tells of it.
      open.push(intent)
    }
  }
  return {
    secrets: counts.secret,
    histories: counts.history,
    oldest: open.reduce((oldest, { since }) => Math.max(oldest, now - since), 0),
  }
}

/** True when something had to be done. */
async function finish(ports: SweepPorts, { kind, id, user, connection }: Intent): Promise<boolean> {
  const now = await ports.connections.find(user, connection)
  switch (kind) {
    case 'secret':
      if (now?.vaultRef === id) return false
      await ports.vault.remove(id)
      return true
    case 'history':
      // Connected again, or not deleted after all: what is there belongs to somebody.
      if (now !== undefined) return false
      await ports.transactions.removeAll({ user, connection })
      // Whoever had an address to send a file to may have sent it since.
      await ports.forgetFiles({ user, connection })
      return true
  }
}
