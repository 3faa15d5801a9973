/**
 * Gives each of `count` takers at most one of the places that it may have, so that as many as possible have one: who finds all its
 * places taken asks whoever sits there to move on, and they others. Whoever had a place keeps one. Returns the place of each taker.
 */
export function matchMost(
  count: number,
  placesOf: (taker: number) => readonly number[],
  roomOf: (place: number) => number,
): readonly (number | undefined)[] {
  const seated = new Map<number, Set<number>>()
  const placeOf: (number | undefined)[] = Array.from({ length: count }, () => undefined)

  function sittingAt(place: number): Set<number> {
    const known = seated.get(place)
    if (known !== undefined) return known
    const nobody = new Set<number>()
    seated.set(place, nobody)
    return nobody
  }

  function sit(taker: number, place: number): void {
    placeOf[taker] = place
    sittingAt(place).add(taker)
  }

  /** Breadth first, since a chain of those who move may be as long as a statement. */
  function seat(first: number): void {
    const askedBy = new Map<number, number>()
    const queue = [first]
    for (const taker of queue) {
      for (const place of placesOf(taker)) {
        if (askedBy.has(place)) continue
        askedBy.set(place, taker)
        const sitting = sittingAt(place)
        if (sitting.size < roomOf(place)) {
          moveUp(first, place, askedBy)
          return
        }
        for (const one of sitting) queue.push(one)
      }
    }
  }

  function moveUp(first: number, free: number, askedBy: ReadonlyMap<number, number>): void {
    let place: number | undefined = free
    while (place !== undefined) {
      const taker: number = askedBy.get(place) ?? first
      const left: number | undefined = placeOf[taker]
      sit(taker, place)
      if (left !== undefined) sittingAt(left).delete(taker)
      place = left
    }
  }

  for (let taker = 0; taker < count; taker += 1) {
    const free = placesOf(taker).find((place) => sittingAt(place).size < roomOf(place))
    if (free === undefined) seat(taker)
    else sit(taker, free)
  }
  return placeOf
}
