import { paceOf } from '../../lambdas/domain/allowance.ts'
import type { RateLimit } from '../../lambdas/domain/stream.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { bill, dollars } from './bill.ts'
import { assumptions, type Line, usageWithEnvelopes } from './usage.ts'

/** What an exchange allows one address, and what a question weighs there. */
export type AddressLimit = {
  readonly what: string
  readonly limit: Pick<RateLimit, 'calls' | 'per'>
  readonly weight: number
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const hoursAMonth = 730
const nightsAMonth = 30

const natHour: Line = { group: 'NAT and addresses', price: 'natHour', fixed: hoursAMonth, each: 0 }
const addressHour: Line = { group: 'NAT and addresses', price: 'addressHour', fixed: hoursAMonth, each: 0 }

/** No exchange of ours documents the first; it is what BitMart is said to count. */
export const addressLimits: readonly AddressLimit[] = [
  { what: '600 calls a minute', limit: { calls: 600, per: minute }, weight: 1 },
  { what: '6,000 of weight a minute, 5 a question', limit: { calls: 6_000, per: minute }, weight: 5 },
]

/** How many cells of one address so many connections of one exchange need, for the nightly questions of all to fit into so many hours. */
export function cellsFor(connections: number, { limit, weight }: AddressLimit, hours: number): number {
  const fits = paceOf(limit).earned * hours * hour
  return Math.ceil((connections * assumptions.questions.value * weight) / fits)
}

/** Connections that an address can serve in a second. */
function servedIn(seconds: number, { limit, weight }: AddressLimit): number {
  return (paceOf(limit).earned * second * seconds) / (assumptions.questions.value * weight)
}

/**
 * How many workers of a cell use its address up, if each is busy for as long as we assume. More of them make no night shorter: they wait
 * for each other, and are paid for it.
 */
export function workersFor(one: AddressLimit): number {
  return Math.ceil(servedIn(assumptions.workerSeconds.value, one))
}

/** What these workers wait for each other in a month, for each connection, where all are due at once. */
function waiting(one: AddressLimit): Line {
  const seconds = workersFor(one) / servedIn(1, one) - assumptions.workerSeconds.value
  return { group: 'Lambda', price: 'lambdaSecond', fixed: 0, each: nightsAMonth * seconds }
}

/** What each cell costs a month whatever it carries: a NAT gateway, its address, and pollers that look into its queues. */
const ofACell: readonly Line[] = [
  natHour,
  addressHour,
  {
    group: 'SQS and Scheduler',
    price: 'message',
    fixed: exchanges.size * assumptions.pollers.value * hoursAMonth * 60 * 3,
    each: 0,
  },
  // Queues of each exchange, errors of the worker, ports of the gateway.
  { group: 'Logs, metrics, alarms, traces', price: 'alarm', fixed: exchanges.size + 3, each: 0 },
  { group: 'Logs, metrics, alarms, traces', price: 'metric', fixed: 1, each: 0 },
]

export function cellsCost(cells: number, zones = 1): number {
  const gateway = [natHour, addressHour].reduce((sum, line) => sum + dollars(line, 0), 0)
  return cells * (ofACell.reduce((sum, line) => sum + dollars(line, 0), 0) + (zones - 1) * gateway)
}

/**
 * A month with envelopes and as many cells as nights of so many hours need, with a gateway in each of so many zones. The bill has the
 * first cell, with the zones of the stage file.
 */
export function billWithCells(connections: number, one: AddressLimit, hours: number, zones = 1): number {
  const firstZones = cellsCost(1, assumptions.zones.value) - cellsCost(1, zones)
  return (
    bill([...usageWithEnvelopes(), waiting(one)], connections).total -
    firstZones +
    cellsCost(cellsFor(connections, one, hours) - 1, zones)
  )
}
