/** How numbers and times are written. Times are UTC, unless they say otherwise. */

const language = 'en-GB'
const number = new Intl.NumberFormat(language)
const dayFormat = new Intl.DateTimeFormat(language, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})
const minuteFormat = new Intl.DateTimeFormat(language, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
})
const monthFormat = new Intl.DateTimeFormat(language, { month: 'short', timeZone: 'UTC' })
const clockFormat = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' })

export const count = (value: number): string => number.format(value)
export const day = (time: number | string): string => written(dayFormat, time)
export const minute = (time: number | string): string => written(minuteFormat, time).replace(',', '')
export const month = (time: number): string => monthFormat.format(new Date(time))
/** By the reader's own clock. */
export const clock = (time: number): string => clockFormat.format(new Date(time))

/** What is no time that the browser knows stands as it is: one such must not take the page with it. */
function written(format: Intl.DateTimeFormat, time: number | string): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? String(time) : format.format(date)
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1],
] as const

/** `7 days`, `3 hours 20 minutes`, `2 milliseconds`. */
export function duration(ms: number): string {
  const at = units.findIndex(([, unit]) => ms >= unit)
  if (at < 0) return '0 milliseconds'
  const parts: string[] = []
  let rest = ms
  for (const [name, unit] of units.slice(at, at + 2)) {
    const many = Math.floor(rest / unit)
    rest -= many * unit
    if (many > 0) parts.push(`${count(many)} ${name}${many === 1 ? '' : 's'}`)
  }
  return parts.join(' ')
}
