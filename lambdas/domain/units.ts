import { plain } from './amount.ts'
import type { Amount } from './transaction.ts'

/** More decimals than any exchange tells, by two at least: ends that do not belong to a range are one unit within it. */
const places = 40

/** A number in units of the last of `places` decimals. */
export function unitsOf(amount: Amount): bigint {
  const text = plain(amount)
  const isNegative = text.startsWith('-')
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const units = BigInt(whole + fraction.slice(0, places).padEnd(places, '0'))
  return isNegative ? -units : units
}

/** One unit of the last of so many decimals. */
export function unitOf(decimals: number): bigint {
  return 10n ** BigInt(places - Math.min(decimals, places))
}
