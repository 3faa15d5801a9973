/** A half-open interval `[from, to)` in epoch milliseconds: what one request asks for. */
export type Window = { readonly from: number; readonly to: number }

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export function width(window: Window): number {
  return window.to - window.from
}
