/** Marks a part of a key at its end, where people tell keys apart. */
type Mark = (part: string) => string

/** For the two keys of one account: those of other seeds are other keys, since they open other accounts. */
export function keyMarks(seed: number | undefined): readonly [Mark, Mark] {
  const first: Mark = (part) => (seed === undefined ? part : `${part}-${seed}`)
  return [first, (part) => `${first(part)}-b`]
}

/** Two keys like this one, of the account of a seed. */
export function keysLike<Key extends { readonly apiKey: string; readonly secret: string }>(
  key: Key,
  seed: number | undefined,
): Key[] {
  return keyMarks(seed).map((mark) => ({ ...key, apiKey: mark(key.apiKey), secret: mark(key.secret) }))
}
