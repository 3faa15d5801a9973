import { add, canonical } from '../domain/amount.ts'
import { compareBytes } from '../domain/byte-order.ts'
import { identityOf } from '../domain/transaction.ts'
import type { Telling } from './layers.ts'
import type { Reading, StatementRow } from './row.ts'

/**
 * Where files of one ledger meet within one unit of time, each may have a part of it, and rows alike may be one event or several: what there
 * was after each tells, where it is what the rows beside it make of it.
 */
export function openMeetings(readings: readonly Reading[]) {
  const ends = new Map<number, ReadonlySet<number>>()
  const believed = new Map<number, ReadonlySet<StatementRow>>()

  /** A file that goes on before and after that time has all of it. */
  function endsAt(reading: number, { times: [time] }: StatementRow): boolean {
    const known = ends.get(reading) ?? endsOf(readings[reading]?.rows ?? [])
    ends.set(reading, known)
    return known.has(time)
  }

  function isBelieved(reading: number, row: StatementRow): boolean {
    const known = believed.get(reading) ?? believedIn(readings[reading]?.rows ?? [])
    believed.set(reading, known)
    return known.has(row)
  }

  return {
    /** One row for each event; undefined where nothing tells that there are more than the most that one reading has. */
    eventsOf(tellings: readonly Telling[]): readonly StatementRow[] | undefined {
      if (tellings.length < 2) return undefined
      const isTold = tellings.every(({ reading, rows }) =>
        rows.every((row) => endsAt(reading, row) && isBelieved(reading, row)),
      )
      return isTold ? eachBalance(tellings) : undefined
    },
  }
}

function endsOf(rows: readonly StatementRow[]): ReadonlySet<number> {
  const first = rows.reduce((least, { times: [time] }) => Math.min(least, time), Number.POSITIVE_INFINITY)
  const last = rows.reduce((most, { times: [time] }) => Math.max(most, time), Number.NEGATIVE_INFINITY)
  return new Set([first, last])
}

/** Rows whose balance is that of the one before it in the file and the change, or from which the one after it comes; read down or up. */
function believedIn(rows: readonly StatementRow[]): ReadonlySet<StatementRow> {
  const last = new Map<string, StatementRow>()
  const found = new Set<StatementRow>()
  for (const row of rows) {
    const wallet = identityOf(row.account ?? '', row.currency ?? '')
    const before = last.get(wallet)
    last.set(wallet, row)
    if (before === undefined || !(leadsTo(before, row) || leadsTo(row, before))) continue
    found.add(before)
    found.add(row)
  }
  return found
}

function leadsTo({ balance: before }: StatementRow, { amount, balance: after }: StatementRow): boolean {
  if (before === undefined || amount === undefined || after === undefined) return false
  return canonical(add(before, amount)) === canonical(after)
}

/** Between files rows of one balance are the most that one has of it; rows of different ones are different events. */
function eachBalance(tellings: readonly Telling[]): readonly StatementRow[] {
  const found = new Map<string, readonly StatementRow[]>()
  for (const { rows } of tellings)
    for (const [balance, own] of byBalance(rows)) {
      const known = found.get(balance) ?? []
      if (own.length > known.length || (own.length === known.length && rawsOf(own) < rawsOf(known)))
        found.set(balance, own)
    }
  return [...found.values()].flat().sort((a, b) => compareBytes(a.raw, b.raw))
}

function byBalance(rows: readonly StatementRow[]): ReadonlyMap<string, readonly StatementRow[]> {
  const found = new Map<string, StatementRow[]>()
  for (const row of rows) {
    const balance = row.balance === undefined ? '' : canonical(row.balance)
    found.set(balance, [...(found.get(balance) ?? []), row])
  }
  return found
}

function rawsOf(rows: readonly StatementRow[]): string {
  return rows
    .map(({ raw }) => raw)
    .sort(compareBytes)
    .join('\n')
}
