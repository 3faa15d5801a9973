import { splitWindow } from './split-window.ts'
import type { WindowStream } from './stream.ts'
import { day, type Window } from './window.ts'

/**
 * What answers have shown about how many rows the exchange puts into one. One that cuts at some number never shows
 * more: so only an answer as large as the largest that was seen may be cut without being full.
 */
export type Pages = {
  /** Rows of the largest answer. */
  readonly most: number
  /** When it was seen, or last confirmed. Epoch milliseconds. */
  readonly at: number
  /** Rows at which answers were found to be cut, where that is fewer than documented. */
  readonly cap?: number
  /** Up to when what was asked since was asked again, without anything that was large enough to doubt it by. */
  readonly looked?: number
}

/** An exchange may begin to cut earlier: what it showed longer ago is doubted again. */
const doubtedAfter = 7 * day

export function isDoubted({ at }: Pages, now: number): boolean {
  return now - at >= doubtedAfter
}

/**
 * Where the answers begin that were believed because larger ones had been seen, once that is too long ago: the exchange may have
 * begun to cut earlier right after. Epoch milliseconds; undefined while they are believed.
 */
export function believedSince(pages: Pages | undefined, now: number): number | undefined {
  if (pages === undefined || !isDoubted(pages, now)) return undefined
  return Math.max(pages.at, pages.looked ?? 0)
}

/** No exchange is taken to cut at less than ten rows, or a twentieth of what it documents where that is less. */
export function leastDoubted({ pageCap }: Pick<WindowStream, 'pageCap'>): number {
  return Math.max(2, Math.min(10, Math.ceil(pageCap / 20)))
}

/**
 * The windows to ask for instead of one whose answer may be cut: each holds fewer of its rows, so that what was left out has
 * room in one of them, whichever rows the exchange prefers.
 */
export function halvesOf(window: Window, times: readonly number[], unit: number): readonly Window[] {
  const units = times
    .filter((time) => time >= window.from && time < window.to)
    .map((time) => Math.floor(time / unit) * unit)
    .sort((a, b) => a - b)
  const [first, middle, last] = [units[0], units[Math.floor(units.length / 2)], units.at(-1)]
  if (first === undefined || middle === undefined || first === last)
    return splitWindow(window, times, { unit, pageCap: times.length })
  const cut = middle > first ? middle : first + unit
  return [
    { from: window.from, to: cut },
    { from: cut, to: window.to },
  ]
}
