import { judge } from './completeness.ts'
import type { Coverage } from './coverage.ts'
import type { StreamDefinition } from './stream.ts'
import { intersect, type Window } from './window.ts'

/**
 * The time of one kind of history that the exchange is known to have served whole, in every part that there is: what it does not
 * show of that time has not happened. `kind`: all definitions of it.
 */
export function provenTime(
  kind: readonly StreamDefinition[],
  coverage: readonly Coverage[],
): readonly Window[] {
  const { parts, behind } = judge(kind, coverage)
  if (behind.some(({ known }) => known === undefined)) return []
  const [first, ...others] = parts.map(({ covered }) => covered)
  return others.reduce((common, covered) => intersect(common, covered), first ?? [])
}
