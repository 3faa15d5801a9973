import type { Coverage } from '../domain/coverage.ts'
import { promisedFrom } from '../domain/list-coverage.ts'
import { fellShort } from '../domain/rotation.ts'
import type { ListStream } from '../domain/stream.ts'
import type { ReadList } from './read-list.ts'

export type BelieveEmptyPorts = {
  /** What was known of each partition of the definition when the worker began. */
  readonly own: ReadonlyMap<string, Coverage>
  /** By this run, whoever was at work on it. */
  readonly isAsked: (part: Coverage) => boolean
  readonly isUnlisted: (partition: string) => boolean
  readonly now: number
  /** Takes what is known of a list that is empty. */
  readonly note: (coverage: Coverage) => void
}

/**
 * Whether empty lists are proof. An exchange may answer every question with nothing for a while, without an error. Lists that should
 * show rows find it out; those that never had any do not. So nothing proves anything until one of those that should has shown a row in
 * this run, if there are any. What is held back until the end was not asked for: the next night asks again.
 */
export function believeEmpty(
  { own, isAsked, isUnlisted, now, note }: BelieveEmptyPorts,
  definition: ListStream,
) {
  const promised = promisedFrom(definition, now)
  const telling = new Set<string>()
  const held: Coverage[] = []
  let shown = false
  for (const [name, part] of own) {
    const { seen } = part
    if (seen === undefined || seen.count === 0 || seen.until <= promised || isUnlisted(name)) continue
    if (isAsked(part) && !fellShort(part)) shown = true
    telling.add(name)
  }

  return {
    /** Takes what is known after a list was read, or holds it back. */
    take({ coverage, served, failure }: ReadList): void {
      const isEmpty = served === 0 && failure === undefined
      if (served > 0 && telling.has(coverage.partition)) shown = true
      // It is believed that it shows no rows any more, or it is refused: it tells nothing of others.
      else if (isEmpty) telling.delete(coverage.partition)
      if (isEmpty && coverage.note === undefined && !shown && telling.size > 0) held.push(coverage)
      else note(coverage)
      if (shown || telling.size === 0) for (const part of held.splice(0)) note(part)
    },
    /** How many are held back. */
    held: () => held.length,
  }
}
