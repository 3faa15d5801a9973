import { Big } from 'big.js'
import { digits, integer, type Random } from '../simulated-exchange/random.ts'
import type { Market } from './catalogue.ts'

/** When BingX began to count its orders; an order's id carries the milliseconds since. */
const firstOrder = 1_288_834_974_657n

/** A 19-digit id that tells when the order was made. `serial` tells orders of one millisecond apart. */
export function orderIdAt(time: number, serial: number): string {
  return String(((BigInt(time) - firstOrder) << 22n) + BigInt(serial))
}

export function priceOf(random: Random, { price, priceDigits }: Pick<Market, 'price' | 'priceDigits'>) {
  return new Big(price)
    .times(integer(random, 900, 1100))
    .div(1000)
    .toFixed(priceDigits)
}

/** Never a size of nothing; sometimes with zeros at the end. */
export function sizeOf(random: Random, { sizeDigits, mostUnits }: Market): string {
  const whole = integer(random, sizeDigits === 0 ? 1 : 0, Math.max(mostUnits, sizeDigits === 0 ? 1 : 0))
  if (sizeDigits === 0) return String(whole)
  const fraction = digits(random, Math.ceil(sizeDigits / 2)).padEnd(sizeDigits, '0')
  return /[1-9]/.test(`${whole}${fraction}`)
    ? `${whole}.${fraction}`
    : `${whole}.${'1'.padStart(sizeDigits, '0')}`
}

/** A product as a computer's own numbers tell it: 17.997667582000002. */
export function noisy(price: string, size: string): string {
  return String(Number(price) * Number(size))
}

/** How the computers of BingX write a number: small ones with an exponent of two digits at least, `-1.2493e-07`. */
export function written(value: Big): string {
  const text = value.toString()
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}
