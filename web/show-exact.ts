/** How one moment and one file are written where nothing may be left out. */

const localFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })

/** By the reader's own clock, with its zone. */
export const local = (time: number | string): string => localFormat.format(new Date(time))

/** To the millisecond, as it was served: `2026-10-02 04:00:00.123`. */
export function exact(time: number | string): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', '').replace('.000', '')
}

export function bytes(size: number): string {
  if (size < 1_000) return `${size} bytes`
  if (size < 1_000_000) return `${(size / 1_000).toFixed(1)} kB`
  return `${(size / 1_000_000).toFixed(1)} MB`
}
