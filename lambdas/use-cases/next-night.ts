import { day, hour, minute } from '../domain/window.ts'

/** When the nightly syncs are done: from so long after midnight UTC, spread over so long. Milliseconds. */
export type Night = { readonly begins: number; readonly lasts: number }

/** A sync that has just ended is not done again in the same night, nor soon after. */
const soon = 8 * hour

/**
 * When the connection is due next: a whole minute in the night, nearly the same each time. However long nights are, two of its syncs are then
 * about a day apart; and whatever an exchange does at the same minute every day meets another minute the next time.
 */
export function nextNight(
  now: number,
  connection: string,
  random: () => number,
  { begins, lasts }: Night,
): number {
  const spread = Math.min(lasts, Math.max(lasts / 12, 30 * minute))
  const place = placeOf(connection) * (lasts - spread)
  const notBefore = now + Math.min(lasts, soon)
  const coming = Math.ceil((notBefore - begins - place) / day) * day + begins + place
  return Math.floor((coming + random() * spread) / minute) * minute
}

/** Evenly from 0 to 1, and always the same for an id (FNV-1a). */
function placeOf(id: string): number {
  let hash = 0x811c9dc5
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hash / 2 ** 32
}
