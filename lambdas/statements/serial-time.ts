import { isoTime } from '../domain/outward.ts'
import { day } from '../domain/window.ts'

/** The day 0 of spreadsheets, 1899-12-30 (so that the 29 February 1900 that they believe in does no harm), and of old Macs. */
const [since1900, since1904] = [Date.UTC(1899, 11, 30), Date.UTC(1904, 0, 1)]

/**
 * What a spreadsheet shows for a count of days, to the millisecond that its fifteen digits tell: `2025-12-10 22:19:17`. Nothing for
 * what is no date of this century or the last.
 */
export function serialTime(serial: string, is1904: boolean): string | undefined {
  const days = Number(serial)
  if (!(days >= 1 && days < 80_000)) return undefined
  const time = Math.round((is1904 ? since1904 : since1900) + days * day)
  const text = isoTime(time).slice(0, -1).replace('T', ' ')
  return text.endsWith('.000') ? text.slice(0, -4) : text
}
