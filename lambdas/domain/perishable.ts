import { type Coverage, partsOf } from './coverage.ts'
import { readableTime, streamNames } from './coverage-words.ts'
import { givenUp } from './reserves.ts'
import type { StreamDefinition, StreamKind } from './stream.ts'
import { hour, intersect, minute, subtract, union, type Window } from './window.ts'

/** History that was not imported yet, and that the exchange tells in full only for so long. Epoch milliseconds. */
export type Perishing = {
  readonly stream: StreamKind
  /** The first moment that is not imported. */
  readonly since: number
  /** When it begins to be lost. */
  readonly at: number
  /** What is lost then, as a sentence's end. */
  readonly what: string
  /** More than half of the time that there was is gone. */
  readonly isUrgent: boolean
}

type Definition = Pick<
  StreamDefinition,
  'stream' | 'partitions' | 'perishable' | 'reserveOf' | 'opened' | 'unit'
>

/** What there is to be lost, what is lost first before the rest. */
export function perishing(
  streams: readonly Definition[],
  coverage: readonly Coverage[],
  now: number,
): readonly Perishing[] {
  return streams
    .flatMap((definition) => {
      const { stream, perishable, reserveOf, opened, unit } = definition
      if (perishable === undefined) return []
      const { after, what } = perishable
      const kept = [{ from: Math.max(opened, now - after), to: now }]
      return partsOf(definition, coverage).flatMap(({ part }): Perishing[] => {
        if (part?.note !== undefined) return []
        // What a reserve is for is only what its better has given up.
        const better = reserveOf === undefined ? undefined : find(coverage, stream, reserveOf)
        const wanted =
          reserveOf === undefined ? kept : better === undefined ? [] : intersect(kept, givenUp(better, unit))
        const [first] = subtract(wanted, part === undefined ? [] : settled(part))
        if (first === undefined) return []
        const at = first.from + after
        return [{ stream, since: first.from, at, what, isUrgent: at - now < after / 2 }]
      })
    })
    .sort((a, b) => a.at - b.at)
}

function find(coverage: readonly Coverage[], stream: StreamKind, partition: string): Coverage | undefined {
  return coverage.find((one) => one.stream === stream && one.partition === partition)
}

/** What nobody will ask for again in time, or has. */
function settled({ covered, unverified, lost }: Coverage): readonly Window[] {
  return union(
    covered,
    unverified,
    lost.filter(({ reason }) => reason !== 'failed'),
  )
}

/** Nothing is tried more often than this because something perishes. */
const atMostEvery = 6 * hour

/**
 * When the next sync must begin so that several more can fail before anything is lost: after a quarter of the time that is
 * left. Undefined where nothing perishes. Epoch milliseconds.
 */
export function dueBeforeLost(
  streams: readonly Definition[],
  coverage: readonly Coverage[],
  now: number,
): number | undefined {
  const [first] = perishing(streams, coverage, now)
  return first === undefined ? undefined : now + Math.max(atMostEvery, (first.at - now) / 4)
}

/** What is to be done before it is too late. */
export function perishingWords({ stream, since, at, what }: Perishing, now: number): string {
  const missing = `${streamNames[stream]} from ${minuteOf(since)} UTC on are not imported yet`
  return at - now < hour
    ? `${missing}, and the first of them are being lost: ${what}.${atOnce}`
    : `${missing}: after ${minuteOf(at)} UTC ${what}. Import before then.`
}

const atOnce = ' Import now.'

/** Such sentences beneath each other: what is to be done at once stands once, behind the last that it is for. */
export function onceAdvised(sentences: readonly string[]): readonly string[] {
  const last = sentences.findLastIndex((sentence) => sentence.endsWith(atOnce))
  return sentences.map((sentence, index) =>
    index < last && sentence.endsWith(atOnce) ? sentence.slice(0, -atOnce.length) : sentence,
  )
}

function minuteOf(time: number): string {
  return readableTime(Math.floor(time / minute) * minute)
}
