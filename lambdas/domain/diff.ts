import type { Timing } from './client.ts'
import { sameRow } from './same-row.ts'
import { type Order, orderOf, takeOver } from './take-over.ts'
import { keyOf, type Transaction } from './transaction.ts'
import { isUnreadable, knownRow, rowInAnotherState } from './unreadable.ts'

/** What became of one row of an answer. */
export type Settled = {
  readonly served: Transaction
  /** Undefined for a row that is new. */
  readonly before: Transaction | undefined
  /** As it should read now. */
  readonly now: Transaction
  readonly order: Order
}

export type Diff = {
  /** What must be written: new rows, and changed ones as they should read now. */
  readonly write: readonly Transaction[]
  readonly new: number
  readonly changed: number
  readonly unchanged: number
  readonly settled: readonly Settled[]
}

export type DiffOptions = {
  readonly answer: Timing
  /** Rows may be found by their identity alone, at whatever time they are served. */
  readonly byId?: boolean
  /** When the newest answer so far was given, for rows that this run has read: by `keyOf`. */
  readonly said?: ReadonlyMap<string, Timing>
}

/** Compares what was served with what is stored. A row served several times counts once. */
export function diff(
  stored: readonly Transaction[],
  served: readonly Transaction[],
  { answer, byId = false, said }: DiffOptions,
): Diff {
  const known = new Map(stored.map((row) => [keyOf(row), row]))
  const latest = new Map<string, Transaction>()
  const alike = new Map<string, Transaction[]>()
  for (const row of stored) alike.set(nameOf(row), [...(alike.get(nameOf(row)) ?? []), row])
  const taken = new Set<string>()
  /** Stored rows that were served in a state that cannot be read. */
  const unread = new Map<string, Transaction>()
  const settled: Settled[] = []
  for (const row of inTurn(served, known, byId)) {
    const rows = alike.get(nameOf(row)) ?? []
    const found = unreadOf(row)
    const restated = found === undefined ? restatedBy(row) : undefined
    const before = found ?? restated ?? sameRow(rows, row, taken)
    const key = keyOf(before ?? row)
    const order = orderOf(answer, said?.get(key))
    // An answer whose place is not clear is heard if its question was the later one.
    const heard =
      order === 'newer' || (order === 'unclear' && answer.askedAt >= (said?.get(key)?.askedAt ?? 0))
    const saysMore = heard && restated === undefined
    const now = before === undefined ? row : saysMore ? takeOver(before, row, answer.askedAt) : before
    latest.set(key, now)
    const name = nameOf(now)
    alike.set(name, [...(alike.get(name) ?? []).filter((one) => one !== before), now])
    taken.add(key)
    settled.push({ served: row, before: known.get(key), now, order })
  }
  const write: Transaction[] = []
  let fresh = 0
  for (const [key, transaction] of latest) {
    const before = known.get(key)
    if (before === transaction) continue
    write.push(transaction)
    if (before === undefined) fresh += 1
  }
  return { write, new: fresh, changed: write.length - fresh, unchanged: latest.size - write.length, settled }

  function unreadOf(row: Transaction): Transaction | undefined {
    if (!isUnreadable(row)) return undefined
    const found = unread.get(keyOf(row)) ?? knownRow(stored, row, taken)
    if (found === undefined) return undefined
    unread.set(keyOf(row), found)
    return latest.get(keyOf(found)) ?? found
  }

  /** Of two states that nobody can read, nobody can tell which is the newer: the first stands. */
  function restatedBy(row: Transaction): Transaction | undefined {
    if (!isUnreadable(row)) return undefined
    const found = rowInAnotherState(new Set(unread.values()), row)
    return found && latest.get(keyOf(found))
  }

  function nameOf(row: Transaction): string {
    return byId ? row.identity : keyOf(row)
  }
}

/**
 * Rows whose time is known come first: what is left of an id's rows is then dated anew. What cannot be read comes last: it is none
 * of those that can.
 */
function inTurn(
  served: readonly Transaction[],
  known: ReadonlyMap<string, Transaction>,
  byId: boolean,
): readonly Transaction[] {
  const turnOf = (row: Transaction) => (isUnreadable(row) ? 2 : byId && !known.has(keyOf(row)) ? 1 : 0)
  return [...served].sort((a, b) => turnOf(a) - turnOf(b))
}
