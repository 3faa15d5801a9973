import { paceOf } from '../../lambdas/domain/allowance.ts'
import type { RateLimit } from '../../lambdas/domain/stream.ts'
import { dollars } from './bill.ts'
import { assumptions, type Line } from './usage.ts'

/** What an exchange allows one address, and what a question weighs there. */
export type AddressLimit = {
  readonly what: string
  readonly limit: Pick<RateLimit, 'calls' | 'per'>
  readonly weight: number
}

const minute = 60_000

/** No exchange of ours documents the first; it is what BitMart is said to count. */
export const addressLimits: readonly AddressLimit[] = [
  { what: '600 calls a minute', limit: { calls: 600, per: minute }, weight: 1 },
  { what: '6,000 of weight a minute, 5 a question', limit: { calls: 6_000, per: minute }, weight: 5 },
]

/** How many addresses so many connections of one exchange need, for the nightly questions of all to fit into so many hours. */
export function addressesFor(connections: number, { limit, weight }: AddressLimit, hours: number): number {
  const fits = paceOf(limit).earned * hours * 60 * minute
  return Math.ceil((connections * assumptions.questions.value * weight) / fits)
}

/** What so many addresses cost a month, each with a NAT gateway of its own. */
export function addressesCost(addresses: number): number {
  const hours = 730
  const lines: readonly Line[] = (['natHour', 'addressHour'] as const).map((price) => ({
    group: 'NAT and addresses',
    price,
    fixed: addresses * hours,
    each: 0,
  }))
  return lines.reduce((sum, line) => sum + dollars(line, 0), 0)
}
