import type { StreamKind } from '../../../lambdas/domain/stream.ts'
import type { SimulatedRequest } from '../../../local/simulated-exchange/options.ts'

const streams: Readonly<Record<string, StreamKind>> = {
  '/spot/v4/query/trades': 'spot-trade',
  '/contract/private/trades': 'futures-trade',
  '/contract/private/transaction-history': 'futures-ledger',
}

/** The stream that BitMart is asked about; undefined for anything but a question for rows. */
export function streamOf({ path, params }: SimulatedRequest): StreamKind | undefined {
  if (path !== '/account/v2/deposit-withdraw/history') return streams[path]
  return params.operation_type === 'withdraw' ? 'withdrawal' : 'deposit'
}

/** Where the window of a question begins, in epoch milliseconds. */
export function startOf({ params }: SimulatedRequest): number {
  return inMilliseconds(params.startTime ?? params.start_time)
}

/** Contracts are asked for in seconds. */
function inMilliseconds(time: string | undefined): number {
  const number = Number(time)
  return number < 100_000_000_000 ? number * 1_000 : number
}
