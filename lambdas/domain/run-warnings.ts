import { readableTime, streamNames } from './coverage-words.ts'
import type { Run, StreamProgress } from './run.ts'
import { minuteOf } from './to-the-minute.ts'
import { day, hour } from './window.ts'
import { farAhead } from './without-future.ts'

/** Fewer rows are no sign of anything. */
const fewest = 3

/**
 * What a run has seen that its user should look at: a clock that is far ahead of ours; and where half of the stored rows that it read again say something else than they
 * did when they were final, or are not shown any more, it may be another account that the key opens now.
 */
export function runWarnings(run: Seen): readonly string[] {
  return [...clockWarnings(run), ...run.streams.filter(isStrange).map(strangeWarning)]
}

type Seen = Pick<Run, 'streams' | 'startedAt' | 'finishedAt' | 'ahead'>

/**
 * Two clocks that are far apart do not tell which of them is wrong. Where it is the exchange's, what was read by it says nothing of time
 * that has not come yet.
 */
function clockWarnings({ startedAt, finishedAt = startedAt, ahead = 0 }: Seen): readonly string[] {
  if (ahead <= farAhead) return []
  const [size, unit] = ahead < 2 * day ? [Math.round(ahead / hour), 'hour'] : [Math.round(ahead / day), 'day']
  return [
    `The exchange’s clock is ${size} ${unit}${size === 1 ? '' : 's'} ahead of ours, and all is told by the exchange’s. If it is ours that is wrong, set it. ` +
      `If not, nothing is known of time after ${readableTime(minuteOf(finishedAt))} UTC, also where it is called complete: the next sync to ` +
      'which the exchange tells an earlier time asks for it again.',
  ]
}

function strangeWarning(stream: StreamProgress): string {
  const { revised = 0, vanished = 0 } = stream
  const what = [
    ...(revised > 0 ? [`${revised} ${revised === 1 ? 'says' : 'say'} something else than when final`] : []),
    ...(vanished > 0 ? [`${vanished} ${vanished === 1 ? 'is' : 'are'} not shown any more`] : []),
  ]
  return (
    `${streamNames[stream.stream]}: of ${readAgain(stream)} stored rows that were read again, ${what.join(' and ')}. ` +
    'This key may open another account now: compare with the exchange. If it does, disconnect this key, and connect the other ' +
    'account with a key of its own. Nothing that was stored is lost.'
  )
}

function readAgain({ changed, unchanged }: StreamProgress): number {
  return changed + unchanged
}

function isStrange(stream: StreamProgress): boolean {
  const otherwise = (stream.revised ?? 0) + (stream.vanished ?? 0)
  return otherwise >= fewest && otherwise * 2 >= readAgain(stream)
}
