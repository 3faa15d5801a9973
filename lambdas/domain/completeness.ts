import type { FileTime } from './attested.ts'
import {
  type Coverage,
  frontier,
  type Gap,
  gaps,
  isGone,
  noCoverage,
  partsOf,
  triedUntil,
  type UnverifiedReason,
} from './coverage.ts'
import type { Period } from './period.ts'
import { toldByReserve, withReserve } from './reserves.ts'
import { hasPartition, kindsOf, type StreamDefinition } from './stream.ts'
import { intersect, type Window } from './window.ts'

/**
 * The state of a stream, a run, a connection or an export. `complete`: everything from the beginning to the last sync
 * less the settle lag is covered, in every part; `unverified`: nothing is known to be missing, and for some time nobody
 * can tell; `incomplete`: something is missing, was not asked for yet, or failed.
 */
export const completenesses = ['complete', 'unverified', 'incomplete'] as const
export type Completeness = (typeof completenesses)[number]

/** Time of which nobody can tell. `not-served`: this kind of key is never served the stream. */
export type Doubt = Window & { readonly reason: UnverifiedReason | 'not-served' }

/** Of which parts of its stream a time is; without it, of all. Of thousands that lack the same time, the first are named. */
export type Whose = { readonly partitions?: readonly string[]; readonly morePartitions?: number }

export type WhoseGap = Gap & Whose
export type WhoseDoubt = Doubt & Whose

/** Which time is judged, epoch milliseconds. */
export type Scope = {
  /** A period without an end is judged up to the last sync. */
  readonly period?: Period
  /** What its owner says of the beginning: counts as long as no stored row says otherwise. */
  readonly word?: OwnersWord
  /** There is no key and never was: nobody is asked, and files alone tell. It decides words, and no state. */
  readonly statementsOnly?: true | undefined
}

/** What is known of one partition, and nothing of the time outside the scope. */
export type JudgedPart<D> = Coverage & {
  readonly definition: D
  /** Where the scope begins for it. */
  readonly begin: number
  /** The time of which only a reserve tells, and which. */
  readonly reserved: readonly (Window & { readonly by: D })[]
}

/** What is known of one stream within a scope. */
export type Judgement<D = unknown> = {
  readonly state: Completeness
  readonly gaps: readonly WhoseGap[]
  readonly unverified: readonly WhoseDoubt[]
  /** Parts that were not asked for up to the end; `known`: up to when they are, undefined for not at all. */
  readonly behind: readonly { readonly partition: string; readonly known: number | undefined }[]
  /** How many parts there are, those included that were never asked. */
  readonly of: number
  /** Where the scope begins for this stream. */
  readonly begin: number
  /** Each part that was ever asked. */
  readonly parts: readonly JudgedPart<D>[]
}

type Judged = Pick<StreamDefinition, 'stream' | 'partitions' | 'opened' | 'reserveOf'>

/** The one definition of what is complete: every run, sentence, answer and export comes from here. `kind`: all its definitions. */
export function judge<D extends Judged>(
  kind: readonly D[],
  coverage: readonly Coverage[],
  scope: Scope = {},
): Judgement<D> {
  const { from = 0, to = Number.MAX_SAFE_INTEGER } = scope.period ?? {}
  const known = kind.flatMap((definition) => {
    const { opened, stream, reserveOf } = definition
    // What a reserve knows is a part of what its better does.
    if (reserveOf !== undefined) return []
    const begin = Math.max(opened, from, sinceOf(scope.word) ?? 0)
    return partsOf(definition, coverage).map(({ partition, part: own }) => {
      const { part, reserved } = withReserves(kind, coverage, own ?? noCoverage(stream, partition))
      return {
        stored: own !== undefined,
        attempted: triedUntil(part),
        gone: isGone(part),
        clipped: {
          ...clip(part, begin, to),
          definition,
          begin,
          reserved: clipAll(reserved, begin, to),
        },
      }
    })
  })
  const behind = known
    .filter(({ clipped, attempted, gone }) => {
      if (clipped.note !== undefined || gone) return false
      if (attempted === 0) return true
      return to > clipped.definition.opened && attempted < dueAt(scope)
    })
    .map(({ clipped, attempted }) => ({
      partition: clipped.partition,
      known: attempted === 0 ? undefined : (frontier(clipped) ?? attempted),
    }))
  const parts = known.flatMap(({ clipped, stored }) => (stored ? [clipped] : []))
  const missing = eachOnce(parts, known.length, (part) => gaps(part, part.begin))
  const unverified = eachOnce(parts, known.length, (part) => doubts(part, part.begin))
  const state =
    behind.length > 0 || missing.length > 0
      ? 'incomplete'
      : unverified.length > 0 || parts.some(({ note }) => note === 'not-served')
        ? 'unverified'
        : 'complete'
  const begin = known.reduce((first, { clipped }) => Math.min(first, clipped.begin), Number.POSITIVE_INFINITY)
  return { state, gaps: missing, unverified, behind, of: known.length, begin, parts }
}

/** How many parts are named that lack the same time. */
const mostNamed = 3

/** What several parts lack for the same reason counts once, and says whose it is. `all`: how many parts there are. */
function eachOnce<D extends Judged, T extends Window & { readonly reason: string }>(
  parts: readonly JudgedPart<D>[],
  all: number,
  spansOf: (part: JudgedPart<D>) => readonly T[],
): readonly (T & Whose)[] {
  const found = new Map<string, { readonly span: T; readonly partitions: string[]; count: number }>()
  for (const part of parts)
    for (const span of spansOf(part)) {
      const name = `${span.from} ${span.to} ${span.reason}`
      const same = found.get(name) ?? { span, partitions: [], count: 0 }
      if (same.count < mostNamed) same.partitions.push(part.partition)
      same.count += 1
      found.set(name, same)
    }
  return [...found.values()]
    .map(({ span, partitions, count }) => ({
      ...span,
      ...(count < all && { partitions }),
      ...(count < all && count > mostNamed && { morePartitions: count - mostNamed }),
    }))
    .sort(oldestFirst)
}

/** Those parts by name: the first of them, and how many more. */
export function whoseOf(parts: readonly Pick<Coverage, 'partition'>[]): Whose {
  const partitions = parts.slice(0, mostNamed).map(({ partition }) => partition)
  return { partitions, ...(parts.length > mostNamed && { morePartitions: parts.length - mostNamed }) }
}

function withReserves<D extends Judged>(kind: readonly D[], coverage: readonly Coverage[], better: Coverage) {
  const reserves = kind
    .filter(({ reserveOf }) => reserveOf === better.partition)
    .flatMap((by) =>
      coverage
        .filter(({ stream, partition }) => stream === by.stream && hasPartition(by.partitions, partition))
        .map((reserve) => ({ by, reserve })),
    )
  return {
    part: reserves.reduce((part, { reserve }) => withReserve(part, reserve), better),
    reserved: reserves.flatMap(({ by, reserve }) =>
      toldByReserve(better, reserve).map((window) => ({ ...window, by })),
    ),
  }
}

/** Up to when a part must have been asked for. Where the period has no end, it is judged up to when it was last asked. */
function dueAt({ period, word }: Scope): number {
  const since = sinceOf(word)
  if (period?.to !== undefined) return (since ?? 0) >= period.to ? 0 : period.to
  // Time that begins after the last sync is not complete because nothing is known of it.
  return period?.from === undefined && since === undefined ? 0 : Math.max(period?.from ?? 0, since ?? 0) + 1
}

function doubts(part: Coverage, begin: number): readonly Doubt[] {
  if (part.note === 'not-opened' || part.note === 'not-known') return []
  if (part.note === undefined) return part.unverified
  return part.attempted > begin ? [{ from: begin, to: part.attempted, reason: 'not-served' }] : []
}

function oldestFirst(a: Window, b: Window): number {
  return a.from - b.from
}

/** The state of the whole: that of the part of which the least is known. Of nothing, nothing is known. */
export function worst(states: readonly Completeness[]): Completeness {
  if (states.length === 0 || states.includes('incomplete')) return 'incomplete'
  return states.includes('unverified') ? 'unverified' : 'complete'
}

/** What the owner of an account says about when it began, and the stored row that says otherwise. Epoch milliseconds. */
export type OwnersWord = { readonly at: number; readonly refutedBy?: number }

/** Whoever stored the row, the exchange or a file, it says otherwise. `files`: what files tell, where there are some. */
export function ownersWord(
  accountSince: number | undefined,
  coverage: readonly Coverage[],
  files: Pick<FileTime, 'oldest'> | undefined,
): OwnersWord | undefined {
  if (accountSince === undefined) return undefined
  const oldest = [...coverage, ...(files === undefined ? [] : [files])].flatMap(
    ({ oldest: time }) => time ?? [],
  )
  const first = oldest.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  return { at: accountSince, ...(first < accountSince && { refutedBy: first }) }
}

/** The word of the owner, as far as it counts. */
function sinceOf(word: OwnersWord | undefined): number | undefined {
  return word?.refutedBy === undefined ? word?.at : undefined
}

/** The state of a connection, or of an export of it. */
export function judgeAll(
  streams: readonly Judged[],
  coverage: readonly Coverage[],
  scope: Scope = {},
): Completeness {
  return worst(kindsOf(streams).map((kind) => judge(kind, coverage, scope).state))
}

/** Up to when all parts of all streams were asked for; undefined while one never was. */
export function lastSync(streams: readonly Asked[], coverage: readonly Coverage[]): number | undefined {
  return earliestOf(streams, coverage, ({ attempted }) => attempted)
}

/**
 * Up to when all parts of all streams are known, be it that nobody can tell: a run that was interrupted, or failed, may have got
 * less far than it was to. Undefined while nothing is known of one.
 */
export function knownUntil(streams: readonly Asked[], coverage: readonly Coverage[]): number | undefined {
  return earliestOf(streams, coverage, ({ note, attempted, covered, unverified, lost }) => {
    const ends = [...covered, ...unverified, ...lost].map(({ to }) => to)
    const last = note === undefined ? ends.reduce((a, b) => Math.max(a, b), 0) : attempted
    return Math.min(attempted, last)
  })
}

type Asked = Pick<Judged, 'stream' | 'partitions' | 'reserveOf'>

function earliestOf(
  streams: readonly Asked[],
  coverage: readonly Coverage[],
  timeOf: (part: Coverage) => number,
): number | undefined {
  const times = streams.flatMap((definition) =>
    definition.reserveOf === undefined
      ? partsOf(definition, coverage).map(({ part }) => (part === undefined ? 0 : timeOf(part)))
      : [],
  )
  const earliest = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  return Number.isFinite(earliest) && earliest > 0 ? earliest : undefined
}

function clip(part: Coverage, from: number, to: number): Coverage {
  const isWithin = ({ time }: { readonly time: number }) => time >= from && time < to
  const within = <T extends Window>(list: readonly T[]) => clipAll(list, from, to)
  return {
    ...part,
    covered: intersect(part.covered, [{ from, to }]),
    unverified: within(part.unverified),
    lost: within(part.lost),
    attempted: Math.min(triedUntil(part), to),
    unfinished: part.unfinished.filter(isWithin),
    ...(part.missing !== undefined && { missing: part.missing.filter(isWithin) }),
    ...(part.unread !== undefined && { unread: part.unread.filter(isWithin) }),
    ...(part.revised !== undefined && { revised: part.revised.filter(isWithin) }),
  }
}

function clipAll<T extends Window>(list: readonly T[], from: number, to: number): readonly T[] {
  return list.flatMap((one) => intersect([one], [{ from, to }]).map((window) => ({ ...one, ...window })))
}
