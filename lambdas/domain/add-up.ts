import type { Window } from './window.ts'

/** What one source tells of a market's money: how much, in units of the last of forty decimals, and when. */
export type Share<T> = {
  readonly of: T
  /** When it may have happened, and the moment of that which is likely. */
  readonly window: Window
  readonly at: number
  readonly amount: bigint
  /** What moved the other way, which an exchange may have rounded; undefined where nobody says. */
  readonly against?: bigint
  /** By so much the amount may be off, since it was told at fewer decimals. */
  readonly within: bigint
}

/** Those of two sources that came to the same. */
export type Match<A, B> = { readonly ones: readonly A[]; readonly others: readonly B[] }

/** All that was matched, and what with what. */
export type Matched<A, B> = {
  readonly ones: ReadonlySet<A>
  readonly others: ReadonlySet<B>
  readonly matches: readonly Match<A, B>[]
}

/** Runs of amounts that may be below zero do not end by themselves. */
const longestRun = 200

/** To one in so many parts what moved the other way must agree. */
const roughly = 10_000n

/**
 * Which shares of two sources tell the same money: amounts tell it, never time alone. Those near each other first: all of a stretch between
 * quiet times as long as `reach`, where both sides of it come to the same, or one of one side and a run of the other. Each share is of one match.
 */
export function matchSums<A, B>(
  ones: readonly Share<A>[],
  others: readonly Share<B>[],
  reaches: readonly number[],
): Matched<A, B> {
  const [toldOnes, toldOthers] = [new Set<Share<A>>(), new Set<Share<B>>()]
  const matches: Match<A, B>[] = []
  for (const reach of reaches)
    for (const stretch of stretchesOf(left(ones, toldOnes), left(others, toldOthers), reach)) {
      if (takeAll(stretch)) continue
      for (const one of stretch.ones) take([one], runFor(one, left(stretch.others, toldOthers), reach))
      for (const other of left(stretch.others, toldOthers))
        take(runFor(other, left(stretch.ones, toldOnes), reach), [other])
      takeAll({ ones: left(stretch.ones, toldOnes), others: left(stretch.others, toldOthers) })
    }
  return { ones: ofAll(toldOnes), others: ofAll(toldOthers), matches }

  function takeAll(stretch: Stretch<A, B>): boolean {
    if (stretch.ones.length === 0 || stretch.others.length === 0) return false
    if (!agree(sumOf(stretch.ones), sumOf(stretch.others))) return false
    take(stretch.ones, stretch.others)
    return true
  }

  function take(some: readonly Share<A>[], more: readonly Share<B>[]): void {
    if (some.length === 0 || more.length === 0) return
    for (const one of some) toldOnes.add(one)
    for (const one of more) toldOthers.add(one)
    matches.push({ ones: some.map(({ of }) => of), others: more.map(({ of }) => of) })
  }
}

type Stretch<A, B> = { readonly ones: readonly Share<A>[]; readonly others: readonly Share<B>[] }

/** Parted where for so long neither of them tells anything. */
function stretchesOf<A, B>(
  ones: readonly Share<A>[],
  others: readonly Share<B>[],
  reach: number,
): readonly Stretch<A, B>[] {
  const all = [
    ...ones.map((share) => ({ window: share.window, one: share, other: undefined })),
    ...others.map((share) => ({ window: share.window, one: undefined, other: share })),
  ].sort((a, b) => a.window.from - b.window.from || a.window.to - b.window.to)
  const found: { ones: Share<A>[]; others: Share<B>[] }[] = []
  let end = Number.NEGATIVE_INFINITY
  for (const { window, one, other } of all) {
    if (window.from - end > reach) found.push({ ones: [], others: [] })
    end = Math.max(end, window.to)
    if (one !== undefined) found.at(-1)?.ones.push(one)
    if (other !== undefined) found.at(-1)?.others.push(other)
  }
  return found.filter((stretch) => stretch.ones.length > 0 && stretch.others.length > 0)
}

/**
 * Those one after the other, and of several such runs the nearest, that come to as much. A run that goes beyond the time of the one leaves
 * none that shares it: of these nobody would tell, or they of nothing.
 */
function runFor<T>(one: Share<unknown>, others: readonly Share<T>[], reach: number): readonly Share<T>[] {
  const near = others.filter(
    ({ window }) => window.from < one.window.to + reach && one.window.from - reach < window.to,
  )
  const own = new Set(
    near.filter(({ window }) => isWithin(window, one.window) || isWithin(one.window, window)),
  )
  const leavesOwn = (run: readonly Share<T>[]) => {
    const taken = run.filter((share) => own.has(share)).length
    return taken < own.size && taken < run.length
  }
  const isGrowing = near.every(({ amount }) => amount > 0n)
  let best: readonly Share<T>[] = []
  for (let from = 0; from < near.length; from += 1) {
    let sum = nothing
    for (let to = from; to < Math.min(near.length, from + longestRun); to += 1) {
      const next = near[to]
      if (next === undefined) break
      sum = plus(sum, next)
      const run = near.slice(from, to + 1)
      const isNearer = best.length === 0 || farthest(run, one) < farthest(best, one)
      if (agree(sum, one) && isNearer && !leavesOwn(run)) best = run
      if (isGrowing && sum.amount - sum.within > one.amount + one.within) break
    }
  }
  return best
}

function isWithin(inner: Window, outer: Window): boolean {
  return inner.from >= outer.from && inner.to <= outer.to
}

function farthest(run: readonly Share<unknown>[], { at }: Share<unknown>): number {
  return run.reduce((most, share) => Math.max(most, Math.abs(share.at - at)), 0)
}

type Sum = Pick<Share<unknown>, 'amount' | 'against' | 'within'>

const nothing: Sum = { amount: 0n, against: 0n, within: 0n }

export function sumOf(shares: readonly Sum[]): Sum {
  return shares.reduce(plus, nothing)
}

function plus(a: Sum, b: Sum): Sum {
  return {
    amount: a.amount + b.amount,
    within: a.within + b.within,
    ...(a.against !== undefined && b.against !== undefined && { against: a.against + b.against }),
  }
}

/** Whether both came to the same: what was told at fewer decimals, and what moved the other way, about. */
export function agree(a: Sum, b: Sum): boolean {
  if (size(a.amount - b.amount) > a.within + b.within) return false
  if (a.against === undefined || b.against === undefined) return true
  return size(a.against - b.against) * roughly <= size(a.against) + size(b.against)
}

function size(amount: bigint): bigint {
  return amount < 0n ? -amount : amount
}

function left<T>(shares: readonly Share<T>[], told: ReadonlySet<Share<T>>): readonly Share<T>[] {
  return shares.filter((share) => !told.has(share))
}

function ofAll<T>(shares: ReadonlySet<Share<T>>): ReadonlySet<T> {
  return new Set([...shares].map((share) => share.of))
}
