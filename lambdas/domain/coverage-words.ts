import { type JudgedPart, type Judgement, judge, type OwnersWord, type Scope } from './completeness.ts'
import { type Coverage, type GapReason, gaps, type UnverifiedReason } from './coverage.ts'
import type { ExchangeDefinition } from './exchange.ts'
import { ordersWords } from './order-witness.ts'
import { isoTime } from './outward.ts'
import { isQuiet } from './rotation.ts'
import { rowSentences } from './row-words.ts'
import { isListed, type KindOf, kindsOf, type StreamDefinition, type StreamKind } from './stream.ts'
import { type Edges, edgesOf, endsOf, inward, minuteOf, outward } from './to-the-minute.ts'
import { toldSpans } from './told-spans.ts'
import { day, hour, intersect, type Window } from './window.ts'

/** What is known about one stream of a connection, said to its user. */
export type StreamWords = {
  readonly stream: StreamKind
  readonly title: string
  readonly sentences: readonly string[]
}

/** How many times of one kind get a sentence each. */
const mostSaid = 20

/** What each stream is called in a sentence; an exchange's own titles are longer. */
export const streamNames: Readonly<Record<StreamKind, string>> = {
  'spot-trade': 'Spot fills',
  'futures-trade': 'Futures fills',
  'futures-ledger': 'Futures ledger rows',
  withdrawal: 'Withdrawals',
  deposit: 'Deposits',
  'wallet-transfer': 'Transfers between wallets',
  'forced-order': 'Forced futures orders',
  'spot-ledger': 'Spot ledger rows',
  'futures-position': 'Closed futures positions',
}

const products: Readonly<Record<StreamKind, string>> = {
  'spot-trade': 'Spot trading was',
  'futures-trade': 'Futures were',
  'futures-ledger': 'Futures were',
  withdrawal: 'Withdrawals were',
  deposit: 'Deposits were',
  'wallet-transfer': 'Futures were',
  'forced-order': 'Futures were',
  'spot-ledger': 'Spot wallets were',
  'futures-position': 'Futures were',
}

const notes: Readonly<Record<NonNullable<Coverage['note']>, (stream: StreamKind) => string>> = {
  'not-opened': (stream) => `${products[stream]} never opened on this account: nothing to import.`,
  'not-served': (stream) =>
    `${streamNames[stream]} are not served to this kind of key: nobody can tell whether there are any.`,
  'not-known': () => 'The exchange knows none of the names that were asked for: nothing to import.',
}

const gapReasons: Readonly<Record<GapReason, string>> = {
  expired: 'no longer served when we came (expired)',
  saturated: 'holds more rows than the exchange can be made to show (saturated)',
  failed: 'not obtained yet, the next import asks again',
  unreadable: 'what was served could not be read, and is kept raw (unreadable)',
}

const unverifiedReasons: Readonly<Record<UnverifiedReason, (definition: StreamDefinition) => string>> = {
  'beyond-depth': ({ reads, depth, isDepthTaken, reportedDepth }) =>
    reads === 'list'
      ? `nothing older was shown. ${isDepthTaken ? `How far back it serves no document says, and ${days(depth)} are taken for certain` : `The exchange documents ${days(depth)}`}: that a list ends further back, or is as long as the longest that was seen and may be cut there, proves nothing`
      : isDepthTaken
        ? `the exchange answered nothing. How far back it serves no document says, and ${days(depth)} are taken for certain: beyond, an empty answer proves nothing`
        : reportedDepth === undefined
          ? `the exchange answered nothing, and beyond ${days(depth)} an empty answer proves nothing`
          : `the exchange answered nothing. It documents ${days(depth)} and others report ${days(reportedDepth)}: ` +
            'beyond what is documented, an empty answer proves nothing',
  refused: () => 'the exchange does not serve that time',
  indivisible: () =>
    'so many rows share this moment that they were collected part by part; all that were shown are stored',
  'by-order': () =>
    'the exchange cannot be asked for a time, and rows are found by the orders that it lists; all that were shown are stored',
  unlisted: () => 'the exchange lists this no more and shows nothing of it, which proves nothing',
  damaged: () =>
    'what is stored does not agree with what was stored then (damaged); the next import asks for it again',
}

function days(duration: number): string {
  return `${Math.floor(duration / day)} days`
}

/** Of an account without a key nothing was left unasked: there is nobody who could ask. */
export const keylessWords = 'only files tell of it, for there is no key to ask the exchange with'

/** Every stream of the exchange in its own order; a stream that was never asked says so. */
export function coverageWords(
  exchange: Pick<ExchangeDefinition, 'streams' | 'sentences'>,
  coverage: readonly Coverage[],
  scope: Scope = {},
): readonly StreamWords[] {
  return kindsOf(exchange.streams).map((kind) => ({
    stream: kind[0].stream,
    title: streamNames[kind[0].stream],
    sentences: streamSentences(kind, coverage, exchange.sentences, scope),
  }))
}

/** What is complete, what is missing, by whose word, what nobody can tell, in this order. */
export function streamSentences(
  kind: KindOf<StreamDefinition>,
  coverage: readonly Coverage[],
  exchangeSentences: ExchangeDefinition['sentences'],
  scope: Scope = {},
): readonly string[] {
  if (scope.statementsOnly) return [keylessWords]
  const { parts, begin, behind, state } = judge(kind, coverage, scope)
  const [{ stream }] = kind
  const noted = parts.map((part) => part.note)
  const note = noted[0]
  if (note !== undefined && noted.every((other) => other === note))
    return [(note === 'not-known' ? undefined : exchangeSentences[note]) ?? notes[note](stream)]
  const open = parts.filter((part) => part.note === undefined)
  const owners = ownersSentences(kind, scope)
  // Of time before anything can have been, there is nothing that could be complete.
  if ((scope.period?.to ?? Number.POSITIVE_INFINITY) <= begin && state === 'complete')
    return owners.length > 0 ? owners : [`before ${readableTime(begin)} none: the exchange began then`]
  const edges = edgesIn(open, behind)
  return [
    completeSentence(begin, open, parts, edges),
    ...gapSentences(open, parts, edges),
    ...witnessSentences(open),
    ...owners,
    ...turnSentences(kind, parts),
    ...notedSentences(parts),
    ...reserveSentences(open, edges),
    ...unverifiedSentences(open, parts, edges),
    ...unfinishedSentences(open),
    ...rowSentences(open),
  ]
}

function edgesIn(open: readonly Part[], behind: Judgement['behind']): Edges {
  return edgesOf(
    [...bridge(completeIn(open).windows).spans, ...open.flatMap(timesOf)],
    behind.map(({ known }) => known),
  )
}

/** What is said of some parts of a stream and not of all. */
function notedSentences(parts: readonly Part[]): readonly string[] {
  const noted = (note: NonNullable<Coverage['note']>) => parts.filter((part) => part.note === note)
  const [unopened, unserved, unknown] = [noted('not-opened'), noted('not-served'), noted('not-known')]
  return [
    ...(unopened.length === 0 ? [] : [`never opened on this account: ${whichOf(unopened, parts)}`]),
    ...(unserved.length === 0 ? [] : [`${unservedWords(unserved)}: ${whichOf(unserved, parts)}`]),
    ...(unknown.length === 0
      ? []
      : [`made up from coins, and no names of the exchange: ${whichOf(unknown, parts)}`]),
  ]
}

/** Of a name that the exchange does not know, or no longer, the key is not the cause. */
export function unservedWords(unserved: readonly Named[]): string {
  const isListedToo = unserved.some(({ definition }) => isListed(definition.partitions))
  return isListedToo
    ? 'not known to the exchange by this spelling, or not any more, so nobody can tell'
    : 'not served to this kind of key, so nobody can tell'
}

/** How many partitions of a kind are named, where there may be thousands. */
const mostNamed = 3

type Named = { readonly partition: string; readonly definition: Pick<StreamDefinition, 'partitions'> }

/** `futures, copy_trading`, or `12 of 1,697 symbols` */
export function whichOf(some: readonly Pick<Part, 'partition'>[], all: readonly Named[]): string {
  const many = new Set(
    all.flatMap(({ definition: { partitions } }) => (isListed(partitions) ? [partitions.each[1]] : [])),
  )
  if (many.size === 0 || some.length <= mostNamed) return some.map(({ partition }) => partition).join(', ')
  // Of what has several names, none stands for the others.
  return `${grouped(some.length)} of ${grouped(all.length)} ${many.size === 1 ? [...many].join() : 'parts'}`
}

/** When each of many partitions was asked for, which have their turn on different nights. */
function turnSentences(kind: readonly StreamDefinition[], parts: readonly Part[]): readonly string[] {
  return kind.flatMap((definition): readonly string[] => {
    if (!isListed(definition.partitions)) return []
    const [one, many] = definition.partitions.each
    const mine = parts.filter((part) => part.definition === definition)
    const asked = mine.filter((part) => part.asked !== undefined)
    const [active, unasked] = [asked.filter((part) => !isQuiet(part)), mine.length - asked.length]
    const said = (count: number) => `${grouped(count)} ${count === 1 ? one : many}`
    return [
      ...(asked.length === 0
        ? []
        : [`each of ${said(asked.length)} was asked for last ${sinceWords(asked)}`]),
      // What is so of all is so of these.
      ...(active.length === 0 || sinceWords(active) === sinceWords(asked)
        ? []
        : [`the ${grouped(active.length)} with rows ${sinceWords(active)}`]),
      ...(unasked === 0 ? [] : [`${said(unasked)} ${unasked === 1 ? 'was' : 'were'} not asked yet`]),
    ]
  })
}

/** What is known of a partition is when the reading of its stream began that asked for it: later than the sync, and before the question. */
function sinceWords(parts: readonly Part[]): string {
  const times = parts.flatMap(({ asked }) => (asked === undefined ? [] : [asked]))
  const [first, last] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))]
  const [from, to] = [first, last].map((time) => readableTime(minuteOf(time)))
  return from === to ? `on ${from} UTC or later` : `on ${from} UTC or later, some on ${to} UTC or later`
}

/** What the owner says of the time before the account was used, where it counts and matters to this stream and period. */
function ownersSentences(kind: readonly StreamDefinition[], { word, period }: Scope): readonly string[] {
  const opened = kind.reduce((first, one) => Math.min(first, one.opened), Number.POSITIVE_INFINITY)
  if (word === undefined || word.refutedBy !== undefined) return []
  return word.at <= Math.max(opened, period?.from ?? 0) ? [] : [ownersWords(word)]
}

/** That the owner's word does not count, which is said once of all streams. */
export function refutedWords({ word, period }: Scope): readonly string[] {
  return word?.refutedBy === undefined || word.at <= (period?.from ?? 0) ? [] : [ownersWords(word)]
}

export function ownersWords({ at, refutedBy }: OwnersWord): string {
  const before = readableTime(at)
  return refutedBy === undefined
    ? `before ${before} none, as its owner says`
    : `Not used before ${before}, says its owner, but a row of ${readableTime(refutedBy)} is stored: so that does not count.`
}

/** `a`, `a and b`, `a, b and c` */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** What is complete in those parts of which it can be told, and which they are. The statement's JSON says it as its sentences do. */
export function completeIn(open: readonly Part[]): {
  readonly windows: readonly Window[]
  readonly of: readonly Part[]
} {
  // Of what is found by orders nothing is ever known to be complete: it does not hide what is.
  const of = open.filter(({ definition }) => definition.byParts === undefined).filter(isTellingOfAll)
  const [first = [], ...others] = of.map(({ covered }) => covered)
  return { windows: others.reduce((common, covered) => intersect(common, covered), first), of }
}

function completeSentence(begin: number, parts: readonly Part[], all: readonly Part[], edges: Edges): string {
  const { windows, of } = completeIn(parts)
  const where = of.length === parts.length ? '' : ` (${whichOf(of, all)})`
  const { spans, holes } = bridge(windows)
  if (spans.length === 0) return 'nothing is known to be complete'
  const { named, others } = toldSpans(spans, mostSaid)
  const told = named.map((span) => {
    const { from, to } = inward(span, edges)
    const start = from <= begin ? `the first day (${readableTime(from)})` : readableTime(from)
    return `from ${start} to ${readableTime(to)}`
  })
  const rest = others.length === 0 ? '' : `, and ${grouped(others.length)} shorter times`
  return `complete ${told.join(', ')} UTC${where}${rest}${holes ? ', apart from the moments below' : ''}`
}

/** Of thousands, one of which nothing is known yet, or of which more than can be shown, does not hide what is known of the others. */
function isTellingOfAll({ definition, covered, lost }: Part): boolean {
  if (!isListed(definition.partitions)) return true
  return covered.length > 0 && !lost.some(({ reason }) => reason === 'saturated')
}

/** What is stored of this time is all that there is, and less than of other time. */
function reserveSentences(parts: readonly Part[], edges: Edges): readonly string[] {
  const { named, others } = toldSpans(
    parts.flatMap(({ reserved, covered }) => {
      const begins = beginsOf(covered)
      return reserved.map((span) => outward(span, edges, begins))
    }),
    mostSaid,
  )
  return [
    ...named.map(
      ({ from, to, by }) => `from ${readableTime(from)} to ${readableTime(to)} only: ${lowered(by.title)}`,
    ),
    ...(others.length === 0 ? [] : [`and so of ${grouped(others.length)} shorter times`]),
  ]
}

function lowered(title: string): string {
  return `${title.slice(0, 1).toLowerCase()}${title.slice(1)}`
}

/** Joins what only moments keep apart: each of them has a sentence of its own. */
function bridge(windows: readonly Window[]): { spans: readonly Window[]; holes: boolean } {
  const spans: Window[] = []
  for (const window of windows) {
    const last = spans.at(-1)
    if (last !== undefined && window.from - last.to < hour)
      spans[spans.length - 1] = { from: last.from, to: window.to }
    else spans.push(window)
  }
  return { spans, holes: spans.length < windows.length }
}

type Part = JudgedPart<StreamDefinition>

/** All that sentences tell of a part beside what is complete. */
function timesOf(part: Part): readonly Window[] {
  return [...part.reserved, ...part.unverified, ...gaps(part, part.begin)]
}

/** Time of which nobody can tell, and of how many parts. */
function doubtsIn(parts: readonly Part[], all: readonly Part[], edges: Edges) {
  return together(parts, all, (part) => {
    const ends = endsOf([...part.unverified, ...gaps(part, part.begin)])
    return part.unverified.map((span) => ({
      ...outward(span, edges, ends),
      begin: part.begin,
      reason: unverifiedReasons[span.reason](part.definition),
    }))
  })
}

type Doubts = ReturnType<typeof doubtsIn>

/** The time before each of many names has a beginning of its own: those with the same reason, where they are many. */
function ownBeginnings(doubts: Doubts): readonly Doubts[] {
  const early = doubts.filter(
    ({ from, begin, some }) =>
      from <= begin && some.every(({ definition }) => isListed(definition.partitions)),
  )
  const reasons = [...new Set(early.map(({ reason }) => reason))]
  return reasons
    .map((reason) => early.filter((one) => one.reason === reason))
    .filter((alike) => alike.length > mostNamed)
}

/** Of a stream that is asked for name by name: before when nobody can tell of how many of them, which its sentences say in one. */
export function eachBeginning(
  kind: KindOf<StreamDefinition>,
  coverage: readonly Coverage[],
  scope: Scope = {},
): readonly string[] {
  if (scope.statementsOnly) return []
  const { parts, behind } = judge(kind, coverage, scope)
  const open = parts.filter((part) => part.note === undefined)
  return ownBeginnings(doubtsIn(open, parts, edgesIn(open, behind)))
    .flat()
    .map(({ to, where }) => `before ${readableTime(to)}${where}`)
}

function unverifiedSentences(parts: readonly Part[], all: readonly Part[], edges: Edges): readonly string[] {
  const doubts = doubtsIn(parts, all, edges)
  const own = ownBeginnings(doubts)
  const { named, others } = toldSpans(
    doubts.filter((doubt) => !own.some((alike) => alike.includes(doubt))),
    mostSaid,
  )
  return [
    ...own.map((alike) => {
      const [first, last] = [alike[0], alike.at(-1)].map((one) => readableTime(one?.to ?? 0))
      const some = [...new Set(alike.flatMap((one) => one.some))]
      const which = some.length === all.length ? '' : ` (${whichOf(some, all)})`
      return `before a time between ${first} and ${last}, for each its own${which}, nobody can tell: ${alike[0]?.reason}`
    }),
    ...named.map(
      ({ from, to, reason, where, begin }) =>
        `${from <= begin ? `before ${readableTime(to)}` : `from ${readableTime(from)} to ${readableTime(to)}`}${where} ` +
        `nobody can tell: ${reason}`,
    ),
    ...countedSentences(
      others,
      ['time of which nobody can tell', 'times of which nobody can tell'],
      (reason) => reason,
    ),
  ]
}

function gapSentences(parts: readonly Part[], all: readonly Part[], edges: Edges): readonly string[] {
  const { named, others } = toldSpans(
    together(parts, all, (part) => {
      const missing = gaps(part, part.begin)
      const ends = endsOf([...part.unverified, ...missing])
      return missing.map((gap) => outward(gap, edges, ends))
    }),
    mostSaid,
  )
  return [
    ...named.map(
      ({ from, to, reason, where }) =>
        `from ${readableTime(from)} to ${readableTime(to)}${where} is missing: ${gapReasons[reason]}`,
    ),
    ...countedSentences(others, ['gap', 'gaps'], (reason) => gapReasons[reason]),
  ]
}

/** What orders tell of fills that could not be had: nothing of those that they do not list. */
function witnessSentences(parts: readonly Part[]): readonly string[] {
  const told = ordersWords(parts)
  const sentences = told
    .slice(0, mostSaid)
    .map(({ partition, asked, untold = 0, since, lacking, between }) => {
      const orders = asked === 1 ? '1 order' : `${grouped(asked)} orders`
      const others = untold === 0 ? '' : ` (${grouped(untold)} more changed just now, or do not say when)`
      const listed = `of ${orders} of ${partition} that are listed${others}, back to ${readableTime(since)}`
      return between === undefined
        ? `${listed}, none was filled with more than is stored`
        : `${listed}, ${grouped(lacking)} ${lacking === 1 ? 'was' : 'were'} filled with more than is stored, ` +
            `between ${readableTime(between.from)} and ${readableTime(between.to)}: those fills are missing`
    })
  const more = told.length - sentences.length
  return more === 0 ? sentences : [...sentences, `and orders were asked about ${grouped(more)} more`]
}

/** What is too much to be said one by one, a sentence for each reason: `and 3,400 more gaps between …`. */
function countedSentences<R extends string>(
  spans: readonly (Window & { readonly reason: R })[],
  [one, many]: readonly [string, string],
  words: (reason: R) => string,
): readonly string[] {
  const reasons = [...new Set(spans.map(({ reason }) => reason))]
  return reasons.map((reason) => {
    const alike = spans.filter((span) => span.reason === reason)
    const from = alike.reduce((first, span) => Math.min(first, span.from), Number.POSITIVE_INFINITY)
    const to = alike.reduce((last, span) => Math.max(last, span.to), 0)
    const count = alike.length === 1 ? `1 more ${one}` : `${grouped(alike.length)} more ${many}`
    return `and ${count} between ${readableTime(from)} and ${readableTime(to)}: ${words(reason)}`
  })
}

function unfinishedSentences(parts: readonly Coverage[]): readonly string[] {
  const count = parts.reduce((sum, part) => sum + part.unfinished.length, 0)
  if (count === 0) return []
  return [`${count} not finished when last read: the next import reads ${count === 1 ? 'it' : 'them'} again`]
}

/** `3,400` */
function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** The same interval in every partition is said once; otherwise the partition is named, or how many they are of `all`. */
function together<T extends Window & { readonly reason: string }>(
  parts: readonly Part[],
  all: readonly Part[],
  intervals: (part: Part) => readonly T[],
): readonly (T & { readonly where: string; readonly some: readonly Part[] })[] {
  const found = new Map<string, { interval: T; some: Part[] }>()
  for (const part of parts) {
    for (const interval of intervals(part)) {
      const key = `${interval.from} ${interval.to} ${interval.reason}`
      const same = found.get(key) ?? { interval, some: [] }
      same.some.push(part)
      found.set(key, same)
    }
  }
  return [...found.values()]
    .sort((a, b) => a.interval.from - b.interval.from || a.interval.to - b.interval.to)
    .map(({ interval, some }) => ({
      ...interval,
      some,
      where: some.length === parts.length ? '' : ` (${whichOf(some, all)})`,
    }))
}

function beginsOf(windows: readonly Window[]): ReadonlySet<number> {
  return new Set(windows.map(({ from }) => from))
}

/** For sentences that name the zone, UTC, and as short as exactness allows: `2026-08-23`, `2026-11-21 07:50`. */
export function readableTime(time: number): string {
  const [date = '', clock = ''] = isoTime(time).slice(0, -1).split('T')
  const short = clock.replace(/\.000$/, '').replace(/^(\d\d:\d\d):00$/, '$1')
  return short === '00:00' ? date : `${date} ${short}`
}
