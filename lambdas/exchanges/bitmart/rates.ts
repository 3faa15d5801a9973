import type { RateLimit } from '../../domain/stream.ts'

export const spotTrades: RateLimit = { id: 'spot-trades', calls: 12, per: 2_000, scope: 'key' }
export const orderTrades: RateLimit = { id: 'order-trades', calls: 12, per: 2_000, scope: 'key' }
export const spotOrders: RateLimit = { id: 'spot-orders', calls: 12, per: 2_000, scope: 'key' }
export const futuresOrders: RateLimit = { id: 'futures-orders', calls: 6, per: 2_000, scope: 'key' }
export const futuresTrades: RateLimit = { id: 'futures-trades', calls: 6, per: 2_000, scope: 'key' }
export const futuresLedger: RateLimit = { id: 'futures-ledger', calls: 6, per: 2_000, scope: 'key' }
export const transfers: RateLimit = { id: 'transfers', calls: 8, per: 2_000, scope: 'key' }
/** The probes' own limits are higher; they are called twice in a connection's life. */
export const probes: RateLimit = { id: 'probes', calls: 2, per: 1_000, scope: 'key' }
export const publicCalls: RateLimit = { id: 'public', calls: 5, per: 1_000, scope: 'address' }
