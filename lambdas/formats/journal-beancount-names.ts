import { createHash } from 'node:crypto'
import { type AccountRole, codePoint } from './journal-accounts.ts'

/** Capitals, digits and `'._-`, two to 24 of them, a capital first and a letter or digit last. */
const valid = /^[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]$/

/** Words of the language, and what names that had to be changed look like. */
const taken = /^(TRUE|FALSE|NULL|X[0-9_-].*)$/

/**
 * A coin as beancount can read it. Most stay as they are. Never do two share a name, because what had to be changed
 * looks like nothing that stays as it is:
 * - `X1INCH` is 1INCH: coins that would be valid, began they not with a digit.
 * - `X_` begins all others: `'` stands before a change of case (`X_'USDK` is usdk, `X_USD'K` is USDk), `.24` for the
 *   character with that hexadecimal code (`X_.24PAC` is $PAC) and `..203B` for those beyond. A coin really called X1INCH
 *   is `X_X1INCH`, and T is `X_T`.
 * - `X-` begins what would be too long: some of its letters and 65 bits of its SHA-256.
 */
export function beancountCommodity(coin: string): string {
  if (valid.test(coin) && !taken.test(coin)) return coin
  if (/^[0-9]/.test(coin) && valid.test(`X${coin}`)) return `X${coin}`
  const encoded = `X_${encodedCoin(coin)}`
  return valid.test(encoded) ? encoded : shortened(coin)
}

function encodedCoin(coin: string): string {
  let isLower = false
  let text = ''
  for (let at = 0; at < coin.length; at++) {
    const unit = coin.charAt(at)
    if (/[a-zA-Z]/.test(unit)) {
      const lower = /[a-z]/.test(unit)
      text += `${lower === isLower ? '' : "'"}${unit.toUpperCase()}`
      isLower = lower
    } else if (/[0-9]/.test(unit) || (/[_-]/.test(unit) && at < coin.length - 1)) text += unit
    else {
      const code = coin.charCodeAt(at)
      const hex = (digits: number) => code.toString(16).toUpperCase().padStart(digits, '0')
      text += code < 256 ? `.${hex(2)}` : `..${hex(4)}`
    }
  }
  return text
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function shortened(coin: string): string {
  const head = coin
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
    .slice(0, 8)
  const hash = BigInt(`0x${createHash('sha256').update(coin, 'utf16le').digest('hex')}`)
  const tail = Array.from({ length: 13 }, (_, at) => base32[Number((hash >> BigInt(5 * at)) & 31n)]).join('')
  return `X-${head}-${tail}`
}

/**
 * Letters, digits and hyphens, with a capital or digit first. Letters beyond the first 65,536 characters are unknown to
 * some versions.
 */
export function beancountComponent(text: string): string {
  const plain = text
    .normalize('NFC')
    .replaceAll(/[\s._/]+/g, '-')
    .replaceAll(/[^\p{L}\p{Nd}-]|[\u{10000}-\u{10ffff}]/gu, codePoint)
  const first = plain.charAt(0).toUpperCase()
  const capital = /^[\p{Lu}\p{Nd}]/u.test(first) ? '' : 'X'
  return `${capital}${first}${plain.slice(1)}`
}

const roots: Readonly<Record<AccountRole, string>> = {
  assets: 'Assets',
  fees: 'Expenses',
  gains: 'Income',
  losses: 'Expenses',
  transfers: 'Equity',
  trading: 'Equity',
  opening: 'Equity',
}

const known = new Set(['Assets', 'Liabilities', 'Income', 'Expenses', 'Equity'])

/** Beancount knows five roots, and no account that is a root alone. */
export function beancountAccount(role: AccountRole, components: readonly string[]): string {
  const [first = ''] = components
  const path = known.has(first) ? components : [roots[role], ...components]
  return path.length > 1 ? path.join(':') : `${path.join(':')}:${beancountComponent(role)}`
}
