import type { StreamKind } from './stream.ts'
import { day, type Window } from './window.ts'

/** How many rows there are, and the sum of their checks: whatever their order, it is the same. */
export type Sum = { readonly count: number; readonly hash: string }

/** What should be stored of one stream, thirty days by thirty days: what the store is checked against. */
export type Sums = {
  readonly stream: StreamKind
  /** Grows with every save. Coverage names it: sums that are older than coverage says are not the last ones. */
  readonly version: number
  readonly months: readonly (Sum & { readonly month: number })[]
  /** In these, rows were being written when this was saved: what is stored of them is to be counted, and believed. */
  readonly touched: readonly number[]
  /** When a sync last compared all with what is stored. Epoch milliseconds. */
  readonly verifiedAt?: number
  /** The version as of that: what was found before is settled by it. */
  readonly verified?: number
  /** Where somebody who only reads has found since then that something else is stored. Nobody saves it with the rest. */
  readonly damaged?: readonly Window[]
}

/** What somebody who only reads has found: it counts until a sync has compared all again. */
export type FoundDamage = Pick<Sums, 'stream'> & {
  readonly verified: number
  readonly damaged: readonly Window[]
}

const month = 30 * day

/** Thirty days, counted from 1970: damage costs no more time than that. */
export function monthOf({ time }: { readonly time: number }): number {
  return Math.floor(time / month)
}

export function windowOf(number: number): Window {
  return { from: number * month, to: (number + 1) * month }
}

export function noSums(stream: StreamKind): Sums {
  return { stream, version: 0, months: [], touched: [] }
}

export const noSum: Sum = { count: 0, hash: '0000000000000000' }

/** With one row more, or one less. */
export function withRow(sum: Sum, check: string, sign: 1 | -1 = 1): Sum {
  const lane = (from: number) => {
    const [a, b] = [sum.hash, check].map((hash) => Number.parseInt(hash.slice(from, from + 8), 16))
    return hex(((a ?? 0) + sign * (b ?? 0)) >>> 0)
  }
  return { count: sum.count + sign, hash: lane(0) + lane(8) }
}

export function sameSum(a: Sum, b: Sum): boolean {
  return a.count === b.count && a.hash === b.hash
}

/**
 * 64 bits by which it is seen that an item of the store is no more what was put there. Against accidents, not against
 * somebody who forges: whoever can write to the store can write this, too.
 */
export function checkOf(item: Readonly<Record<string, unknown>>): string {
  const text = canonical(item)
  let [a, b] = [0x811c9dc5, 0x2f6b1a4d]
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x85ebca6b)
  }
  return hex(spread(a)) + hex(spread(b ^ text.length))
}

/** Makes every bit depend on every other (the last step of MurmurHash3): sums of what is alike would stay alike. */
function spread(lane: number): number {
  const once = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b)
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35)
  return (twice ^ (twice >>> 16)) >>> 0
}

function hex(lane: number): string {
  return lane.toString(16).padStart(8, '0')
}

/** The same text for the same content, as it comes back from a store: without order, without what is undefined. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null)
    // Half a character is stored as a replacement for it.
    return JSON.stringify(typeof value === 'string' ? value.toWellFormed() : value)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  fields.sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${fields.map(([name, field]) => `${name}:${canonical(field)}`).join()}}`
}
