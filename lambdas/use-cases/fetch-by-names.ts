import { FailureError } from '../domain/failure.ts'
import { splitWindow } from '../domain/split-window.ts'
import type { WindowStream } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { type Window, width } from '../domain/window.ts'
import { askPart, type Fetched, type FetchPorts, fetchWindow, type Page } from './fetch-window.ts'

/** What was shown of a window. `unproven`: only by names that are known, of which there may be more. */
export type FetchedByNames = Fetched & { readonly unproven?: true }

/** If the first few questions that name something are refused as well, it was not the name that was lacking. */
const enoughRefused = 3

export type Names = {
  /** Those that rows have named so far. */
  readonly known: () => readonly string[]
  /** Whether nobody says that the exchange serves this window: there, only what is known is asked for. */
  readonly isOld: (window: Window) => boolean
}

/**
 * Asks for windows of a stream whose exchange may demand that a question names one value of a filter, such as the symbol: for
 * all at once, and where that is refused, for every name that a catalogue or a row tells.
 */
export function fetchByNames(
  ports: FetchPorts,
  definition: () => WindowStream,
  partition: string,
  { known, isOld }: Names,
): (window: Window) => Promise<FetchedByNames> {
  let isDemanded = false

  async function fetchNamed(window: Window, refused: unknown): Promise<FetchedByNames> {
    const { splits, pageCap, unit } = definition()
    const split = splits.find(({ mayBeDemanded }) => mayBeDemanded)
    if (split === undefined) throw refused
    const { catalogue } = split
    const listed = catalogue === undefined || isOld(window) ? [] : [...ports.markets[catalogue].keys()]
    const pages: Page[] = []
    let tried = 0
    for (const name of [...new Set([...known(), ...listed])].sort()) {
      const page = await askPart(ports, definition(), partition, window, { [split.filter]: name })
      tried += 1
      if (page !== undefined) pages.push(page)
      else if (pages.length === 0 && tried >= enoughRefused) break
    }
    const [first] = pages
    if (first === undefined) throw refused
    isDemanded = true
    const all = {
      askedAt: first.askedAt,
      answeredAt: pages.at(-1)?.answeredAt ?? first.answeredAt,
      transactions: pages.flatMap(({ transactions }) => transactions),
      timeless: pages.flatMap(({ timeless }) => timeless),
      served: pages.reduce((sum, { served }) => sum + served, 0),
      unproven: true,
    } as const
    const full = pages.find(({ served }) => served >= pageCap)
    if (isAstray(all.transactions, window, unit)) return { ...all, outcome: 'astray' }
    if (full === undefined) return { ...all, outcome: 'complete' }
    if (width(window) <= unit) return { ...all, outcome: 'dense' }
    const times = full.transactions.map(({ time }) => time)
    return { ...all, outcome: 'full', pieces: splitWindow(window, times, definition()) }
  }

  return async (window) => {
    try {
      if (!isDemanded) return await fetchWindow(ports, definition(), partition, window)
    } catch (error) {
      if (!(error instanceof FailureError) || error.failure.kind !== 'rejected') throw error
      return fetchNamed(window, error)
    }
    return fetchNamed(window, new FailureError({ kind: 'rejected' }))
  }
}

function isAstray(rows: readonly Transaction[], { from, to }: Window, unit: number): boolean {
  return rows.some(({ time }) => time < from - unit || time >= to + unit)
}
