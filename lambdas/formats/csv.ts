import { amountPattern } from '../domain/amount.ts'

/** `text` is guarded against spreadsheets, `amount` stays digit by digit, `time` is made by us and needs no guard. */
export type ColumnKind = 'text' | 'amount' | 'time'

/**
 * How a text begins that a spreadsheet would run instead of show: as OWASP lists it ("CSV Injection"), full-width
 * signs of Japanese keyboards included. Quotes before it fall away in programs that read them twice.
 */
const formula = /^'*["\s]*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

const needsQuotes = /[",\r\n]|^\s|\s$/

/** What most cells are: nothing in them is run, and nothing needs quotes. */
const harmless = /^[\w.:/][\w.:/|-]*$/

/** An amount of characters that is worth handing on. */
const chunkLength = 32_768

/**
 * One cell of RFC 4180. A text that a spreadsheet would take for a formula gets a leading apostrophe; so does an
 * amount that is none.
 */
export function cell(kind: ColumnKind, value: string | undefined): string {
  if (value === undefined || value === '') return ''
  if (harmless.test(value)) return value
  const safe =
    kind === 'time' || (kind === 'amount' && amountPattern.test(value)) || !formula.test(value)
      ? value
      : `'${value}`
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** RFC 4180 with LF, as every reader takes it; UTF-8 without byte order mark. */
export function line(cells: readonly string[]): string {
  return `${cells.join(',')}\n`
}

/** Many short lines as fewer long texts: what takes them spends its time per text. Never splits a line. */
export async function* chunks(lines: AsyncIterable<string>): AsyncIterable<string> {
  let chunk = ''
  for await (const text of lines) {
    chunk += text
    if (chunk.length < chunkLength) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}
