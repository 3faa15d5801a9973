import { isTimezone, offsetsOf } from '../domain/timezone.ts'
import { day, hour, minute } from '../domain/window.ts'

/** The clock that a statement's times are of. */
export type Clock = {
  /** `UTC`, `UTC+8`, `UTC-3:30`, or a name of the IANA database. */
  readonly name: string
  /**
   * The instants (epoch milliseconds) at which it shows a wall time, the earlier first: none in the hour that it leaves out, two in
   * the hour that it shows twice.
   */
  readonly instants: (wall: number) => readonly number[]
}

/** Why a wall time cannot be one of its times. */
export function skippedBy(clock: string): string {
  return `a time that ${clock} left out when its clocks were put forward`
}

const fixed = /^(?:UTC|GMT)?\s*(?:([+\-−])\s*(\d{1,2})(?::?([0-5]\d))?)?$/i

/** `UTC`, `UTC+8`, `GMT+05:30`, `+08:00`, or the name of a time zone; nothing for what is none. */
export function clockOf(text: string): Clock | undefined {
  const trimmed = text.trim()
  const match = trimmed === '' ? null : fixed.exec(trimmed)
  if (match !== null) return fixedClock(match)
  return isTimezone(trimmed) ? zoneClock(trimmed) : undefined
}

const utc: Clock = { name: 'UTC', instants: (wall) => [wall] }

function fixedClock([, sign, hours = '0', minutes = '0']: RegExpExecArray): Clock | undefined {
  const ahead = Number(hours) * hour + Number(minutes) * minute
  // No place on Earth is further ahead than Kiritimati.
  if (ahead > 14 * hour) return undefined
  if (ahead === 0) return utc
  const isBehind = sign !== '+'
  const shown = `${Number(hours)}${Number(minutes) === 0 ? '' : `:${minutes}`}`
  const offset = isBehind ? -ahead : ahead
  return { name: `UTC${isBehind ? '-' : '+'}${shown}`, instants: (wall) => [wall - offset] }
}

/**
 * A zone changes its clocks less often than every two days, so that the offsets of a day before and a day after are those that
 * may hold at the wall time. Each is asked for in time order, hence two caches.
 */
function zoneClock(name: string): Clock {
  const [before, after] = [offsetsOf(name), offsetsOf(name)]
  const shown = offsetsOf(name)
  return {
    name,
    instants: (wall) => {
      const late = wall - before(wall - day)
      const early = wall - after(wall + day)
      const candidates = late === early ? [late] : late < early ? [late, early] : [early, late]
      return candidates.filter((instant) => instant + shown(instant) === wall)
    },
  }
}
