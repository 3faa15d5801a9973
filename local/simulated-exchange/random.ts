/** Uniform in [0, 1), like `Math.random`, but the same numbers for the same seed. */
export type Random = () => number

/** mulberry32: small, quick and good enough to make up an account. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A whole number from `least` to `most`, both included. */
export function integer(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1))
}

export function pick<const Choices extends readonly [unknown, ...unknown[]]>(
  random: Random,
  choices: Choices,
): Choices[number] {
  return choices[integer(random, 0, choices.length - 1)]
}

export function digits(random: Random, count: number, alphabet = '0123456789'): string {
  return Array.from({ length: count }, () => alphabet[integer(random, 0, alphabet.length - 1)]).join('')
}
