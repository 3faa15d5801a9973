import type { openStores } from '../lambdas/adapters/stores.ts'
import type { Owner } from '../lambdas/domain/connection.ts'

type Lease = ReturnType<typeof openStores>['lease']

/** For a command that has the store to itself: whoever holds a lease in it was killed, and nobody need wait until it expires. */
export function takenFromTheDead(lease: Lease): Lease {
  return {
    ...lease,
    async acquire(owner: Owner, holder: string, now: number, ttl: number) {
      await lease.expire(owner)
      return lease.acquire(owner, holder, now, ttl)
    },
  }
}
