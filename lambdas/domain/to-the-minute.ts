import { hour, minute, type Window, width } from './window.ts'

/** What is less than this is told to the millisecond. */
const shown = hour

/** Instants of a stream that are told as they are, and those behind which nothing is known yet. */
export type Edges = { readonly exact: ReadonlySet<number>; readonly last: ReadonlySet<number> }

/**
 * Of all times that are told of a stream beside each other. An instant that one of them tells to the millisecond, being an end of
 * so little time, is told so by the others too: rounded there, it would leave a hole between both. `last`: up to when parts are known.
 */
export function edgesOf(told: readonly Window[], last: readonly (number | undefined)[] = []): Edges {
  return {
    exact: new Set(told.filter((window) => width(window) < shown).flatMap(({ from, to }) => [from, to])),
    last: new Set(last.filter((time) => time !== undefined)),
  }
}

/** To whole minutes for the eye, never claiming more than is so. */
export function inward<T extends Window>(window: T, { exact }: Edges): T {
  if (width(window) < shown) return window
  const { from, to } = window
  return { ...window, from: exact.has(from) ? from : up(from), to: exact.has(to) ? to : minuteOf(to) }
}

/**
 * To whole minutes for the eye, never hiding a part of what is missing. `toldUp`: instants that are told elsewhere as where other such
 * time ends or what is complete begins, rounded up: nothing between is hidden, and one instant is one minute. So it is down
 * where nothing is known behind, which is said.
 */
export function outward<T extends Window>(
  window: T,
  { exact, last }: Edges,
  toldUp: ReadonlySet<number> = none,
): T {
  if (width(window) < shown) return window
  const { from, to } = window
  return {
    ...window,
    from: exact.has(from) ? from : toldUp.has(from) ? up(from) : minuteOf(from),
    to: exact.has(to) ? to : last.has(to) ? minuteOf(to) : up(to),
  }
}

/** The minute that an instant is in. */
export function minuteOf(time: number): number {
  return Math.floor(time / minute) * minute
}

function up(time: number): number {
  return Math.ceil(time / minute) * minute
}

const none: ReadonlySet<number> = new Set()

export function endsOf(windows: readonly Window[]): ReadonlySet<number> {
  return new Set(windows.map(({ to }) => to))
}
