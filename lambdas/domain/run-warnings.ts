import { streamNames } from './coverage-words.ts'
import type { Run, StreamProgress } from './run.ts'

/** Fewer rows are no sign of anything. */
const fewest = 3

/**
 * What a run has seen that its user should look at: where half of the stored rows that it read again say something else than they
 * did when they were final, or are not shown any more, it may be another account that the key opens now.
 */
export function runWarnings({ streams }: Pick<Run, 'streams'>): readonly string[] {
  return streams.filter(isStrange).map((stream) => {
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
  })
}

function readAgain({ changed, unchanged }: StreamProgress): number {
  return changed + unchanged
}

function isStrange(stream: StreamProgress): boolean {
  const otherwise = (stream.revised ?? 0) + (stream.vanished ?? 0)
  return otherwise >= fewest && otherwise * 2 >= readAgain(stream)
}
