import { day, hour, minute } from '../domain/window.ts'

/** In which order the two numbers stand that may be a day or a month. */
export type DateOrder = 'day-first' | 'month-first'

export type TimeText = {
  /** Epoch milliseconds of a clock that is UTC. */
  readonly wall: number
  /** Milliseconds that the text tells apart: 1, 1,000, 60,000 or a day. */
  readonly unit: number
  /** Whether the text says of which clock it is; `wall` is then the instant. */
  readonly isInstant: boolean
}

const second = 1_000
const clockTime =
  '(?:(?:T|,? +)(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?(?: ?([AaPp][Mm]))?)?(?: ?(Z|UTC|GMT|[+-]\\d{2}:?\\d{2}))?'
const yearFirst = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${clockTime}$`)
const yearLast = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4})${clockTime}$`)
const epoch = /^(\d{10})(\d{3})?$/

/** Before the first block of the first coin nothing was traded, and nothing was yet in a hundred years. */
const [earliest, latest] = [Date.UTC(2009, 0, 3), Date.UTC(2100, 0, 1)]

/** A date whose year has two digits: each of its numbers could be the day. */
function hasShortYear(cell: string): boolean {
  return /^\d{1,2}([-/.])\d{1,2}\1\d{2}(?!\d)/.test(cell.trim())
}

/** The time that a cell writes; nothing for what is none, or one that its order forbids. */
export function parseTime(cell: string, order: DateOrder): TimeText | undefined {
  const time = writtenTime(cell, order)
  return time === undefined || time.wall < earliest || time.wall >= latest ? undefined : time
}

function writtenTime(cell: string, order: DateOrder): TimeText | undefined {
  const text = cell.trim()
  return civilTime(text, order) ?? epochTime(text)
}

export const inFuture = 'a time that lies in the future'

/** Why a cell from which no time was read has none. */
export function timeFault(cell: string, order: DateOrder): string {
  if (hasShortYear(cell)) return 'a year of two digits: each of the three numbers could be the day'
  const time = writtenTime(cell, order)
  if (time === undefined) return 'no time, or none that can be'
  return time.wall < earliest ? 'a time before 2009, when there were no coins' : inFuture
}

function epochTime(text: string): TimeText | undefined {
  const match = epoch.exec(text)
  if (match === null) return undefined
  const [, seconds = '', milliseconds] = match
  return {
    wall: Number(seconds) * second + Number(milliseconds ?? 0),
    unit: milliseconds === undefined ? second : 1,
    isInstant: true,
  }
}

function civilTime(text: string, order: DateOrder): TimeText | undefined {
  const first = yearFirst.exec(text)
  const match = first ?? yearLast.exec(text)
  if (match === null) return undefined
  const [, one = '', , two = '', three = '', ...rest] = match
  const date =
    first !== null
      ? dayOf(one, two, three)
      : order === 'day-first'
        ? dayOf(three, two, one)
        : dayOf(three, one, two)
  if (date === undefined) return undefined
  const time = timeOfDay(rest)
  if (time === undefined) return undefined
  const offset = offsetOf(rest[5])
  return { wall: date + time.since - (offset ?? 0), unit: time.unit, isInstant: offset !== undefined }
}

function dayOf(year: string, month: string, date: string): number | undefined {
  const time = Date.UTC(Number(year), Number(month) - 1, Number(date))
  const shown = new Date(time)
  return shown.getUTCMonth() === Number(month) - 1 && shown.getUTCDate() === Number(date) ? time : undefined
}

function timeOfDay([hours, minutes, seconds, fraction, half]: readonly (string | undefined)[]) {
  if (hours === undefined) return { since: 0, unit: day }
  const shown = Number(hours)
  if (Number(minutes) > 59 || Number(seconds ?? 0) > 59) return undefined
  if (half === undefined ? shown > 23 : shown < 1 || shown > 12) return undefined
  const sinceNoon = half === undefined ? shown : (shown % 12) + (/^p/i.test(half) ? 12 : 0)
  const milliseconds = Number((fraction ?? '').slice(0, 3).padEnd(3, '0'))
  return {
    since: sinceNoon * hour + Number(minutes) * minute + Number(seconds ?? 0) * second + milliseconds,
    unit: fraction !== undefined ? 1 : seconds !== undefined ? second : minute,
  }
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined
  if (!/^[+-]/.test(zone)) return 0
  const digits = zone.replaceAll(/\D/g, '')
  const ahead = Number(digits.slice(0, 2)) * hour + Number(digits.slice(2)) * minute
  return zone.startsWith('-') ? -ahead : ahead
}

/** Which order the dates of a file are in, told by all of them. */
export function openDateOrder() {
  const possible = new Set<DateOrder>(['day-first', 'month-first'])
  const doubtful: string[] = []
  return {
    see(cell: string): void {
      const text = cell.trim()
      if (!yearLast.test(text)) return
      const [dayFirst, monthFirst] = [parseTime(text, 'day-first'), parseTime(text, 'month-first')]
      // The fifth of May is the same in both.
      if (dayFirst?.wall === monthFirst?.wall) return
      if (dayFirst !== undefined && monthFirst !== undefined) {
        if (doubtful.length < 5) doubtful.push(text)
      } else if (possible.size > 1) possible.delete(dayFirst === undefined ? 'day-first' : 'month-first')
    },
    /** The order; or dates that could be either. Dates that begin with their year have one. */
    result(): { readonly order: DateOrder } | { readonly doubtful: readonly string[] } {
      const [order = 'day-first'] = possible
      return possible.size === 1 || doubtful.length === 0 ? { order } : { doubtful }
    },
  }
}
