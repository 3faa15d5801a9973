import Big from 'big.js'
import type { Amount } from './transaction.ts'

/** What an exchange may write for a decimal, Java's scientific notation included. */
export const amountPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/

/** The exact product, in plain notation without trailing zeros. */
export function multiply(a: Amount, b: Amount): Amount {
  return new Big(a).times(b).toFixed()
}
