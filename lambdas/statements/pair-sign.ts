/** What may part the two coins of a pair. */
const signs = ['/', '-', '_'] as const
export type PairSign = (typeof signs)[number]

/** The sign that parts each of these pairs in two, where one does. */
export function signBetween(pairs: readonly string[]): PairSign | undefined {
  if (pairs.length === 0) return undefined
  return signs.find((sign) =>
    pairs.every((pair) => {
      const coins = pair.split(sign)
      return coins.length === 2 && coins.every((coin) => coin !== '')
    }),
  )
}
