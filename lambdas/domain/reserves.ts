import type { Coverage } from './coverage.ts'
import { hasPartition, isListed, type StreamDefinition } from './stream.ts'
import { intersect, subtract, union, type Window } from './window.ts'

/** The time, in whole units, that this partition will hardly ever tell: lost, or nobody can tell. That is what its reserve is for. */
export function givenUp({ lost, unverified }: Coverage, unit: number): readonly Window[] {
  return union(
    union(lost, unverified).map(({ from, to }) => ({
      from: Math.ceil(from / unit) * unit,
      to: Math.floor(to / unit) * unit,
    })),
  )
}

/** The partitions of a kind that tell the same rows as this one: its better, or its reserves. */
export function rivalsOf(
  kind: readonly Pick<StreamDefinition, 'partitions' | 'reserveOf'>[],
  partition: string,
): readonly string[] {
  return kind.flatMap(({ partitions, reserveOf }) => {
    if (reserveOf === undefined) return []
    if (hasPartition(partitions, partition)) return [reserveOf]
    return reserveOf === partition && !isListed(partitions) ? partitions : []
  })
}

/**
 * What a partition and its reserve know together. The reserve speaks only where its better has given up: it covers that time,
 * collected it without proof, or was shown less than there is; and what is crowded for the better stays crowded.
 */
export function withReserve(better: Coverage, reserve: Coverage): Coverage {
  const open = union(
    better.unverified,
    better.lost.filter(({ reason }) => reason === 'expired'),
  )
  const within = <T extends Window>(list: readonly T[]): readonly T[] =>
    list.flatMap((one) => intersect([one], open).map((part) => ({ ...one, ...part })))
  const covered = intersect(reserve.covered, open)
  const collected = within(reserve.unverified.filter(({ reason }) => reason === 'indivisible'))
  const lost = within(reserve.lost.filter(({ reason }) => reason !== 'expired'))
  const told = [...covered, ...collected, ...lost]
  return {
    ...better,
    covered: union(better.covered, covered),
    unverified: [...subtract(better.unverified, told), ...collected].sort(oldestFirst),
    lost: [...subtract(better.lost, told), ...lost].sort(oldestFirst),
  }
}

/** The time of which only the reserve tells, as well as it can. */
export function toldByReserve(better: Coverage, reserve: Coverage): readonly Window[] {
  const collected = reserve.unverified.filter(({ reason }) => reason === 'indivisible')
  return subtract(intersect(union(reserve.covered, collected), givenUp(better, 1)), better.covered)
}

function oldestFirst(a: Window, b: Window): number {
  return a.from - b.from
}
