import { endsThePartition, type Failure } from '../domain/failure.ts'
import type { Window } from '../domain/window.ts'

/** After so many windows in a row that could not be had, the rest is left to the next run. */
const mostFailures = 3

/** What it means for the rest of a partition that single windows could not be had. `isUndocumented`: of old time more may fail. */
export function failurePolicy(isUndocumented: (window: Window) => boolean) {
  let failure: Failure | undefined
  let failedInARow = 0
  /** Where old time fails, the rest of it is left to the next run, and what is younger does not wait for it. */
  let oldFailedInARow = 0
  let stopped = false
  let skipped = false

  return {
    /** A window could not be had. */
    fail: (how: Failure, window: Window): void => {
      failure = how
      if (isUndocumented(window)) oldFailedInARow += 1
      else failedInARow += 1
      if (endsThePartition(how.kind) || failedInARow >= mostFailures) stopped = true
    },
    succeed: (): void => {
      failedInARow = 0
      oldFailedInARow = 0
    },
    /** Something is left to the next run that no window failed of: what failed before tells more. */
    mar: (how: Failure): void => {
      failure ??= how
    },
    stop: (): void => {
      stopped = true
    },
    /** Whether this window is left to the next run. */
    skips: (window: Window): boolean => {
      if (oldFailedInARow < mostFailures || !isUndocumented(window)) return false
      skipped = true
      return true
    },
    isStopped: () => stopped,
    /** Whether the run asks for all that it planned. */
    isWhole: () => !stopped && !skipped,
    failure: () => failure,
  }
}
