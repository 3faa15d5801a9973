import type { Coverage } from '../../lambdas/domain/coverage.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { union } from '../../lambdas/domain/window.ts'

/** What a run says as it ends, held against what is stored of its coverage, and not against what said so. */
export function tooMuchSaid(
  { id, state, streams }: Run,
  parts: readonly Coverage[],
  opened: number,
): readonly string[] {
  if (state !== 'complete' && state !== 'unverified') return []
  const failed = streams.some((stream) => stream.state === 'failed')
  const open = parts.filter(({ note }) => note === undefined)
  const lost = open.some((part) => part.lost.length > 0)
  const doubted = open.some((part) => part.unverified.length > 0)
  const unserved = parts.some(({ note }) => note === 'not-served')
  const holes = open.some(({ covered, unverified, attempted }) => {
    const known = union(covered, unverified)
    if (attempted <= opened) return false
    return known.length !== 1 || (known[0]?.from ?? 0) > opened || (known[0]?.to ?? 0) < attempted
  })
  return [
    ...(failed ? [`honesty: run ${id} failed and says ${state}`] : []),
    ...(lost || holes ? [`honesty: run ${id} has gaps and says ${state}`] : []),
    ...((doubted || unserved) && state === 'complete'
      ? [`honesty: run ${id} has time of which nobody can tell`]
      : []),
  ]
}
