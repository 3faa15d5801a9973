import type { Offset } from './timezone.ts'
import { hour, minute } from './window.ts'

/** What clocks of a zone show, as if it were UTC, and by how much they are ahead where that alone does not tell the instant. */
export type Shown = {
  readonly local: number
  /** `+02:00`, where they show the same at another instant too: they were put back. */
  readonly ahead?: string
  /** Of two such instants it is the later one. */
  readonly isAgain: boolean
}

/** No clock was put forward or back at once by more than this. */
const longestStep = 3 * hour

/** `offset` of an instant is how much the clocks are ahead at it, or just before it where it is an end. */
export function shownAt(time: number, offset: Offset): Shown {
  const ahead = offset(time)
  const local = time + ahead
  const twin = [time - longestStep, time + longestStep]
    .map((near) => local - offset(near))
    .find((other) => other !== time && other + offset(other) === local)
  if (twin === undefined) return { local, isAgain: false }
  return { local, ahead: aheadWords(ahead), isAgain: twin < time }
}

function aheadWords(ahead: number): string {
  const minutes = Math.abs(ahead) / minute
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0')
  return `${ahead < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}
