import type { Coverage, StreamCoverage } from './answers.ts'
import { month } from './show.ts'
import { timelineWords } from './words/timeline.ts'

/**
 * What is known of a time. They are drawn one over the other in this order: what is worse is never hidden. What a file attests is
 * drawn beside what is missing of the same time, which stays what it is.
 */
export const spanKinds = ['covered', 'settling', 'attested', 'unverified', 'unasked', 'gap'] as const
export type SpanKind = (typeof spanKinds)[number]

/** Epoch milliseconds. */
export type Span = {
  readonly id: string
  readonly kind: SpanKind
  readonly from: number
  readonly to: number
  readonly reason?: string
  /** The part of the stream, where it has several. */
  readonly partition?: string
}

export type Lane = {
  readonly id: string
  readonly stream: StreamCoverage['stream']
  readonly title: string
  readonly spans: readonly Span[]
  /** Spans that the answer only counts. */
  readonly uncounted: number
}

type Partition = StreamCoverage['partitions'][number]

/** What statement files add to an account. */
export type Told = {
  /** The kinds of history of which files tell rows: some no exchange serves. */
  readonly streams: readonly { readonly stream: Lane['stream']; readonly title: string }[]
  /** There is no key that an exchange could be asked with: nothing is left unasked. */
  readonly isAll: boolean
}

/** Whether there is nothing to draw yet, of any time. */
export function isNothing({ items, attested = [] }: Coverage): boolean {
  const isTold = ({ note, ...part }: Partition) => note !== undefined || namedSpans(part).length > 0
  return attested.length === 0 && !items.some(({ partitions }) => partitions.some(isTold))
}

/** A lane for each stream, or for each part of it; those that only files have, last. `now`: where they end. */
export function lanesOf(
  coverage: Coverage,
  now: number,
  byPart: boolean,
  { streams, isAll }: Told = { streams: [], isAll: false },
): readonly Lane[] {
  const { items, attested = [] } = coverage
  const ofFiles = (stream: Lane['stream']) =>
    attested
      .filter((one) => one.stream === stream)
      .map(({ from, to, by }) => span(stream, 'attested', Date.parse(from), Date.parse(to), by))
  const served = isAll ? [] : servedLanes(coverage, now, byPart, ofFiles)
  return [
    ...served,
    ...streams
      .filter(({ stream }) => isAll || !items.some((item) => item.stream === stream))
      .map(({ stream, title }) => ({ id: stream, stream, title, spans: ofFiles(stream), uncounted: 0 })),
  ]
}

function servedLanes(
  { items, asOf, attested = [] }: Coverage,
  now: number,
  byPart: boolean,
  attestedOf: (stream: Lane['stream']) => readonly Span[],
): readonly Lane[] {
  const known = [...items.flatMap(({ partitions }) => partitions.flatMap(namedSpans)), ...timesOf(attested)]
  const begin = known.reduce((first, { from }) => Math.min(first, from), now)
  const lastAsked = asOf === undefined ? undefined : Date.parse(asOf)
  return items.flatMap((item) => {
    const parts = item.partitions.filter(({ note }) => note === undefined)
    const isNoted = item.partitions.length > 0 && parts.length === 0
    const ofFiles = attestedOf(item.stream)
    const laneOf = (
      id: string,
      title: string,
      of: readonly Partition[],
      beside: readonly Span[] = [],
    ): Lane => {
      const several = item.partitions.length > 1
      const spans = isNoted
        ? []
        : of.length === 0
          ? [span(id, 'unasked', begin, now, 'unasked')]
          : of.flatMap((part) => partSpans(id, part, begin, lastAsked, now, several))
      return {
        id,
        stream: item.stream,
        title,
        spans: once([...spans, ...beside]).sort(byLayer),
        uncounted: of.reduce(
          (sum, part) => sum + (part.moreGaps ?? 0) + (part.moreUnverified ?? 0) + (part.moreCovered ?? 0),
          0,
        ),
      }
    }
    if (byPart && parts.length > 1)
      return [
        // A file is said to be whole for a stream, not for a part of it.
        ...(ofFiles.length === 0 ? [] : [fileLane(item, ofFiles)]),
        ...parts.map((part) =>
          laneOf(`${item.stream}/${part.partition}`, `${item.title}, ${part.partition}`, [part]),
        ),
      ]
    return [laneOf(item.stream, item.title, parts, ofFiles)]
  })
}

function fileLane({ stream, title }: StreamCoverage, spans: readonly Span[]): Lane {
  return { id: `${stream} files`, stream, title: timelineWords.ofFiles(title), spans, uncounted: 0 }
}

function byLayer(a: Span, b: Span): number {
  return spanKinds.indexOf(a.kind) - spanKinds.indexOf(b.kind) || a.from - b.from
}

/** What several parts have alike is shown once. */
function once(spans: readonly Span[]): Span[] {
  return [...new Map(spans.map((one) => [one.id, one])).values()]
}

function span(
  lane: string,
  kind: SpanKind,
  from: number,
  to: number,
  reason?: string,
  partition?: string,
): Span {
  return {
    id: [lane, kind, from, to, reason ?? '', partition ?? ''].join(' '),
    kind,
    from,
    to,
    ...(reason !== undefined && { reason }),
    ...(partition !== undefined && { partition }),
  }
}

function namedSpans({ covered, gaps, unverified }: Pick<Partition, 'covered' | 'gaps' | 'unverified'>) {
  return timesOf([...covered, ...gaps, ...unverified])
}

function timesOf(all: readonly { from: string; to: string }[]) {
  return all.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }))
}

function partSpans(
  lane: string,
  part: Partition,
  begin: number,
  lastAsked: number | undefined,
  now: number,
  several: boolean,
): readonly Span[] {
  const where = several ? part.partition : undefined
  const times = (all: readonly { from: string; to: string; reason?: string }[], kind: SpanKind) =>
    all.map(({ from, to, reason }) =>
      span(lane, kind, Date.parse(from), Date.parse(to), reason, kind === 'covered' ? undefined : where),
    )
  const known = [
    ...times(part.covered, 'covered'),
    ...times(part.unverified, 'unverified'),
    ...times(part.gaps, 'gap'),
  ]
  return [...known, ...holes(lane, known, begin, lastAsked, now)]
}

/** Time of which nothing is known: behind the last sync, in its last minutes, or not asked for yet. */
function holes(
  lane: string,
  known: readonly Span[],
  begin: number,
  lastAsked: number | undefined,
  now: number,
): readonly Span[] {
  const found: Span[] = []
  let at = begin
  for (const one of [...known].sort((a, b) => a.from - b.from)) {
    if (one.from > at) found.push(span(lane, 'unasked', at, one.from, 'unasked'))
    at = Math.max(at, one.to)
  }
  if (lastAsked !== undefined && lastAsked > at && known.length > 0) {
    found.push(span(lane, 'settling', at, lastAsked, 'settling'))
    at = lastAsked
  }
  if (now > at) found.push(span(lane, 'unasked', at, now, 'unasked'))
  return found
}

export type Range = 'first' | 'year' | 'quarter' | 'all'

const dayLength = 86_400_000

/** Where the drawing begins: never later than the first row or the first moment that is covered or attested, unless less was asked for. */
export function beginOf(
  range: Range,
  lanes: readonly Lane[],
  firstRow: number | undefined,
  now: number,
): number {
  const starts = lanes.flatMap(({ spans }) => spans)
  const earliest = (all: readonly Span[]) => all.reduce((first, { from }) => Math.min(first, from), now)
  switch (range) {
    case 'year':
      return now - 365 * dayLength
    case 'quarter':
      return now - 90 * dayLength
    case 'all':
      return Math.min(earliest(starts), now - dayLength)
    case 'first': {
      const told = starts.filter(({ kind }) => kind === 'covered' || kind === 'attested')
      const first = Math.min(earliest(told), firstRow ?? now)
      return Math.min(first - (now - first) * 0.02, now - dayLength)
    }
  }
}

/** Maps time to pixels, to scale. */
export function scale(from: number, to: number, width: number): (at: number) => number {
  return (at) => ((Math.min(to, Math.max(from, at)) - from) / (to - from)) * width
}

/** What is too narrow to be seen is drawn as narrow as it is, with a pin above it; neighbours share one, the worst first. */
export type Pin = { readonly x: number; readonly spans: readonly Span[] }

const visible = 4
const apart = 12

export function pinsOf(spans: readonly Span[], x: (at: number) => number, now: number): readonly Pin[] {
  const narrow = spans
    .filter(
      ({ kind, from, to }) =>
        kind !== 'covered' &&
        kind !== 'settling' &&
        // What came since the last sync is nothing to worry about.
        !(kind === 'unasked' && to === now) &&
        x(to) - x(from) < visible &&
        x(to) > 0,
    )
    .sort((a, b) => a.from - b.from)
  const pins: { x: number; spans: Span[] }[] = []
  for (const one of narrow) {
    const at = (x(one.from) + x(one.to)) / 2
    const last = pins.at(-1)
    if (last !== undefined && at - last.x < apart) last.spans.push(one)
    else pins.push({ x: at, spans: [one] })
  }
  return pins.map(({ x, spans }) => ({ x, spans: spans.sort((a, b) => byLayer(b, a)) }))
}

export type Tick = { readonly at: number; readonly label: string }

/** Beginnings of days, months or years, so that about every hundredth pixel has one. */
export function ticksOf(from: number, to: number, width: number): readonly Tick[] {
  const wanted = Math.max(2, Math.floor(width / 100))
  const days = (to - from) / dayLength
  const monthsApart = [1, 2, 3, 6, 12, 24, 60].find((step) => days / (30 * step) <= wanted) ?? 120
  if (days / 30 < wanted / 2) return dayTicks(from, to, Math.max(1, Math.ceil(days / wanted)))
  const found: Tick[] = []
  const year = new Date(from).getUTCFullYear()
  for (let step = 0; ; step += monthsApart) {
    const at = Date.UTC(year, step, 1)
    if (at > to) return found
    if (at < from) continue
    const when = new Date(at)
    found.push({ at, label: when.getUTCMonth() === 0 ? String(when.getUTCFullYear()) : month(at) })
  }
}

function dayTicks(from: number, to: number, apartDays: number): readonly Tick[] {
  const found: Tick[] = []
  for (let at = Math.ceil(from / dayLength) * dayLength; at <= to; at += apartDays * dayLength)
    found.push({ at, label: `${new Date(at).getUTCDate()} ${month(at)}` })
  return found
}
