import type { ToldMoney } from './futures-money.ts'
import { isoTime } from './outward.ts'
import type { StreamKind } from './stream.ts'
import { subtract, union, type Window } from './window.ts'

/** Whose word it is that a file is whole: its owner's, or that of a running balance that no row breaks. */
export type Attestant = 'owner' | 'balance'

/** What is said of one file: it tells all of a stream that happened in a window. */
export type Claim = {
  readonly by: Attestant
  readonly window: Window
  /** When its rows happened: each within a window. */
  readonly rows: readonly Window[]
  /** How many rows the file has, those included that say nothing of this stream. */
  readonly count: number
  /** The times of the API's rows in the window that the file should tell and does not. */
  readonly missing: readonly number[]
  /** When the first of its rows would have happened that the exchange has shown not to be. */
  readonly disprovedAt?: number
}

/**
 * Why less is attested than is claimed. `refuted`: the API has served a row that the file does not tell, so that it may lack others;
 * `disproved`: it tells a row that the exchange has shown not to be; `round`: it has as many rows as exports are known to be cut at.
 */
export type Withdrawal =
  | { readonly why: 'refuted' | 'disproved'; readonly at: number }
  | { readonly why: 'round'; readonly count: number }

export type Attested = {
  readonly by: Attestant
  /** Disjoint and in order; it is never said to be covered. */
  readonly windows: readonly Window[]
  readonly withdrawn?: Withdrawal
}

/** Numbers of rows at which exports and spreadsheets are known to end. */
const roundCounts: ReadonlySet<number> = new Set([
  500, 1_000, 5_000, 10_000, 50_000, 65_535, 100_000, 1_048_575,
])

/** What is left of a claim: nothing that a row of the API refutes, and no end at which the file may have been cut. */
export function attest({ by, window, rows, count, missing, disprovedAt }: Claim): Attested {
  const at = missing.find((time) => time >= window.from && time < window.to)
  if (at !== undefined) return { by, windows: [], withdrawn: { why: 'refuted', at } }
  // Whoever tells what was not has no word for what was.
  if (disprovedAt !== undefined) return { by, windows: [], withdrawn: { why: 'disproved', at: disprovedAt } }
  if (!roundCounts.has(count)) return { by, windows: union([window]) }
  // Nobody says which end was cut, and what happened at the same moment as the last row may have been cut with it.
  const first = rows.reduce((end, { to }) => Math.min(end, to), Number.POSITIVE_INFINITY)
  const last = rows.reduce((begin, { from }) => Math.max(begin, from), 0)
  const inner = { from: Math.max(window.from, first), to: Math.min(window.to, last) }
  return { by, windows: union([inner]), withdrawn: { why: 'round', count } }
}

/** The time that files attest of what is not covered: both are never the same. */
export function attestedBeside(
  attested: readonly Attested[],
  covered: readonly Window[],
): readonly (Window & { readonly by: Attestant })[] {
  const proved = union(attested.filter(({ by }) => by === 'balance').flatMap(({ windows }) => windows))
  const declared = union(attested.flatMap(({ windows }) => windows))
  return [
    ...subtract(
      proved.map((window) => ({ ...window, by: 'balance' as const })),
      covered,
    ),
    ...subtract(
      declared.map((window) => ({ ...window, by: 'owner' as const })),
      [...covered, ...proved],
    ),
  ].sort((a, b) => a.from - b.from)
}

/** Says on whose word time counts, so that nobody takes it for time that the exchange has served. */
export function attestedSentence({ from, to, by }: Window & { readonly by: Attestant }): string {
  const time = `${toTheMinute(from)} to ${toTheMinute(to)} UTC`
  return by === 'owner'
    ? `${time} is attested by a file, of which its owner says that it is whole`
    : `${time} is attested by a file whose running balance no row breaks`
}

export function withdrawalSentence(withdrawn: Withdrawal): string {
  switch (withdrawn.why) {
    case 'refuted':
      return (
        `The file attests nothing: the exchange has served a row of ${toTheMinute(withdrawn.at)} UTC that it does not tell. ` +
        'Download it again for the whole period, without any filter.'
      )
    case 'disproved':
      return (
        `The file attests nothing: it tells a row of ${toTheMinute(withdrawn.at)} UTC, and the exchange has shown otherwise. ` +
        'See whether it is of this account, and download it again.'
      )
    case 'round':
      return (
        `The file has exactly ${withdrawn.count} rows, at which exports are cut: its ends attest nothing. ` +
        'Download it again in shorter periods.'
      )
  }
}

function toTheMinute(time: number): string {
  return isoTime(time).slice(0, 'yyyy-mm-ddThh:mm'.length).replace('T', ' ')
}

/** Time of a stream for which files are said to be whole: never said to be covered. */
export type AttestedTime = Window & { readonly stream: StreamKind; readonly by: Attestant }

/** What the files of a connection tell of time. */
export type FileTime = {
  readonly claims: readonly (Attested & { readonly stream: StreamKind })[]
  /** Of which time they have profits and fees of the ledger of futures, by market. */
  readonly ledger: readonly ToldMoney[]
  /** Of which kinds they have rows that nobody else tells. */
  readonly streams: readonly StreamKind[]
  /** When the first row happened that only they tell. Epoch milliseconds. */
  readonly oldest?: number
}

/** What files attest of a stream beside what is covered of it: gaps stay what they are. */
export function attestedTime(
  { claims }: FileTime,
  stream: StreamKind,
  covered: readonly Window[],
): readonly AttestedTime[] {
  const own = claims.filter((claim) => claim.stream === stream)
  return attestedBeside(own, covered).map((window) => ({ ...window, stream }))
}

/** The same as sentences, and why files attest less than was said of them. */
export function attestedSentences(
  files: FileTime,
  stream: StreamKind,
  covered: readonly Window[],
): readonly string[] {
  const withdrawn = files.claims.flatMap((claim) =>
    claim.stream === stream && claim.withdrawn !== undefined ? [withdrawalSentence(claim.withdrawn)] : [],
  )
  return [
    ...attestedTime(files, stream, covered).map(
      (one) => `${attestedSentence(one)}. The exchange has not served all of it.`,
    ),
    ...new Set(withdrawn),
  ]
}
