import { coverUnreadable, unreadableIn } from '../domain/cover-answer.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { Transaction } from '../domain/transaction.ts'
import { isUnreadable } from '../domain/unreadable.ts'
import { intersect, subtract, union, type Window } from '../domain/window.ts'

export type KeepUndatedPorts = {
  readonly stored: (window: Window) => Promise<readonly Transaction[]>
  /** Stores rows of an answer; resolves when every row is stored. */
  readonly keep: (rows: readonly Transaction[]) => Promise<void>
}

/**
 * What a list leaves of covered time when rows of it do not say when, and keeps these. One that was not there before may lie
 * anywhere in the time that this list would show to be whole for the first time, and up to the moment of the answer: none
 * of it is, and there the row is kept; at that moment, where the list shows no time to be whole.
 */
export async function keepUndated(
  { stored, keep }: KeepUndatedPorts,
  before: Coverage,
  now: Coverage,
  shown: readonly Transaction[],
  answeredAt: number,
): Promise<Coverage> {
  const undated = [...new Map(shown.map((row) => [row.identity, row])).values()]
  const claimed = subtract(now.covered, before.covered)
  const [first] = claimed
  if (undated.length === 0) return now
  const known = await datesOf(stored, before, undated, unreadableIn(before))
  const others = undated.filter(({ identity }) => !known.has(identity))
  // A run that was killed may have kept one, and said nothing of it.
  const kept = others.length === 0 ? known : await datesOf(stored, before, others, [always])
  const dated = undated.map((row) => ({
    ...row,
    time: known.get(row.identity) ?? kept.get(row.identity) ?? first?.from ?? answeredAt,
  }))
  await keep(dated)
  // One that was there before lies before the end of what was left open then, and where nobody had seen a list that was whole.
  const places = unreadableIn(before)
  const until = others.length === 0 ? (places.at(-1)?.to ?? 0) : answeredAt + 1
  const open = [
    ...places,
    ...intersect(claimed, [{ from: 0, to: until }]),
    ...(others.length === 0 ? [] : [{ from: claimed.at(-1)?.to ?? answeredAt, to: until }]),
    ...dated.map(({ time }) => ({ from: time, to: time + 1 })),
  ]
  return coverUnreadable(now, union(open), Number.MAX_SAFE_INTEGER)
}

const always: Window = { from: 0, to: Number.MAX_SAFE_INTEGER }

/** When those of the rows are dated that are stored in these windows, by identity. */
async function datesOf(
  stored: KeepUndatedPorts['stored'],
  { partition }: Coverage,
  undated: readonly Transaction[],
  windows: readonly Window[],
): Promise<ReadonlyMap<string, number>> {
  const wanted = new Set(undated.map(({ identity }) => identity))
  const rows = (await Promise.all(windows.map(stored))).flat()
  return new Map(
    rows
      .filter((row) => isUnreadable(row) && row.account === partition && wanted.has(row.identity))
      .map(({ identity, time }) => [identity, time]),
  )
}
