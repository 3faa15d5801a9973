import { codePoint } from './journal-accounts.ts'
import { escaped, percent } from './journal-text.ts'

/** What hledger and ledger have in common. */

/** ledger takes these for operators and values of its expressions unless they are quoted. */
const ledgerWords = new Set(['and', 'or', 'not', 'div', 'if', 'else', 'true', 'false'])

/**
 * Quotes what is not all letters: `"1INCH"`. Within quotes hledger refuses `"` and `;`, ledger `"` and `\`; spaces and
 * control characters are nobody's friend. `reserved` are coins whose very name the tool takes for something else, in
 * quotes too: they are escaped from the first to the last letter. Coins longer than ledger's 255 bytes are refused by
 * ledger; no exchange has them.
 */
export function quotedCommodity(coin: string, reserved: ReadonlySet<string>): string {
  if (reserved.has(coin)) return `"${coin.replaceAll(/./gsu, percent)}"`
  if (/^[A-Za-z]+$/.test(coin) && !ledgerWords.has(coin)) return coin
  return `"${escaped(coin, /["';\\\s\p{C}\p{Z}]/gu)}"`
}

/**
 * Letters, digits and the few signs that are safe wherever they stand: brackets make an account virtual, `*` and `!` are
 * states, two spaces end it, `;` begins a comment, and a colon a component.
 */
export function journalComponent(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[^\p{L}\p{M}\p{N} ._+&'/-]/gu, codePoint)
}

/**
 * Text in a transaction's first line or in a tag. A comma ends hledger's tags, square brackets hold dates in both tools,
 * `|` parts payee and note, `;` begins a comment, two spaces end things.
 */
export function journalText(text: string): string {
  return escaped(text, /[;,[\]|\p{C}]|(?! )[\s\p{Z}]|^ | $| (?= )/gu)
}

export function journalTag(name: string, value: string): string {
  return `    ; ${name}: ${journalText(value)}\n`
}
