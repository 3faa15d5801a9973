import { type Coverage, readUntil } from './coverage.ts'
import { believedSince } from './largest-answer.ts'
import type { StreamDefinition, WindowStream } from './stream.ts'
import { servedTime } from './transaction.ts'
import { alignTo, chop, day, hour, subtract, union, type Window } from './window.ts'

/**
 * The exchange's horizon moves while we ask: windows are cut this much younger, so that one just inside is not
 * refused or clipped as a whole.
 */
export const edgeSlack = hour

/**
 * A window that begins so much younger than the horizon is answered before the horizon reaches it: it need not be cut.
 * In one window with what is older, an empty answer would prove nothing about it.
 */
const nearSlack = hour / 4

/**
 * The windows to ask for, oldest first: everything unknown, the look-back behind the frontier, or behind where answers
 * are believed that may have been cut, and the instants of
 * unfinished transfers, however old; `again`, what is unverified or lost too. Cut to the exchange's maximum span and
 * at the ages beyond which it may serve no more, so that no window lies half inside. `now` is the exchange's time: a
 * window that ended later might be refused for that. A reserve may be asked for what is unknown, and for nothing else: cut at the
 * ages of its `better`, too, beyond which that may leave time to it.
 */
export function planWindows(
  coverage: Coverage,
  definition: WindowStream,
  now: number,
  again = false,
  better?: WindowStream,
): readonly Window[] {
  const { unit, opened, maxSpan } = definition
  const until = Math.floor(now / unit) * unit
  const doubted = again ? [] : [...coverage.unverified, ...coverage.lost]
  const unknown = subtract([{ from: opened, to: until }], [...coverage.covered, ...doubted])
  const newest = readUntil(coverage)
  const believed = believedSince(coverage.pages, now) ?? now
  const lookBack =
    newest === undefined
      ? []
      : subtract(
          [
            {
              from: Math.max(opened, lookBackFrom(Math.min(newest, believed), definition, now)),
              to: until,
            },
          ],
          again ? [] : coverage.lost.filter(({ reason }) => reason !== 'unreadable'),
        )
  const served = edgeAt(definition.depth, unit, now, edgeSlack)
  const unfinished = inTurn(coverage.unfinished.map(servedTime), served, now)
    .filter((time) => time < until)
    .map((time) => ({ from: time, to: time + unit }))
  const wished = better === undefined ? [...unknown, ...lookBack, ...unfinished] : unknown
  const needed = union(wished.map((window) => alignTo(unit, window)))
  const ages = [definition, ...(better === undefined ? [] : [better])].flatMap(doubtfulAges)
  const wanted = definition.mutable ? bridge(needed, maxSpan, served) : needed
  return wanted.flatMap((window) =>
    chop(
      [window],
      maxSpan,
      ages
        .filter((age) => window.from < edgeAt(age, unit, now, nearSlack))
        .map((age) => edgeAt(age, unit, now, edgeSlack)),
    ),
  )
}

/**
 * Older than `served`, each costs a question of its own, and one that stays as it is would cost it for ever: so many a night, by turns.
 * A turn begins where multiples of the golden section fall, which spread evenly for who comes every night and for who comes once a week:
 * turns that follow each other by days would show the latter the same ones again and again.
 */
function inTurn(times: readonly number[], served: number, now: number): readonly number[] {
  const old = times.filter((time) => time < served)
  if (old.length <= mostBeyond) return times
  const place = (Math.floor(now / day) * goldenSection) % 1
  const first = Math.floor(place * old.length)
  const turn = [...old, ...old].slice(first, first + mostBeyond)
  return [...turn, ...times.filter((time) => time >= served)]
}

const mostBeyond = 12
const goldenSection = (Math.sqrt(5) - 1) / 2

/**
 * What may be lost first comes first: the oldest of the time that the exchange is documented to serve, what is younger, and then
 * what others say that it serves, each oldest first. What nobody says comes last, and youngest first: where it is not served, what is
 * older need not be asked for.
 */
export function urgentFirst(
  plan: readonly Window[],
  definition: Pick<StreamDefinition, 'depth' | 'reportedDepth' | 'unit'>,
  now: number,
): readonly Window[] {
  const documented = edgeAt(definition.depth, definition.unit, now, nearSlack)
  const said = edgeAt(saidDepth(definition), definition.unit, now, nearSlack)
  const rankOf = ({ from }: Window) => (from >= documented ? 0 : from >= said ? 1 : 2)
  return [...plan].sort(
    (a, b) => rankOf(a) - rankOf(b) || (rankOf(a) === 2 ? b.from - a.from : a.from - b.from),
  )
}

/** Where time of this age begins, `slack` younger. */
function edgeAt(age: number, unit: number, now: number, slack: number): number {
  return Math.ceil((now - age + slack) / unit) * unit
}

/** How far back others say that the exchange serves; what is documented where nobody says more. */
export function saidDepth({
  depth,
  reportedDepth,
}: Pick<StreamDefinition, 'depth' | 'reportedDepth'>): number {
  return Math.max(depth, reportedDepth ?? 0)
}

/**
 * The ages at which the exchange may cease to serve: what is documented, what others report, and some in between, since
 * a window that begins beyond the true one may be answered with nothing at all.
 */
function doubtfulAges(definition: StreamDefinition): readonly number[] {
  const last = saidDepth(definition)
  const ages = []
  for (let age = definition.depth; age < last; age *= 2) ages.push(age)
  return [...ages, last]
}

/**
 * Looking back beyond what the exchange is said to serve brings nothing, and an empty answer that reaches there would
 * prove nothing about the rest of its window either. Of what is asked for by parts, no answer proves anything anyway.
 */
function lookBackFrom(newest: number, definition: WindowStream, now: number): number {
  if (definition.byParts !== undefined) return newest - definition.lookBack
  const near = edgeAt(saidDepth(definition), definition.unit, now, nearSlack)
  return newest <= near ? newest : Math.max(newest - definition.lookBack, near)
}

/** An exchange may open its archive, and one that was out of order recovers: what nobody could tell is asked again. */
const askAgainAfter = 7 * day

/** Whether it is time to ask again for what is unverified or lost. */
export function isDueAgain({ reasked, unverified, lost }: Coverage, now: number): boolean {
  return unverified.length + lost.length > 0 && reasked !== undefined && now - reasked >= askAgainAfter
}

/**
 * Joins neighbours that one request can span: a few rows read again cost less than a request. Not where they are older
 * than `served`: one that is served no more would take its neighbour along.
 */
function bridge(windows: readonly Window[], maxSpan: number, served: number): readonly Window[] {
  const joined: Window[] = []
  for (const window of windows) {
    const last = joined.at(-1)
    if (last !== undefined && last.from >= served && window.to - last.from <= maxSpan)
      joined[joined.length - 1] = { from: last.from, to: window.to }
    else joined.push(window)
  }
  return joined
}
