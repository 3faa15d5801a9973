import { keyOf, type Transaction } from './transaction.ts'
import type { Window } from './window.ts'

export type Diff = {
  /** What must be written: new rows, and changed ones as they should read now. */
  readonly write: readonly Transaction[]
  readonly new: number
  readonly changed: number
  readonly unchanged: number
}

/** Compares what was served with what is stored. A row served several times counts once. */
export function diff(stored: readonly Transaction[], served: readonly Transaction[]): Diff {
  const known = new Map(stored.map((transaction) => [keyOf(transaction), transaction]))
  const latest = new Map<string, Transaction>()
  for (const transaction of served) {
    const key = keyOf(transaction)
    const before = latest.get(key) ?? known.get(key)
    latest.set(key, before === undefined ? transaction : advance(before, transaction))
  }
  const write: Transaction[] = []
  let fresh = 0
  for (const [key, transaction] of latest) {
    const before = known.get(key)
    if (before === transaction) continue
    write.push(transaction)
    if (before === undefined) fresh += 1
  }
  return { write, new: fresh, changed: write.length - fresh, unchanged: latest.size - write.length }
}

/**
 * The row as it should read after being served again: `stored` itself when nothing is to be written. A status only
 * moves forward, a stale answer takes nothing away, and what a catalogue of markets once told stays told.
 */
function advance(stored: Transaction, served: Transaction): Transaction {
  const enriched = stored.contractSize === undefined && served.contractSize !== undefined
  if (served.raw === stored.raw && !enriched) return stored
  if (isFinal(stored) && served.status !== stored.status) return stored
  if (stored.txId !== undefined && served.txId === undefined && served.status === stored.status) return stored
  const kept = { ...served, txId: served.txId ?? stored.txId }
  if (stored.contractSize === undefined || served.contractSize !== undefined) return kept
  const { base, quote, amount, quoteAmount, contractSize, feeCurrency } = stored
  return { ...kept, base, quote, amount, quoteAmount, contractSize, feeCurrency }
}

function isFinal(transaction: Transaction): boolean {
  return transaction.status !== undefined && transaction.status !== 'pending'
}

/**
 * Times of the transfers that must be read again, after `served` was read. `whole` is the window whose rows are all among
 * them: at the other times, one that is still pending may be missing.
 */
export function unfinishedAfter(
  unfinished: readonly number[],
  served: readonly Transaction[],
  whole: Window | undefined,
): readonly number[] {
  const read = new Set(
    served.flatMap(({ time }) =>
      whole !== undefined && time >= whole.from && time < whole.to ? [time] : [],
    ),
  )
  const pending = served.filter((transaction) => transaction.status === 'pending').map(({ time }) => time)
  return [...new Set([...unfinished.filter((time) => !read.has(time)), ...pending])].sort((a, b) => a - b)
}
