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
const localFormat = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long' })
const monthFormat = new Intl.DateTimeFormat(language, { month: 'short', timeZone: 'UTC' })
const clockFormat = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' })

export const count = (value: number): string => number.format(value)
export const day = (time: number | string): string => dayFormat.format(new Date(time))
export const minute = (time: number | string): string => minuteFormat.format(new Date(time)).replace(',', '')
export const month = (time: number): string => monthFormat.format(new Date(time))
/** By the reader's own clock. */
export const clock = (time: number): string => clockFormat.format(new Date(time))
/** By the reader's own clock, with its zone. */
export const local = (time: number | string): string => localFormat.format(new Date(time))

/** To the millisecond, as it was served: `2026-10-02 04:00:00.123`. */
export function exact(time: number | string): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', '').replace('.000', '')
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

export function bytes(size: number): string {
  if (size < 1_000) return `${size} bytes`
  if (size < 1_000_000) return `${(size / 1_000).toFixed(1)} kB`
  return `${(size / 1_000_000).toFixed(1)} MB`
}
