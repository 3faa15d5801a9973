import { compareBytes } from '../domain/byte-order.ts'
import { roundings, timeRules } from './exactness.ts'
import { bySide, inParts } from './joined-fills.ts'
import { eventOf, type Known } from './known.ts'
import { countIn, type Group, type Layer } from './layers.ts'
import { isTurnable } from './told.ts'

/**
 * A layer without the trades that one of its files tells as another does in more parts: two files of one tool, of which one joins the
 * fills of a moment. Those in more parts stay. Only what one of two files has beyond the other is compared.
 */
export function withoutJoined(layer: Layer): Layer {
  const dropped = new Map<Group, number>()
  const openIn = (group: Group, reading: number) =>
    Math.min(countIn(group, reading), group.count - (dropped.get(group) ?? 0))
  for (const groups of moments(layer)) {
    for (const [reading, other] of pairsOf(groups)) {
      const beyond = (one: number, another: number) =>
        groups.flatMap((group) => eventsOf(layer, group, openIn(group, one) - openIn(group, another)))
      const [ones, others] = [beyond(reading, other), beyond(other, reading)]
      const groupOf = new Map([...ones, ...others].map(({ known, group }) => [known, group]))
      const done = new Set<Known>()
      const theirs = bySide(others.map(({ known }) => known))
      for (const [name, own] of bySide(ones.map(({ known }) => known))) {
        const open = [own, theirs.get(name) ?? []].map((sides) =>
          sides.filter(({ known }) => !done.has(known)),
        )
        for (const { rows, fills } of inParts(open[0] ?? [], open[1] ?? [])) {
          for (const one of [...rows, ...fills]) done.add(one)
          for (const one of fewer(rows, fills)) {
            const group = groupOf.get(one)
            if (group !== undefined) dropped.set(group, (dropped.get(group) ?? 0) + 1)
          }
        }
      }
    }
  }
  if (dropped.size === 0) return layer
  const groups = layer.groups.flatMap((group): readonly Group[] => {
    const count = group.count - (dropped.get(group) ?? 0)
    return count === 0 ? [] : [{ ...group, count, events: group.events.slice(0, count) }]
  })
  return { ...layer, groups }
}

/** The trades of each moment that name no market, where several files tell some. */
function moments({ grain, groups }: Layer): readonly (readonly Group[])[] {
  if (grain.granularity !== 'fill') return []
  const found = new Map<string, Group[]>()
  for (const group of groups) {
    if (!isTurnable(group.row)) continue
    const name = group.row.times.join(' ')
    const known = found.get(name)
    if (known === undefined) found.set(name, [group])
    else known.push(group)
  }
  return [...found.values()].filter((some) => readingsOf(some).length > 1)
}

function readingsOf(groups: readonly Group[]): readonly number[] {
  return [...new Set(groups.flatMap(({ tellings }) => tellings.map(({ reading }) => reading)))]
}

/** Which files are compared first must not depend on which came first; of those that say the same, one stands for all. */
function pairsOf(groups: readonly Group[]): readonly (readonly [number, number])[] {
  const saying = new Map(
    readingsOf(groups).map((reading) => [
      JSON.stringify(groups.map((group) => countIn(group, reading))),
      reading,
    ]),
  )
  const readings = [...saying].sort(([a], [b]) => compareBytes(a, b)).map(([, reading]) => reading)
  return readings.flatMap((one, index) => readings.slice(index + 1).map((other) => [one, other] as const))
}

type Event = { readonly known: Known; readonly group: Group }

function eventsOf(layer: Layer, group: Group, count: number): readonly Event[] {
  const rule = { rounding: roundings[0], time: timeRules[0] }
  return Array.from({ length: Math.max(0, count) }, (_, index) => ({
    known: eventOf(layer, group, index + 1, rule),
    group,
  }))
}

function fewer(rows: readonly Known[], fills: readonly Known[]): readonly Known[] {
  if (rows.length !== fills.length) return rows.length < fills.length ? rows : fills
  const namesOf = (some: readonly Known[]) =>
    some
      .map(({ row }) => row.identity)
      .sort(compareBytes)
      .join(' ')
  return namesOf(rows) < namesOf(fills) ? fills : rows
}
