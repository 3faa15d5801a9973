import { unitOf } from '../domain/units.ts'
import type { Window } from '../domain/window.ts'

/** How an exchange shortens a number for a statement: of a grain it is one of these. */
export const roundings = ['half-up', 'half-even', 'truncate'] as const
export type Rounding = (typeof roundings)[number]

/** How an exchange shortens a time to the statement's unit. */
export const timeRules = ['begun', 'nearest'] as const
export type TimeRule = (typeof timeRules)[number]

/** How a statement's rows were shortened. */
export type Rule = { readonly rounding: Rounding; readonly time: TimeRule }

/** The true values that a number may stand for, both ends included, in units of the last of `places` decimals. */
export type Range = { readonly low: bigint; readonly high: bigint }

/** What a number told at so many decimals stands for; at none given, itself. */
export function rangeOf(units: bigint, decimals: number | undefined, rounding: Rounding): Range {
  if (decimals === undefined) return { low: units, high: units }
  const step = unitOf(decimals)
  const size = units < 0n ? -units : units
  const { low, high } = sizes(size, step, rounding)
  if (size === 0n) return { low: -high, high }
  return units < 0n ? { low: -high, high: -low } : { low, high }
}

/** Numbers are shortened towards or away from nothing, whatever their sign. */
function sizes(size: bigint, step: bigint, rounding: Rounding): Range {
  const half = step / 2n
  switch (rounding) {
    case 'half-up':
      return { low: size - half, high: size + half - 1n }
    case 'half-even': {
      const border = (size / step) % 2n === 0n ? 0n : 1n
      return { low: size - half + border, high: size + half - border }
    }
    case 'truncate':
      return { low: size, high: size + step - 1n }
  }
}

export function overlap(a: Range, b: Range): boolean {
  return a.low <= b.high && b.low <= a.high
}

/** When that happened of which a statement tells this time, in milliseconds. */
export function instantsOf(time: number, unit: number, rule: TimeRule): Window {
  const from = rule === 'begun' ? time : time - Math.floor(unit / 2)
  return { from, to: from + unit }
}
