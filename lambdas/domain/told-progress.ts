import { toldBehind } from './behind.ts'
import type { Whose } from './completeness.ts'
import { isoTime } from './outward.ts'
import type { StreamProgress } from './run.ts'
import type { Window } from './window.ts'

/** What a run came to in one stream, as programs are told it: the API’s runs and the last line of an import say it alike. */
export function toldProgress(stream: StreamProgress) {
  return {
    served: stream.served,
    new: stream.new,
    changed: stream.changed,
    unchanged: stream.unchanged,
    ...(stream.revised !== undefined && { revised: stream.revised }),
    ...(stream.vanished !== undefined && { vanished: stream.vanished }),
    ...(stream.unreadable !== undefined && { unreadable: stream.unreadable }),
    gaps: stream.gaps.map(toldSpan),
    ...(stream.moreGaps !== undefined && { moreGaps: stream.moreGaps }),
    unverified: stream.unverified.map(toldSpan),
    ...(stream.moreUnverified !== undefined && { moreUnverified: stream.moreUnverified }),
    ...(stream.behind !== undefined && { behind: toldBehind(stream.behind) }),
  }
}

function toldSpan({ from, to, ...why }: Window & Whose & { readonly reason: string }) {
  return { from: isoTime(from), to: isoTime(to), ...why }
}
