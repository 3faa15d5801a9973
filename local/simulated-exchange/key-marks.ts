/** Marks a part of a key at its end, where people tell keys apart. */
type Mark = (part: string) => string

/** For the two keys of one account: those of other seeds are other keys, since they open other accounts. */
export function keyMarks(seed: number | undefined): readonly [Mark, Mark] {
  const first: Mark = (part) => (seed === undefined ? part : `${part}-${seed}`)
  return [first, (part) => `${first(part)}-b`]
}
