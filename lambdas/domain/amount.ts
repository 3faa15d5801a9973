import Big from 'big.js'
import type { Amount } from './transaction.ts'

/** What an exchange may write for a decimal, Java's scientific notation included. */
export const amountPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/

/** Digits that are all zero, before an exponent if there is one. */
const zeroPattern = /^[^1-9eE]*([eE]|$)/

/** The library knows no leading plus. */
function decimal(amount: Amount): Big {
  return new Big(amount.replace(/^\+/, ''))
}

/** The exact product, in plain notation without trailing zeros. */
export function multiply(a: Amount, b: Amount): Amount {
  return decimal(a).times(decimal(b)).toFixed()
}

/** The exact sum, in plain notation without trailing zeros. */
export function add(a: Amount, b: Amount): Amount {
  return decimal(a).plus(decimal(b)).toFixed()
}

/** Many amounts added up exactly, as integers of the smallest unit so far: several times as fast as one by one. */
export function openSum(begin: Amount = '0') {
  let units = 0n
  let decimals = 0
  const sum = {
    add(amount: Amount): void {
      const text = plain(amount)
      const point = text.indexOf('.')
      const scale = point < 0 ? 0 : text.length - point - 1
      const digits = BigInt(point < 0 ? text : text.slice(0, point) + text.slice(point + 1))
      if (scale === decimals) units += digits
      else if (scale < decimals) units += digits * 10n ** BigInt(decimals - scale)
      else {
        units = units * 10n ** BigInt(scale - decimals) + digits
        decimals = scale
      }
    },
    /** In plain notation without trailing zeros. */
    total(): Amount {
      const text = String(units < 0n ? -units : units).padStart(decimals + 1, '0')
      const whole = text.slice(0, text.length - decimals)
      const fraction = text.slice(text.length - decimals).replace(/0+$/, '')
      return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
    },
  }
  sum.add(begin)
  return sum
}

const plainPattern = /^-?\d+(\.\d+)?$/

/** In plain notation: letter by letter where it is written so, else with the same value. */
export function plain(amount: Amount): Amount {
  return plainPattern.test(amount) ? amount : decimal(amount).toFixed()
}

/** Of all ways to write one value the same: `39999.00` and `39999.0` are alike. Short, however large the exponent. */
export function canonical(amount: Amount): Amount {
  if (isZero(amount)) return '0'
  const value = decimal(amount)
  return Math.abs(value.e) <= 40 ? value.toFixed() : value.toExponential()
}

/** With the other sign; nothing has none. */
export function negate(amount: Amount): Amount {
  const text = plain(amount)
  if (text.startsWith('-')) return text.slice(1)
  return isZero(text) ? text : `-${text}`
}

export function isZero(amount: Amount): boolean {
  return zeroPattern.test(amount)
}

export function sign(amount: Amount): -1 | 0 | 1 {
  if (isZero(amount)) return 0
  return amount.startsWith('-') ? -1 : 1
}

/** To the nearest of so many decimals, a half to the even one; as it is where it has no more. */
export function rounded(amount: Amount, decimals: number): Amount {
  const text = plain(amount)
  const point = text.indexOf('.')
  return point < 0 || text.length - point - 1 <= decimals
    ? text
    : decimal(text).round(decimals, Big.roundHalfEven).toFixed()
}
