import { createHash } from 'node:crypto'
import { codePoint } from './journal-accounts.ts'
import { escaped, percent } from './journal-text.ts'

/** What hledger and ledger have in common. */

/** ledger takes these for operators and values of its expressions unless they are quoted. */
const ledgerWords = new Set(['and', 'or', 'not', 'div', 'if', 'else', 'true', 'false'])

/**
 * Quotes what is not all letters: `"1INCH"`. Within quotes hledger refuses `"` and `;`, ledger `"` and `\`; spaces and
 * control characters are nobody's friend. `reserved` are coins whose very name the tool takes for something else, in
 * quotes too: they are escaped from the first to the last letter.
 */
export function quotedCommodity(coin: string, reserved: ReadonlySet<string>): string {
  if (reserved.has(coin)) return `"${coin.replaceAll(/./gsu, percent)}"`
  if (/^[A-Za-z]{1,200}$/.test(coin) && !ledgerWords.has(coin)) return coin
  const name = escaped(coin, /["';\\\s\p{C}\p{Z}]/gu)
  return `"${Buffer.byteLength(name) > 200 ? shortened(coin) : name}"`
}

/** ledger refuses names of more than 255 bytes. No exchange has such coins; if one sends them, they stay apart. */
function shortened(coin: string): string {
  const head = coin.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 20)
  return `${head}-${createHash('sha256').update(coin, 'utf16le').digest('hex')}`
}

/**
 * Letters, digits and the few signs that are safe wherever they stand: brackets make an account virtual, `*` and `!` are
 * states, two spaces end it, `;` begins a comment, and a colon a component.
 */
export function journalComponent(text: string): string {
  const safe = text.replaceAll(/\s+/g, ' ').replaceAll(/[^\p{L}\p{M}\p{N} ._+&'/-]/gu, codePoint)
  // ledger refuses components of more than 255 bytes; 60 characters are at most 240.
  return Buffer.byteLength(safe) > 240 ? Array.from(safe).slice(0, 60).join('').trim() : safe
}

/** Where a transaction's first line ends or changes its meaning: at `;`, at two spaces, and at hledger's `|`. */
export function titleText(text: string): string {
  return escaped(text, /[;|\p{C}]|(?! )[\s\p{Z}]|^ | $| (?= )/gu)
}

/** A comma ends hledger's tags, and square brackets hold dates in both tools. */
export function tagLine(name: string, value: string): string {
  return `    ; ${name}: ${escaped(value, /[;,[\]\p{C}]|(?! )[\s\p{Z}]|^ | $| (?= )/gu)}\n`
}

/** Declared, so that strict checks know them. */
export const tagDirectives = [
  'time',
  'id',
  'symbol',
  'orderId',
  'tradeId',
  'type',
  'network',
  'address',
  'txId',
]
  .map((name) => `tag ${name}\n`)
  .join('')

/** Said in the journal itself. */
export const spellingSentence =
  'In names and tags, %3B stands for the character with the hexadecimal code 3B.'
