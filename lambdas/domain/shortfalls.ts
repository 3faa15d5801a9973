import { type Judgement, judge, type Scope } from './completeness.ts'
import { type Coverage, gaps, partsOf } from './coverage.ts'
import { keylessWords, listed, readableTime, streamNames, unservedWords, whichOf } from './coverage-words.ts'
import { isListed, type KindOf, kindsOf, type StreamDefinition } from './stream.ts'
import { type Edges, edgesOf, endsOf, minuteOf, outward } from './to-the-minute.ts'
import { union, type Window } from './window.ts'

/** A part of a stream, whether or not anything is known of it. */
type Part = { readonly partition: string; readonly definition: StreamDefinition }

/**
 * Why each stream that is not complete is not, a line for all that have the same reason: `Spot fills and Deposits: before
 * 2026-08-28 nobody can tell`. What is so of some of its parts names them: what is known of the others is not hidden.
 */
export function shortfalls(
  streams: readonly StreamDefinition[],
  coverage: readonly Coverage[],
  scope: Scope = {},
): readonly string[] {
  const names = new Map<string, string[]>()
  for (const kind of kindsOf(streams)) {
    const reason = scope.statementsOnly
      ? keylessWords
      : shortfall(judge(kind, coverage, scope), allParts(kind, coverage))
    if (reason === '') continue
    names.set(reason, [...(names.get(reason) ?? []), streamNames[kind[0].stream]])
  }
  return [...names].map(([reason, streams]) => `${listed(streams)}: ${reason}`)
}

function allParts(kind: KindOf<StreamDefinition>, coverage: readonly Coverage[]): readonly Part[] {
  return kind.flatMap((definition) =>
    definition.reserveOf === undefined
      ? partsOf(definition, coverage).map(({ partition }) => ({ partition, definition }))
      : [],
  )
}

function shortfall({ begin, behind, parts }: Judgement<StreamDefinition>, all: readonly Part[]): string {
  const where = (some: readonly Pick<Part, 'partition'>[]) =>
    some.length === all.length ? '' : ` (${whichOf(some, all)})`
  const isBegun = (name: string) =>
    parts.some(
      ({ partition, covered, unverified }) => partition === name && covered.length + unverified.length > 0,
    )
  const unasked = behind.filter(({ known }) => known === undefined)
  const begun = unasked.filter(({ partition }) => isBegun(partition))
  const unknown = unasked.filter(({ partition }) => !isBegun(partition))
  const late = behind.filter(({ known }) => known !== undefined)
  const since = late.reduce((first, { known = 0 }) => Math.min(first, known), Number.POSITIVE_INFINITY)
  const open = parts.filter(({ note }) => note === undefined)
  const unserved = parts.filter(({ note }) => note === 'not-served')
  const lacks = open.map((part) => lacksOf(part))
  const edges = edgesOf(
    lacks.flatMap(({ missing, doubted }) => [...missing, ...doubted]),
    late.map(({ known }) => known),
  )
  return [
    ...(unknown.length > 0 ? [`nothing is known yet${where(unknown)}`] : []),
    ...(begun.length > 0 ? [`not asked for to the end yet${where(begun)}`] : []),
    ...(late.length > 0 ? [`nothing is known after ${readableTime(minuteOf(since))}${where(late)}`] : []),
    ...alike(lacks, edges, ({ missing }) => missing).map((lack) =>
      first(lack, where, ({ from, to }, isOfEach) => {
        const some = isOfEach ? '' : 'some of the time '
        return `${some}from ${readableTime(from)} to ${readableTime(to)} is missing`
      }),
    ),
    ...alike(lacks, edges, ({ doubted }) => doubted).map((lack) =>
      first(lack, where, ({ from, to }, isOfEach) => {
        const some = isOfEach ? '' : 'of some time '
        const when = from <= begin ? 'before' : `from ${readableTime(from)} to`
        return `${some}${when} ${readableTime(to)} nobody can tell`
      }),
    ),
    ...(unserved.length > 0 ? [`${unservedWords(unserved)}${where(unserved)}`] : []),
  ].join('; ')
}

type KnownPart = Judgement<StreamDefinition>['parts'][number]

type Lacking = { readonly part: KnownPart; readonly spans: readonly Window[] }

/** What one part lacks: time that is missing, and time of which nobody can tell. */
type Lacks = {
  readonly part: KnownPart
  readonly missing: readonly Window[]
  readonly doubted: readonly Window[]
}

function lacksOf(part: KnownPart): Lacks {
  return { part, missing: union(gaps(part, part.begin)), doubted: union(part.unverified) }
}

/** What parts lack, told of those together that lack the same. Of parts that may be thousands, of all that lack anything. */
function alike(
  lacks: readonly Lacks[],
  edges: Edges,
  spansOf: (lacks: Lacks) => readonly Window[],
): readonly (readonly Lacking[])[] {
  const groups = new Map<string, Lacking[]>()
  for (const one of lacks) {
    const { part, missing, doubted } = one
    const ends = endsOf([...missing, ...doubted])
    const spans = union(spansOf(one).map((span) => outward(span, edges, ends)))
    if (spans.length === 0) continue
    const name = isListed(part.definition.partitions) ? 'many' : JSON.stringify(spans)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [{ part, spans }])
    else group.push({ part, spans })
  }
  return [...groups.values()]
}

/** The first of what they lack in words, whether each lacks all of it, whose it is, and how many more there are. */
function first(
  lacking: readonly Lacking[],
  where: (some: readonly KnownPart[]) => string,
  words: (window: Window, isOfEach: boolean) => string,
): string {
  const windows = union(lacking.flatMap(({ spans }) => spans))
  const [found] = windows
  if (found === undefined) return ''
  const { from, to } = found
  const theirs = lacking.filter(({ spans }) => spans.some((span) => span.from < to && span.to > from))
  const isOfEach = theirs.every(({ spans }) => spans.some((span) => span.from === from && span.to === to))
  const rest =
    windows.length === 1 ? '' : ` (and ${windows.length - 1} more ${windows.length === 2 ? 'time' : 'times'})`
  return `${words(found, isOfEach)}${where(theirs.map(({ part }) => part))}${rest}`
}
