import type { Coverage } from '../domain/coverage.ts'
import { givenUp } from '../domain/reserves.ts'
import { intersect, type Window } from '../domain/window.ts'

/** What a partition that has reserves knows so far, while it is asked for. */
export type Knowledge = {
  readonly coverage: Coverage
  /** What this run is still to ask for, or to look into: it may yet tell rows of it. */
  readonly open: readonly Window[]
}

type Waiting = { readonly window: Window; readonly resolve: (left: readonly Window[]) => void }

/**
 * Hands time on from a partition to its reserves, while both are asked for: a reserve waits for each of its windows until its better
 * is through with all of it, so that it never tells what that one would tell better.
 */
export function leaveToReserve(unit: number) {
  let known: (() => Knowledge) | undefined
  let waiting: readonly Waiting[] = []

  function answerThose(): void {
    if (known === undefined || waiting.length === 0) return
    const { coverage, open } = known()
    const ready = waiting.filter(({ window }) => intersect([window], open).length === 0)
    waiting = waiting.filter((one) => !ready.includes(one))
    for (const { window, resolve } of ready) resolve(intersect([window], givenUp(coverage, unit)))
  }

  return {
    /** More is known. */
    onKnown: (knowledge: () => Knowledge): void => {
      known = knowledge
      answerThose()
    },
    /** The better has been asked for all that it is asked for in this run, or it failed. */
    end: (coverage: Coverage): void => {
      known = () => ({ coverage, open: [] })
      answerThose()
    },
    /** What the better leaves of a window, in whole units, once it is through with all of it. */
    left: (window: Window): Promise<readonly Window[]> =>
      new Promise((resolve) => {
        waiting = [...waiting, { window, resolve }]
        answerThose()
      }),
  }
}
