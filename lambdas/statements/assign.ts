import { isDatedAnew } from '../domain/stream.ts'
import { type Rule, roundings, timeRules } from './exactness.ts'
import type { Layer } from './layers.ts'
import { matchMost } from './match.ts'
import type { Grain } from './row.ts'
import { mayBeOne, type Told, toldByFile } from './told.ts'

/** Which events of a layer are told by finer rows already. */
export type Assignment = {
  readonly rule: Rule
  /** For each of the finer rows, the index of the group of which it is one event. */
  readonly groupOf: readonly (number | undefined)[]
  /** How many events of each group are told already. */
  readonly taken: ReadonlyMap<number, number>
  readonly matched: number
}

/** Finds as many of a layer's events among finer rows as there are, under the one rule that finds the most. */
export function assign(finer: readonly Told[], layer: Layer): Assignment {
  let best: Assignment | undefined
  const events = layer.groups.reduce((sum, { count }) => sum + count, 0)
  for (const rule of rulesOf(layer.grain)) {
    const found = assignBy(rule, finer, layer)
    if (best === undefined || found.matched > best.matched) best = found
    // No other rule can find more.
    if (found.matched === Math.min(finer.length, events)) break
  }
  if (best === undefined) throw new Error('A grain has no rule.')
  return best
}

/** A number that is told in full was not rounded, and a time in milliseconds not cut. */
function rulesOf({ decimals, unit }: Grain): readonly Rule[] {
  const [first] = roundings
  const times = unit === 1 ? timeRules.slice(0, 1) : timeRules
  const used = Object.keys(decimals).length === 0 ? [first] : roundings
  return times.flatMap((time) => used.map((rounding) => ({ rounding, time })))
}

function assignBy(rule: Rule, finer: readonly Told[], { grain, groups }: Layer): Assignment {
  const told = groups.map(({ row }) => toldByFile(row, grain, rule))
  const near = byTime(told, Math.max(grain.unit, 1_000))
  const byHash = placesBy(told, ({ row }) => row.txId)
  const byIdentity = placesBy(told, datedAnewOf)
  const candidates = finer.map((one) => {
    const alike = [...(byIdentity.get(datedAnewOf(one)) ?? []), ...(byHash.get(one.row.txId) ?? [])]
    // What lies at its own time first: one exchange's two rows with one id stay two.
    const found = alike.length === 0 ? near(one) : [...new Set([...near(one), ...alike])]
    return found.filter((index) => fits(told[index], one))
  })
  const groupOf = matchMost(
    finer.length,
    (taker) => candidates[taker] ?? [],
    (place) => groups[place]?.count ?? 0,
  )
  const taken = new Map<number, number>()
  for (const group of groupOf) if (group !== undefined) taken.set(group, (taken.get(group) ?? 0) + 1)
  return { rule, groupOf, taken, matched: groupOf.filter((group) => group !== undefined).length }
}

/** A transfer that two sources date apart is found by its hash, or by what the exchange knows it by. */
function placesBy(
  told: readonly Told[],
  nameOf: (one: Told) => string | undefined,
): ReadonlyMap<string | undefined, readonly number[]> {
  const places = new Map<string, number[]>()
  told.forEach((one, index) => {
    const name = nameOf(one)
    if (name === undefined || name === '') return
    const known = places.get(name)
    if (known === undefined) places.set(name, [index])
    else known.push(index)
  })
  return places
}

function datedAnewOf(one: Told): string | undefined {
  return isDatedAnew(one.stream) ? one.identity : undefined
}

function fits(told: Told | undefined, other: Told): boolean {
  return told !== undefined && mayBeOne(told, other)
}

/** What of a layer lies near a row: looked at span by span, since a layer may be years long. */
function byTime(told: readonly Told[], span: number): (one: Told) => readonly number[] {
  const spans = new Map<number, number[]>()
  told.forEach((one, index) => {
    for (const number of spansOf(one)) {
      const known = spans.get(number)
      if (known === undefined) spans.set(number, [index])
      else known.push(index)
    }
  })
  return (one) => {
    const [first, ...more] = spansOf(one)
    const near = spans.get(first ?? 0) ?? []
    if (more.length === 0) return near
    return [...new Set([...near, ...more.flatMap((number) => spans.get(number) ?? [])])]
  }

  function spansOf({ instants }: Told): readonly number[] {
    const found: number[] = []
    for (const { from, to } of instants)
      for (let number = Math.floor(from / span); number * span < to; number += 1)
        if (!found.includes(number)) found.push(number)
    return found
  }
}
