import { type Shown, shownAt } from './clock-words.ts'
import { isoTime } from './outward.ts'
import type { Period } from './period.ts'
import { offsetsOf } from './timezone.ts'

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
]

/**
 * A period as an accountant writes it, by the clocks of its zone and with its last day: `1 January 2026 to 31 December 2026,
 * Europe/Berlin`. Where an end is no midnight there, the time stands beside the day, and the last instant is left out;
 * where the clocks show that time twice, so does how far ahead of UTC they are.
 */
export function periodInWords({ from, to }: Period, timezone: string): string {
  const offset = offsetsOf(timezone)
  const first = from === undefined ? undefined : words(shownAt(from, offset))
  const last = to === undefined ? undefined : lastWords(shownAt(to, (time) => offset(time - 1)))
  if (first === undefined)
    return last === undefined ? 'All that is stored' : `Everything up to ${last}, ${timezone}`
  return last === undefined ? `Everything from ${first} on, ${timezone}` : `${first} to ${last}, ${timezone}`
}

/** Beside days of another zone, times that are of UTC would be read as of that zone. */
export function zoneSentences(timezone: string): readonly string[] {
  return timezone === 'UTC'
    ? []
    : [`The period is that of the clocks in ${timezone}; all times below are UTC.`]
}

function words({ local, ahead, isAgain }: Shown): string {
  const [date = '', clock = ''] = isoTime(local).slice(0, -1).split('T')
  const [year = '', month = '', dayOfMonth = ''] = date.split('-')
  const time = clock.replace(/\.000$/, '')
  const day = `${Number(dayOfMonth)} ${months[Number(month) - 1]} ${Number(year)}`
  if (time === '00:00:00' && !isAgain) return day
  return `${day} ${time}${ahead === undefined ? '' : ` (${ahead})`}`
}

function lastWords(shown: Shown): string {
  const end = words(shown)
  return end.includes(':') ? end : words({ local: shown.local - 1, isAgain: false }).replace(/ \S+$/, '')
}
