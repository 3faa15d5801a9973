import Big from 'big.js'
import { plain } from '../domain/amount.ts'
import type { Amount } from '../domain/transaction.ts'

/** So much of a coin at so much of the other coin for each. */
export type Lot = { readonly volume: Amount; readonly price: Amount }

/** Towards zero, so that what is missing is never negative. */
const Quotient = Big()
Quotient.DP = 64
Quotient.RM = 0

/** A price with more decimals than any coin has would be exact, and refused. */
const mostDecimals = 24

/** So many digits of a price that cannot be exact. */
const significant = 12

/**
 * Lots whose volumes add up to `base` and whose volumes times prices add up to `counter`, both to the last digit;
 * both are positive. One lot where counter / base is a decimal of sensible length. A third is none: there the last
 * lot, a power of ten, which can be divided by, takes what rounding left over, as cents are shared out. Its price
 * differs from the other in the last digits only. `told`: a price that may be it, which is tried before anything is divided.
 */
export function exactLots(base: Amount, counter: Amount, told?: Amount): readonly Lot[] {
  const [volume, total] = [new Quotient(base), new Quotient(counter)]
  const isExact = (price: Big) => price.times(volume).eq(total) && price.round(mostDecimals, 0).eq(price)
  const known = told === undefined ? undefined : new Quotient(plain(told))
  if (known !== undefined && isExact(known)) return [{ volume: base, price: known.toFixed() }]
  const quotient = total.div(volume)
  if (isExact(quotient)) return [{ volume: base, price: quotient.toFixed() }]
  const price = quotient.round(Math.max(significant, significant - exponentOf(quotient)), 0)
  // A power of ten below the volume: something has to be left for the first lot.
  const power = new Quotient(`1e${volume.e}`)
  const last = power.lt(volume) ? power : new Quotient(`1e${volume.e - 1}`)
  const rest = volume.minus(last)
  const open = total.minus(rest.times(price))
  return [
    { volume: rest.toFixed(), price: price.toFixed() },
    { volume: last.toFixed(), price: byPowerOfTen(open, -last.e) },
  ]
}

function exponentOf(value: Big): number {
  return value.eq(0) ? 0 : value.e
}

/** Exactly, which a division with limited decimals would not be. */
function byPowerOfTen(value: Big, exponent: number): Amount {
  return value.times(new Quotient(`1e${exponent}`)).toFixed()
}
