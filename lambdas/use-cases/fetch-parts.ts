import { endsThePartition, type Failure, FailureError } from '../domain/failure.ts'
import { type ByParts, questionOf, type WindowStream } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { divide, type Window, width } from '../domain/window.ts'
import { askPage, type Fetched, type FetchPorts } from './fetch-window.ts'

/** What was shown of a window, and why some of its parts could not be had. */
export type FetchedByParts = Fetched & { readonly failure?: Failure }

/**
 * Asks for windows of a partition for which there is no question: what lies in one is listed, and each part of it is asked for.
 * Rows come of any time from the window on.
 */
export function fetchByParts(
  ports: FetchPorts,
  definition: WindowStream,
  byParts: ByParts,
  partition: string,
  isUndocumented: (window: Window) => boolean,
): (window: Window) => Promise<FetchedByParts> {
  const { unit, pageCap } = definition
  /** In which windows a part was listed. */
  const listed = new Map<string, readonly Window[]>()

  /**
   * Whether a part is listed in windows far apart: the list does not heed what it is asked for. That it ignores old time says
   * nothing of young time.
   */
  function isAnywhere(values: ReadonlySet<string>, window: Window): boolean {
    const isComparable = (other: Window) => isUndocumented(window) || !isUndocumented(other)
    const isFar = ({ from, to }: Window) => to + 2 * unit < window.from || window.to + 2 * unit < from
    const anywhere = [...values].some((value) =>
      listed.get(value)?.some((other) => isComparable(other) && isFar(other)),
    )
    for (const value of values) listed.set(value, [...(listed.get(value) ?? []), window])
    return anywhere
  }

  return async (window) => {
    const question = questionOf(definition, window, partition, {})
    const { data, ...timing } = await ports.client.ask(byParts.ask(question), byParts.values, {
      signal: ports.signal,
    })
    const values = new Set(data)
    const nothing = { ...timing, transactions: [], timeless: [], served: 0 }
    const isFull = data.length >= byParts.pageCap
    // In young time, a list that is not full may name what is still open whenever it is asked.
    if (isAnywhere(values, window) && (isFull || isUndocumented(window)))
      return { ...nothing, outcome: 'astray' }
    const pieces = divide(window, 2, unit)
    const isSmallest = width(window) <= unit
    if (isFull && !isSmallest) return { ...nothing, outcome: 'full', pieces }

    let isCut = isFull
    let served = 0
    let failure: Failure | undefined
    const transactions: Transaction[] = []
    const timeless: Transaction[] = []
    for (const value of values) {
      try {
        const part = await askPage(ports, definition, partition, window, { [byParts.filter]: value })
        transactions.push(...part.transactions)
        timeless.push(...part.timeless)
        served += part.served
        isCut ||= part.served >= pageCap
      } catch (error) {
        // One part that cannot be had costs none of the others.
        if (!(error instanceof FailureError) || endsThePartition(error.failure.kind)) throw error
        failure ??= error.failure
      }
    }
    const page = { ...timing, transactions, timeless, served, ...(failure !== undefined && { failure }) }
    if (isCut) return isSmallest ? { ...page, outcome: 'dense' } : { ...page, outcome: 'full', pieces }
    if (timeless.length > 0 && !isSmallest) return { ...page, outcome: 'undated', pieces }
    return { ...page, outcome: 'complete' }
  }
}
