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

/**
 * The coins of a pair whose exchange is known and may write it with another sign than was seen: parted where exactly one sign
 * stands in it, once, between what looks like coins. Undefined where that is not so.
 */
export function coinsByLooks(pair: string): readonly [base: string, quote: string] | undefined {
  const found = /^([\p{L}\p{N}]{1,20})[-/_]([\p{L}\p{N}]{1,20})$/u.exec(pair.trim())
  const [, base, quote] = found ?? []
  return base === undefined || quote === undefined ? undefined : [base, quote]
}
