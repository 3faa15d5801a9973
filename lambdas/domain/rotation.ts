import type { Coverage } from './coverage.ts'
import { checkOf } from './sums.ts'
import { day } from './window.ts'

/** How a run sees the names of partitions that only run time knows. */
export type Names = {
  /** What the catalogue lists, or listed once. */
  readonly listed: readonly string[]
  /** Of these, what it lists no more. */
  readonly gone?: ReadonlySet<string>
  /** What something else makes likely, and since when (epoch milliseconds): who was not asked since then is asked at once. */
  readonly hinted: ReadonlyMap<string, number>
  /** Rows of another kind show that what these are part of was opened on the account. */
  readonly isOpen?: true
  /** Each word of the user, and the names that it may stand for, of which the first is the word as it was written. */
  readonly said: ReadonlyMap<string, readonly string[]>
}

export const noNames: Names = { listed: [], hinted: new Map(), said: new Map() }

/** Partitions of which there are no rows are kept on so few shelves. */
const shelves = 7

/** A run looks for the shelf of every name at each save: of those that it knows it need not be worked out again. */
const foundShelves = new Map<string, number>()

/** The shelf of a partition. Those of one shelf have their turn together, so that a night changes few of them. */
export function shelfOf(name: string): number {
  const found = foundShelves.get(name)
  if (found !== undefined) return found
  const shelf = Number.parseInt(checkOf({ name }).slice(0, 8), 16) % shelves
  foundShelves.set(name, shelf)
  return shelf
}

/** Whether nothing ever came of a partition: then its coverage says no more than when it was asked. */
export function isQuiet({ oldest, unfinished }: Pick<Coverage, 'oldest' | 'unfinished'>): boolean {
  return oldest === undefined && unfinished.length === 0
}

/** What was asked so short a time ago is not asked again in its turn, however many runs there are. */
const notAgainWithin = day / 2

/**
 * The partitions that a run asks for, the most telling first: those with rows, those that something makes likely, those whose
 * time is up, and of the others the share of a night, who waited longest first, so that each is asked for within `every`
 * milliseconds. What was asked since the run began was asked by the worker before this one. `again`: all of them.
 */
export function whoseTurn(
  known: ReadonlyMap<string, Coverage>,
  { listed, hinted }: Pick<Names, 'listed' | 'hinted'>,
  every: number,
  { startedAt, again }: { readonly startedAt: number; readonly again: boolean },
): readonly string[] {
  const nights = Math.max(1, Math.round(every / day))
  const all = [...new Set([...known.keys(), ...listed, ...hinted.keys()])].map((name) => {
    const part = known.get(name)
    return { name, part, asked: part?.asked ?? Number.NEGATIVE_INFINITY, shelf: shelfOf(name) }
  })
  const open = all.filter(({ asked }) => asked < startedAt)
  const ranked = open.map((one) => ({ ...one, rank: rankOf(one), age: nightsSince(one.asked) }))
  const quiet = all.filter(({ part }) => part === undefined || isQuiet(part))
  const lately = quiet.filter(({ asked }) => asked > startedAt - notAgainWithin).length
  const of = (wanted: Rank) =>
    ranked
      .filter(({ rank }) => rank === wanted)
      .sort((a, b) => b.age - a.age || a.shelf - b.shelf || (a.name < b.name ? -1 : 1))
  const due = of('due')
  const share = Math.max(0, Math.ceil(quiet.length / nights) - lately - due.length)
  const inTurn = of('in turn').filter(({ asked }) => asked <= startedAt - notAgainWithin)
  return [...of('has rows'), ...of('likely'), ...due, ...inTurn.slice(0, share), ...of('fell short')].map(
    ({ name }) => name,
  )

  function rankOf({ name, part, asked }: (typeof all)[number]): Rank {
    if (part !== undefined && !isQuiet(part)) return 'has rows'
    if (hinted.has(name) && asked < (hinted.get(name) ?? 0)) return 'likely'
    if (part?.asked !== undefined && fellShort(part)) return 'fell short'
    // Counted in nights, since no night begins at the minute of the one before.
    return again || asked <= startedAt - every + day / 2 ? 'due' : 'in turn'
  }

  function nightsSince(asked: number): number {
    return Math.min(Number.MAX_SAFE_INTEGER, Math.round((startedAt - asked) / day))
  }
}

type Rank = 'has rows' | 'likely' | 'due' | 'in turn' | 'fell short'

/** The last attempt brought less than it was made for. What fails for ever must not stand in the way of the others. */
export function fellShort({ note, covered, unverified, lost, attempted }: Coverage): boolean {
  // What is gone, or shows nothing, was asked for to the end: it brings no more the next night.
  const told = Math.max(0, ...[...covered, ...unverified, ...lost].map(({ to }) => to))
  return note === undefined && told < attempted
}

/** Whether a catalogue is known, and does not list this name now: then that nothing comes of it is no sign of anything. */
export function isUnlisted({ listed, gone }: Pick<Names, 'listed' | 'gone'>, name: string): boolean {
  return listed.length > 0 && (gone?.has(name) === true || !listed.includes(name))
}
