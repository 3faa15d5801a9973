/** ISO 8601 with milliseconds and `Z`: how a time (epoch milliseconds) leaves the product. */
export function isoTime(time: number): string {
  return new Date(time).toISOString()
}

/** As short as exactness allows, in UTC, for sentences that name the zone: `2026-08-23`, `2026-11-21 07:50`. */
export function readableTime(time: number): string {
  const [date = '', clock = ''] = isoTime(time).slice(0, -1).split('T')
  const short = clock.replace(/\.000$/, '').replace(/^(\d\d:\d\d):00$/, '$1')
  return short === '00:00' ? date : `${date} ${short}`
}
