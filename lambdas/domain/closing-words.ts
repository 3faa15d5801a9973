import { evidenceAge } from './cover-answer.ts'
import type { Coverage } from './coverage.ts'
import { readableTime } from './coverage-words.ts'
import type { ClosingDate, ExchangeDefinition } from './exchange.ts'
import { isoTime } from './outward.ts'
import type { StreamDefinition } from './stream.ts'
import { day } from './window.ts'

type Closing = Pick<ExchangeDefinition, 'name' | 'closing' | 'streams'>

/** A date with what happens on it, or what happened: `now` tells which. */
export function closingDateWords(closing: ClosingDate, now: number): string {
  return closing.at <= now ? closing.past : `in ${daysUntil(closing.at, now)}: ${closing.what}`
}

/** Whether nothing can be read from the exchange any more. */
export function hasClosed({ closing }: Pick<Closing, 'closing'>, now: number): boolean {
  return closing.some(({ at, ends }) => ends === 'everything' && at <= now)
}

/** The heading of its dates. */
export function closingTitle(exchange: Pick<Closing, 'name' | 'closing'>, now: number): string {
  return `${exchange.name} ${hasClosed(exchange, now) ? 'has closed' : 'is closing'}`
}

/** Each date for programs: what happens then, or what has happened. */
export function closingDates({ closing }: Pick<Closing, 'closing'>, now: number) {
  return closing.map(({ at, what, past, ends }) => ({
    at: isoTime(at),
    what: at <= now ? past : what,
    past: at <= now,
    ...(ends !== undefined && { ends }),
  }))
}

/** What the dates of a closing exchange mean together at `now` (epoch milliseconds), and what its user should do. */
export function closingAdvice(
  exchange: Closing,
  coverage: readonly Coverage[],
  now: number,
): readonly string[] {
  const { name, closing } = exchange
  const end = closing.find(({ ends }) => ends === 'everything')
  if (end !== undefined && end.at <= now)
    return [
      `${name} ended on ${dayOf(end.at)}: nothing can be read from it any more. What is stored here stays; what is ` +
        `missing can only be had from ${name}’s own statements, if you kept them. ${bringIn}`,
    ]
  return [
    ...tradingSentences(exchange, coverage, now),
    ...(end === undefined
      ? []
      : [
          `Get the statements from ${name} before ${dayOf(end.at)} (${daysUntil(end.at, now)} left), and keep them: ` +
            `what is missing here can be had nowhere else after that. ${bringIn}`,
        ]),
  ]
}

/** What to do with a statement, for whoever is at a terminal and for whoever is not. */
const bringIn = 'The console’s page Files brings them in, and so does npm run import -- --file FILE.'

/** The same for a file that is kept: true whenever it is read. `asOf`: when the history was last synced. */
export function closingFacts(
  exchange: Closing,
  coverage: readonly Coverage[],
  asOf: number,
): readonly string[] {
  const end = exchange.closing.find(({ ends }) => ends === 'everything')
  return [
    ...tradingSentences(exchange, coverage, asOf),
    ...(end === undefined
      ? []
      : [
          `What is missing can only be had from ${exchange.name}’s own statements, and those only until ` +
            `${dayOf(end.at)}: keep them with this.`,
        ]),
  ]
}

function tradingSentences({ name, closing, streams }: Closing, coverage: readonly Coverage[], now: number) {
  const ended = closing.find(({ ends, at }) => ends === 'trading' && at <= now)
  const trades = streams.filter(({ stream }) => stream === 'spot-trade' || stream === 'futures-trade')
  const readable = trades
    .map((definition) => readableSince(definition, coverage, now))
    .sort((a, b) => a.since - b.since)[0]
  if (ended === undefined || readable === undefined || readable.since <= ended.at) return []
  const newest = coverage
    .filter(({ stream }) => trades.some((one) => one.stream === stream))
    .reduce((latest, part) => Math.max(latest, part.newest ?? 0), 0)
  // What is stored says otherwise: the sentence would be a lie beside it.
  if (newest >= readable.since)
    return [
      `${name} announced the end of its trading for ${dayOf(ended.at)}; trades of up to ${dayOf(newest)} are stored all ` +
        'the same.',
    ]
  return [
    `${name}’s trading ended on ${dayOf(ended.at)}; what can be read begins on ${dayOf(readable.since)}` +
      `${readable.reported ? ', as others report' : ''}: no trade can be had by API any more.`,
  ]
}

/** Since when an exchange serves a stream: by what is documented, by what it has shown, or by what others report. */
function readableSince(definition: StreamDefinition, coverage: readonly Coverage[], now: number) {
  const { stream, depth, reportedDepth = 0 } = definition
  const parts = coverage.filter((part) => part.stream === stream)
  const shown = parts.flatMap(({ covered, evidence }) => [
    ...(covered[0] === undefined ? [] : [covered[0].from]),
    ...(evidence === undefined || now - evidence.servedAt > evidenceAge
      ? []
      : [now - (evidence.servedAt - evidence.time)]),
  ])
  const known = [...shown, now - depth].reduce((a, b) => Math.min(a, b))
  const reported = now - reportedDepth
  return { since: Math.min(known, reported), reported: reported < known }
}

function dayOf(time: number): string {
  return isoTime(time).slice(0, 10)
}

function daysUntil(at: number, now: number): string {
  const days = Math.floor((at - now) / day)
  return days === 0 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`
}

/** The dates in their order, for those who show them in two columns. */
export function closingTable({ closing }: Pick<Closing, 'closing'>, now: number) {
  return closing.map((one) => ({ at: `${readableTime(one.at)} UTC`, words: closingDateWords(one, now) }))
}
