/** A half-open interval `[from, to)` in epoch milliseconds: what one request asks for. */
export type Window = { readonly from: number; readonly to: number }

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export function width(window: Window): number {
  return Math.max(0, window.to - window.from)
}

/** Total milliseconds in a list of disjoint windows. */
export function totalWidth(windows: readonly Window[]): number {
  return windows.reduce((sum, window) => sum + width(window), 0)
}

/** The same instants as a sorted list of disjoint, non-touching, non-empty windows. */
export function union(...lists: readonly (readonly Window[])[]): readonly Window[] {
  const sorted = lists
    .flat()
    .filter((window) => window.to > window.from)
    .map(({ from, to }) => ({ from, to }))
    .sort((a, b) => a.from - b.from)
  const merged: { from: number; to: number }[] = []
  for (const window of sorted) {
    const last = merged.at(-1)
    if (last !== undefined && window.from <= last.to) last.to = Math.max(last.to, window.to)
    else merged.push(window)
  }
  return merged
}

/** What of `windows` lies outside all of `removed`; keeps the other fields of each window. */
export function subtract<T extends Window>(windows: readonly T[], removed: readonly Window[]): readonly T[] {
  const holes = union(removed)
  return windows.flatMap((window) => {
    const rest: T[] = []
    let from = window.from
    for (let index = firstAfter(holes, from); index < holes.length; index += 1) {
      const hole = holes[index]
      if (hole === undefined || hole.from >= window.to) break
      if (hole.from > from) rest.push({ ...window, from, to: hole.from })
      from = Math.max(from, hole.to)
    }
    if (from < window.to) rest.push({ ...window, from })
    return rest
  })
}

/** The index of the first of these sorted, disjoint windows that ends after `time`: there may be tens of thousands. */
export function firstAfter(windows: readonly Window[], time: number): number {
  let [low, high] = [0, windows.length]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((windows[middle]?.to ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return low
}

/** What `a` and `b` have in common. */
export function intersect(a: readonly Window[], b: readonly Window[]): readonly Window[] {
  return subtract(union(a), subtract(union(a), b))
}

/** Widens a window to whole units of the exchange's time filter. */
export function alignTo(unit: number, window: Window): Window {
  return { from: Math.floor(window.from / unit) * unit, to: Math.ceil(window.to / unit) * unit }
}

/** Up to `pieces` adjoining windows of whole units that together are exactly `window`. */
export function divide(window: Window, pieces: number, unit: number): readonly Window[] {
  const units = Math.round(width(window) / unit)
  const count = Math.max(1, Math.min(pieces, units))
  return Array.from({ length: count }, (_, index) => ({
    from: window.from + Math.floor((units * index) / count) * unit,
    to: window.from + Math.floor((units * (index + 1)) / count) * unit,
  }))
}

/** Cuts each window into adjoining ones no wider than `maxSpan`, and at each of the `cuts`. */
export function chop(
  windows: readonly Window[],
  maxSpan: number,
  cuts: readonly number[] = [],
): readonly Window[] {
  return windows.flatMap((window) => {
    const inside = cuts.filter((cut) => cut > window.from && cut < window.to)
    let end = window.from
    return [...inside, window.to]
      .sort((a, b) => a - b)
      .flatMap((to) => {
        const from = end
        end = to
        const count = Math.ceil((to - from) / maxSpan)
        return Array.from({ length: count }, (_, piece) => ({
          from: from + piece * maxSpan,
          to: Math.min(to, from + (piece + 1) * maxSpan),
        }))
      })
  })
}
