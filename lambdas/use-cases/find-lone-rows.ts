import type { Owner } from '../domain/connection.ts'
import { isToldTwice, type LedgerTime, type LoneRow, loneRows, skew } from '../domain/futures-money.ts'
import type { StreamKind } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { minute, subtract, type Window } from '../domain/window.ts'
import type { ListTransactionsPorts } from './list-transactions.ts'

type Ports = Pick<ListTransactionsPorts, 'transactions'>

/** Rows with less time between them are looked at together with the fills around them. Milliseconds. */
const together = 10 * minute

/** Rows that one question to the store brings. */
const rowsAtOnce = 500

/**
 * The rows of profit and fees of a history's futures ledger that no fill tells, although the ledger of their time is not known. There is
 * hardly a row of such time: what was served proves the time around it, as a rule.
 */
export async function findLoneRows(
  ports: Ports,
  owner: Owner,
  time: LedgerTime,
): Promise<readonly LoneRow[]> {
  const lone: LoneRow[] = []
  const open = subtract([{ from: 0, to: Number.MAX_SAFE_INTEGER }], time.of(undefined))
  for (const window of open)
    for await (const { rows, first, last } of groups(each(ports, owner, 'futures-ledger', window))) {
      const fills: Transaction[] = []
      const around = { from: Math.max(0, first - skew), to: last + skew + 1 }
      for await (const fill of each(ports, owner, 'futures-trade', around)) fills.push(fill)
      lone.push(...loneRows(time, rows, fills))
    }
  return lone
}

async function* each(
  { transactions }: Ports,
  owner: Owner,
  stream: StreamKind,
  window: Window,
): AsyncIterable<Transaction> {
  let page = await transactions.page(owner, { stream, ...window, limit: rowsAtOnce })
  yield* page.items
  while (page.next !== undefined) {
    page = await transactions.page(owner, { stream, ...window, limit: rowsAtOnce, after: page.next })
    yield* page.items
  }
}

type Group = { readonly rows: Transaction[]; readonly first: number; last: number }

/** Those rows that fills may tell, in the order of time. */
async function* groups(rows: AsyncIterable<Transaction>): AsyncIterable<Group> {
  let group: Group | undefined
  for await (const row of rows) {
    if (!isToldTwice(row.type ?? '')) continue
    const { time } = row
    if (group === undefined || time - group.last > together || group.rows.length >= rowsAtOnce) {
      if (group !== undefined) yield group
      group = { rows: [], first: time, last: time }
    }
    group.rows.push(row)
    group.last = time
  }
  if (group !== undefined) yield group
}
