import type { ExchangeRequest, RateLimit } from '../../domain/stream.ts'

type Allowance = Pick<ExchangeRequest, 'rate' | 'pools'>

/** What all that calls from one address may do together, at all endpoints of accounts. */
const everyEndpoint: RateLimit = { id: 'address', calls: 2_000, per: 10_000, scope: 'address' }

/** BingX counts each endpoint by the account that a key opens, and by the address that it is called from. */
function endpoint(id: string, calls: number): Allowance {
  return {
    rate: { id, calls, per: 1_000, scope: 'account' },
    pools: [{ id: `${id}-of-address`, calls: 300, per: 10_000, scope: 'address' }, everyEndpoint],
  }
}

export const spotFills = endpoint('spot-fills', 5)
export const futuresFills = endpoint('futures-fills', 5)
export const futuresOrderFills = endpoint('futures-order-fills', 5)
export const futuresLedger = endpoint('futures-ledger', 5)
export const coinOrders = endpoint('coin-orders', 5)
export const coinFills = endpoint('coin-fills', 5)
export const deposits = endpoint('deposits', 10)
export const withdrawals = endpoint('withdrawals', 10)
// Of what tells about the account itself no limit is known for certain; each is asked twice in a connection's life.
export const permissions = endpoint('permissions', 1)
export const accountId = endpoint('account-id', 1)
export const subaccounts = endpoint('subaccounts', 1)
export const publicCalls: RateLimit = { id: 'public', calls: 5, per: 1_000, scope: 'address' }
