import { day, hour, minute } from './window.ts'

/** How many milliseconds the clocks of a time zone are ahead of UTC at an instant (epoch milliseconds). */
export type Offset = (time: number) => number

/** No zone changes its clocks at another moment than one of these. */
const quarter = 15 * minute

/**
 * Whether this is the name of a time zone in the IANA database, written as there: `Europe/Berlin`, or `UTC`. Engines take
 * more, each its own: `EST` is Panama's clock to one and New York's to another, and `gmt+2` may be west of Greenwich.
 */
export function isTimezone(name: string): boolean {
  if (name === 'UTC') return true
  // Each part begins with a capital; aliases, which engines resolve to another name, cannot be compared further.
  if (name.length > 64 || !/^[A-Z][\w+-]*(\/[A-Z][\w+-]*)+$/.test(name)) return false
  try {
    const known = formatOf(name).resolvedOptions().timeZone
    return known === name || known.toLowerCase() !== name.toLowerCase()
  } catch {
    return false
  }
}

/** Rows come in time order, so that the last answer is nearly always the next one too. */
export function offsetsOf(timezone: string): Offset {
  const format = formatOf(timezone)
  let known = { quarter: Number.NaN, offset: 0 }
  return (time) => {
    const asked = Math.floor(time / quarter)
    if (asked !== known.quarter) known = { quarter: asked, offset: readOffset(format, asked * quarter) }
    return known.offset
  }
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
}

/** The engine shows the offset last: `8/20/2026, GMT+05:45`, and `GMT` alone where there is none. */
function readOffset(format: Intl.DateTimeFormat, time: number): number {
  const shown = format.format(time)
  const offset = shown.slice(shown.lastIndexOf('GMT'))
  const [hours = 0, minutes = 0, seconds = 0] = [...offset.matchAll(/\d\d/g)].map(Number)
  const ahead = hours * hour + minutes * minute + seconds * 1_000
  return offset.startsWith('GMT-') ? -ahead : ahead
}

/** The first instant of a calendar day, as days since 1970-01-01, where the clocks of the zone show that day. */
export function startOfDay(offset: Offset, days: number): number {
  const midnight = days * day
  let [before, after] = [midnight - day, midnight + day]
  while (after - before > minute) {
    const middle = Math.floor((before + after) / 2 / minute) * minute
    if (middle + offset(middle) >= midnight) after = middle
    else before = middle
  }
  return after
}
