import { divide, type Window, width } from './window.ts'

/** More pieces at once would waste questions on an account that trades unevenly. */
const mostPieces = 32

/** A piece is meant to hold this share of a page, so that an uneven account rarely fills it. */
const pieceFill = 0.65

/** Half a page within this long is a burst: what lies around it is asked for apart from it. Milliseconds. */
const burstWidth = 1_000

/**
 * The windows to ask for instead of one of more than one unit whose page was full: together exactly that window.
 * Which rows a full page holds, and in which order, is unknown; their `times` only help to guess pieces that are
 * neither full again nor nearly empty.
 */
export function splitWindow(
  window: Window,
  times: readonly number[],
  { unit, pageCap }: { readonly unit: number; readonly pageCap: number },
): readonly Window[] {
  const inside = times.filter((time) => time >= window.from && time < window.to).sort((a, b) => a - b)
  // Where questions overlap, what crowds the page may be the instant next to the window.
  const crowd = times.length / 2
  if (times.filter((time) => time >= window.to).length > crowd) return cutAt(window, window.to - unit)
  if (times.filter((time) => time < window.from).length > crowd) return cutAt(window, window.from + unit)
  const burst = densestHalf(inside)
  const first = inside[0]
  const last = inside.at(-1)
  if (burst === undefined || first === undefined || last === undefined) return divide(window, 2, unit)
  const from = Math.floor(burst.from / unit) * unit
  const to = Math.floor(burst.to / unit) * unit + unit
  if (burst.to - burst.from < burstWidth && 2 * (to - from) <= width(window)) {
    return [
      { from: window.from, to: from },
      { from, to },
      { from: to, to: window.to },
    ].filter((piece) => width(piece) > 0)
  }
  const rows = (inside.length * width(window)) / Math.max(unit, last - first)
  return divide(window, Math.max(2, Math.min(mostPieces, Math.ceil(rows / (pageCap * pieceFill)))), unit)
}

function cutAt({ from, to }: Window, cut: number): readonly Window[] {
  return [
    { from, to: cut },
    { from: cut, to },
  ]
}

/** The shortest stretch that holds half of the instants; both ends are instants of the list. */
function densestHalf(sorted: readonly number[]): Window | undefined {
  const half = Math.max(1, Math.floor(sorted.length / 2))
  let densest: Window | undefined
  for (const [index, from] of sorted.entries()) {
    const to = sorted[index + half - 1]
    if (to === undefined) break
    if (densest === undefined || to - from < densest.to - densest.from) densest = { from, to }
  }
  return densest
}
