import type { Sync } from './answers.ts'

/** Since when a stream stands at its percentage, by its name. Epoch milliseconds. */
type Standing = Map<string, { readonly percent: number; readonly since: number }>

/**
 * How long a sync still takes by its pace so far, as the terminal guesses it: that of the stream that takes longest. Where one is
 * dense its percentage stands still: what is left then takes at least as long as it has stood. Milliseconds; undefined while nobody can tell.
 */
export function timeLeft({ startedAt, streams }: Sync, now: number, standing: Standing): number | undefined {
  // Of what is at its end the pace so far says nothing: dense time comes last.
  const running = streams.filter(
    ({ state, percent }) => (state === 'running' || state === 'waiting') && percent < 99,
  )
  const left = running.map(({ stream, percent }) => {
    const known = standing.get(stream)
    const since = known?.percent === percent ? known.since : now
    standing.set(stream, { percent, since })
    if (percent < 1) return undefined
    return Math.max(now - since, ((now - Date.parse(startedAt)) * (100 - percent)) / percent)
  })
  return left.reduce((longest, one) => {
    return longest === undefined || one === undefined ? undefined : Math.max(longest, one)
  }, left[0])
}
