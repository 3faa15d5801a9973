import { unreadableIn } from '../domain/cover-answer.ts'
import type { Coverage, Lacking } from '../domain/coverage.ts'
import { endsThePartition, FailureError } from '../domain/failure.ts'
import { lackingFills } from '../domain/order-witness.ts'
import { isDueAgain } from '../domain/plan-windows.ts'
import type { ListedOrder, ListStream, OrderWitness } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { isUnreadable } from '../domain/unreadable.ts'
import type { Window } from '../domain/window.ts'
import type { FetchPorts } from './fetch-window.ts'

export type AskWitnessPorts = Pick<FetchPorts, 'client' | 'signal'> & {
  readonly stored: (window: Window) => Promise<readonly Transaction[]>
}

/** What it adds is a word about what is missing: history must not wait long for it. */
const witnessAttempts = 3

/**
 * What orders tell of the fills of a partition that could not be had: asked where some became missing in this run, and again
 * every week. What was told before stays where there is no answer; undefined where nothing is missing.
 */
export async function askWitness(
  ports: AskWitnessPorts,
  { witness, partitionOf }: Pick<ListStream, 'witness' | 'partitionOf'>,
  known: { readonly before: Coverage; readonly now: Coverage },
  now: number,
  settled: number,
): Promise<Lacking | undefined> {
  const { partition } = known.now
  const { lacking } = known.before
  if (witness === undefined || saturated(known.now) === '') return undefined
  const isTold = lacking !== undefined && saturated(known.now) === saturated(known.before)
  if (isTold && !isDueAgain({ ...known.now, reasked: lacking.at }, now)) return lacking
  const orders = await ask(ports, witness, partition)
  if (orders === undefined) return lacking
  const since = orders.reduce((first, { time }) => Math.min(first, time), settled)
  const rows = (await ports.stored({ from: since, to: Number.MAX_SAFE_INTEGER })).filter(
    (row) => partitionOf(row) === partition || isUnreadable(row),
  )
  // Of which order a fill is that cannot be read, nobody knows; nor, of one that does not say when, where it lies.
  if (rows.some(isUnreadable) || unreadableIn(known.before).some(({ to }) => to > since)) return lacking
  return { ...lackingFills(orders, rows, settled), at: now }
}

/** What holds more rows than can be shown, in a word. */
function saturated({ lost }: Coverage): string {
  return lost.flatMap(({ reason, from, to }) => (reason === 'saturated' ? [`${from}-${to}`] : [])).join(' ')
}

/** Undefined where orders are not to be had. */
async function ask(
  { client, signal }: AskWitnessPorts,
  { ask: question, limit, orders }: OrderWitness,
  partition: string,
): Promise<readonly ListedOrder[] | undefined> {
  try {
    const options = { signal, attempts: witnessAttempts }
    return (await client.ask(question({ partition, limit }), orders, options)).data
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    const { kind } = error.failure
    // Whatever ends the run ends its next question, too.
    if (kind === 'aborted' || (endsThePartition(kind) && kind !== 'not-served' && kind !== 'no-permission'))
      throw error
    return undefined
  }
}
