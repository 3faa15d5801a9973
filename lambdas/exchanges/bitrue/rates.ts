import type { ExchangeRequest, RateLimit } from '../../domain/stream.ts'

type Allowance = Pick<ExchangeRequest, 'rate' | 'pools' | 'weight'>

/** What all that calls the spot market from one address may weigh: the least that Bitrue ever allowed. */
export const spotWeight: RateLimit = { id: 'spot-weight', calls: 1_200, per: 60_000, scope: 'address' }

/**
 * Nothing is said of how close together calls may come; two within two seconds were refused once, which the client learns. So
 * they are spread, as far as that costs nothing: 240 fit into a minute of the least weight.
 */
export const spotFills: Allowance = {
  rate: { id: 'spot-fills', calls: 4, per: 1_000, scope: 'address' },
  pools: [spotWeight],
  weight: 5,
}

/**
 * 3,000 an hour for each user, deposits and withdrawals together. Said as its pace: a worker that begins anew does not know
 * what was asked within the hour.
 */
export const transfers: Allowance = {
  rate: { id: 'transfers', calls: 8, per: 10_000, scope: 'account' },
  pools: [spotWeight],
}

export const account: Allowance = {
  rate: { id: 'account', calls: 1, per: 1_000, scope: 'account' },
  pools: [spotWeight],
  weight: 5,
}

/** No limit of futures is documented. */
export const futures: Allowance = { rate: { id: 'futures', calls: 5, per: 1_000, scope: 'address' } }

export const publicCalls: RateLimit = { id: 'public', calls: 5, per: 1_000, scope: 'address' }
