import { canonical } from '../domain/amount.ts'
import type { Amount } from '../domain/transaction.ts'

export type DecimalSign = '.' | ','

/** What a statement writes where there is nothing. */
const nothing = /^(-{1,2}|—|–|n\/a|null|none)?$/i

export function isNothing(cell: string): boolean {
  return nothing.test(cell)
}

/** Blanks of every width, and apostrophes, only ever part thousands. */
const neutral = /[ \u00a0\u2009\u202f'’]/

/** A number with an exponent, and a unit glued to it: `0.001ETH`. */
const shape = /^([+\-−]?)\s?([\d.,'’ \u00a0\u2009\u202f]*\d[.,]?)([eE][+\-−]?\d{1,3})?\s?([A-Za-z]{2,12})?$/

/** Exponents beyond which no amount of anything lies. */
const farthest = 40

export type NumberText = { readonly amount: Amount; readonly unit?: string }

/** The decimal that a cell writes with this sign; nothing for what is none, or has thousands in other groups than threes. */
export function parseNumber(cell: string, sign: DecimalSign): NumberText | undefined {
  const [, minus = '', digits = '', exponent = '', unit] = shape.exec(cell.trim()) ?? []
  if (digits === '') return undefined
  const separator = sign === '.' ? ',' : '.'
  const [whole = '', fraction, ...more] = digits.split(sign)
  if (more.length > 0 || (fraction !== undefined && !/^\d*$/.test(fraction))) return undefined
  const plainWhole = ungrouped(whole, separator)
  if (plainWhole === undefined) return undefined
  const power = exponent.replace('−', '-')
  if (Math.abs(Number(power.slice(1))) > farthest) return undefined
  const written = `${plainWhole === '' ? '0' : plainWhole}.${fraction === undefined || fraction === '' ? '0' : fraction}`
  const amount = canonical(`${minus === '-' || minus === '−' ? '-' : ''}${written}${power}`)
  return amount.includes('e') ? undefined : { amount, ...(unit !== undefined && { unit }) }
}

/** Whether it is written as numbers are, with more digits than an amount may have. */
export function isTooLong(cell: string): boolean {
  const [, , digits = ''] = shape.exec(cell.trim()) ?? []
  return digits.replaceAll(/\D/g, '').length > farthest
}

/** One kind of sign parts thousands within one number, and every group but the first has three digits. */
function ungrouped(whole: string, separator: string): string | undefined {
  if (/^\d*$/.test(whole)) return whole
  const kind = whole.replaceAll(/\d/g, '').charAt(0)
  if (kind !== separator && !neutral.test(kind)) return undefined
  const [first = '', ...groups] = whole.split(kind)
  const isGrouped = /^[1-9]\d{0,2}$/.test(first) && groups.every((group) => /^\d{3}$/.test(group))
  return isGrouped ? [first, ...groups].join('') : undefined
}

/**
 * The signs with which a cell is a number, and none if that makes no difference. `1,234` is one with both: only other cells of its
 * column, or its owner, can tell.
 */
function signsOf(cell: string): readonly DecimalSign[] {
  const [point, comma] = [parseNumber(cell, '.'), parseNumber(cell, ',')]
  if (point !== undefined && point.amount === comma?.amount) return []
  return [...(point === undefined ? [] : (['.'] as const)), ...(comma === undefined ? [] : ([','] as const))]
}

/** Which sign the cells of a column are written with, told by all of them. */
export function openDecimalSign() {
  const possible = new Set<DecimalSign>(['.', ','])
  /** A cell that means another number with each of the signs. */
  const doubtful: string[] = []
  return {
    see(cell: string): void {
      if (isNothing(cell) || !/[.,]/.test(cell)) return
      const signs = signsOf(cell)
      if (signs.length === 2 && doubtful.length < 5) doubtful.push(cell)
      for (const sign of possible)
        if (signs.length === 1 && possible.size > 1 && !signs.includes(sign)) possible.delete(sign)
    },
    /** The sign; or the cells that could be either; with no sign in any cell it does not matter. */
    result(): { readonly sign: DecimalSign } | { readonly doubtful: readonly string[] } {
      const [sign = '.'] = possible
      return possible.size === 1 || doubtful.length === 0 ? { sign } : { doubtful }
    },
  }
}
