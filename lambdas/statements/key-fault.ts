import { Buffer } from 'node:buffer'
import { lastTime, longestIdentity } from '../domain/key-limits.ts'
import { isoTime } from '../domain/outward.ts'
import { isIdentifier, type Transaction } from '../domain/transaction.ts'
import type { RowField, StatementRow } from './row.ts'

export type KeyFault = { readonly text: string; readonly why: string }

/** What identities of rows are made of, beside numbers. */
const named = [
  'orderId',
  'tradeId',
  'symbol',
  'base',
  'quote',
  'currency',
  'account',
] as const satisfies readonly RowField[]

const counted = ['price', 'amount'] as const satisfies readonly RowField[]

/** Digits of a number that is part of an identity; no amount of anything has so many. */
const mostDigits = 100

/**
 * Why a row could not be stored under a key, whatever a merge makes of it: said while the file is read, since a merge that fails
 * would fail with every sync.
 */
export function keyFault(row: StatementRow): KeyFault | undefined {
  const text = named
    .map((field) => row[field])
    .find((word) => word !== undefined && word !== '' && !isIdentifier(word))
  if (text !== undefined) return { text, why: 'longer than an id or a name can be, or no text' }
  const number = counted.map((field) => row[field]).find((digits) => (digits?.length ?? 0) > mostDigits)
  return number === undefined ? undefined : { text: number, why: 'a number of more digits than amounts have' }
}

/** Rows of one identity, as an exchange may have given it, are told apart by a number behind it. */
const longestOwn = longestIdentity - '|999'.length

/** The same of a row that keeps the identity it has. */
export function ownKeyFault({
  time,
  movedTo = time,
  identity,
}: Pick<Transaction, 'time' | 'movedTo' | 'identity'>): KeyFault | undefined {
  const odd = [time, movedTo].find((one) => one < 0 || one > lastTime)
  if (odd !== undefined) return { text: isoTime(odd), why: 'not of the years 1970 to 2286' }
  const isKey = identity.isWellFormed() && Buffer.byteLength(identity) <= longestOwn
  return isKey ? undefined : { text: identity, why: 'longer than an id can be, or no text' }
}
