import { diff } from '../domain/diff.ts'
import { FailureError } from '../domain/failure.ts'
import type { StreamKind } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import { queue } from './one-by-one.ts'

type Owner = { readonly user: string; readonly connection: string }

export type StoreRowsPorts = {
  readonly transactions: {
    stored(owner: Owner, stream: StreamKind, window: Window): Promise<readonly Transaction[]>
    write(owner: Owner, transactions: readonly Transaction[]): Promise<void>
    /** Only for what could not be read and is replaced by what can. */
    remove(owner: Owner, transactions: readonly Transaction[]): Promise<void>
  }
  readonly lease: { holds(owner: Owner, epoch: number): Promise<boolean> }
}

/** What storing did, counted over a run. */
export type RowCounts = { new: number; changed: number; unchanged: number }

/** Whether the rows of an answer are served again, in parts. */
export type More = 'more to come' | 'whole'

/** Stores the rows of one stream for one run: only what is new or changed is written. Adds to `counts`. */
export function storeRows(
  ports: StoreRowsPorts,
  run: {
    readonly owner: Owner
    readonly epoch: number
    readonly stream: StreamKind
    readonly counts: RowCounts
  },
): (transactions: readonly Transaction[], more: More) => Promise<void> {
  const { owner, epoch, stream, counts } = run
  const oneByOne = queue()
  /** Identities of rows that are stored from a full page, and were not served with the parts of its window yet. */
  const shown = new Set<string>()

  async function store(transactions: readonly Transaction[], more: More): Promise<void> {
    if (transactions.length === 0) return
    const times = transactions.map(({ time }) => time)
    const from = times.reduce((a, b) => Math.min(a, b))
    const to = times.reduce((a, b) => Math.max(a, b)) + 1
    const found = diff(await ports.transactions.stored(owner, stream, { from, to }), transactions)
    if (found.write.length > 0) {
      // A history that was just deleted must not get rows from a run that does not know yet.
      if (!(await ports.lease.holds(owner, epoch))) throw new FailureError({ kind: 'lease-lost' })
      await ports.transactions.write(owner, found.write)
    }
    counts.new += found.new
    counts.changed += found.changed
    // What a full page showed is served again with the parts of its window: it counts once, as what it was first.
    if (more === 'more to come') for (const { identity } of found.write) shown.add(identity)
    else
      counts.unchanged += Math.max(
        0,
        found.unchanged - transactions.filter(({ identity }) => shown.delete(identity)).length,
      )
  }

  // The same row can come from two windows or two partitions: compared and written one answer at a time.
  return (transactions, more) => oneByOne(() => store(transactions, more))
}
