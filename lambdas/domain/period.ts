import { isoTime } from './outward.ts'
import { type Offset, startOfDay } from './timezone.ts'
import { day, hour, minute } from './window.ts'

/** `from <= time < to`, epoch milliseconds; without an end, all that is there. */
export type Period = { readonly from?: number; readonly to?: number }

const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/

/** Days since 1970-01-01 of an ISO date; undefined when there is no such day. */
export function dayOf(date: string): number | undefined {
  const [, year, month, dayOfMonth] = datePattern.exec(date) ?? []
  if (year === undefined) return undefined
  const days = daysFromCivil(Number(year), Number(month), Number(dayOfMonth))
  return isoTime(days * day).startsWith(date) ? days : undefined
}

/** By Howard Hinnant's `days_from_civil`, the inverse of what `isoTime` is made of. */
function daysFromCivil(year: number, month: number, dayOfMonth: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + dayOfMonth - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/**
 * A tax year: a calendar year (`2026`), or its first and its last day (`2026-04-06/2027-04-05`), both included, as the
 * clocks of the zone show them. Undefined when it is neither.
 */
export function parsePeriod(text: string, offset: Offset): Period | undefined {
  const [first, last, ...more] = /^\d{4}$/.test(text) ? [`${text}-01-01`, `${text}-12-31`] : text.split('/')
  if (first === undefined || last === undefined || more.length > 0) return undefined
  const [from, to] = [dayOf(first), dayOf(last)]
  if (from === undefined || to === undefined || !isLived(offset, from) || !isLived(offset, to))
    return undefined
  return { from: startOfDay(offset, from), to: startOfDay(offset, to + 1) }
}

/** Whether there was such a day: where clocks crossed the date line, one was left out. */
function isLived(offset: Offset, days: number): boolean {
  return startOfDay(offset, days) < startOfDay(offset, days + 1)
}

const instantPattern =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/

/**
 * One end of a period: an instant (ISO 8601 with its zone), or a day, which is included as a whole. Undefined when it
 * is neither.
 */
export function parseEnd(text: string, end: 'from' | 'to', offset: Offset): number | undefined {
  const instant = instantPattern.exec(text)
  const days = dayOf(instant?.[1] ?? text)
  if (days === undefined) return undefined
  if (instant === null && !isLived(offset, days)) return undefined
  if (instant === null) return startOfDay(offset, end === 'from' ? days : days + 1)
  return days * day + timeOfDay(instant)
}

/** Milliseconds after midnight UTC of the date that the instant names. */
function timeOfDay(instant: RegExpExecArray): number {
  const [, , hours, minutes, seconds = '0', fraction = '', sign, aheadHours = '0', aheadMinutes = '0'] =
    instant
  const ahead = Number(aheadHours) * hour + Number(aheadMinutes) * minute
  return (
    Number(hours) * hour +
    Number(minutes) * minute +
    Number(seconds) * 1_000 +
    Number(fraction.padEnd(3, '0')) -
    (sign === '-' ? -ahead : ahead)
  )
}
