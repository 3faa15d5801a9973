import type { Coverage } from '../../lambdas/domain/coverage.ts'
import type { ExchangeRequest } from '../../lambdas/domain/stream.ts'
import { day, intersect, type Window } from '../../lambdas/domain/window.ts'
import { span, widthOf } from './list-exchange.ts'

const week = 7 * day

/**
 * Looks at how time is asked for that a list does not reach: in the first run in parts, each of them by one worker only, and
 * then once in a week, in one question.
 */
export function watchOlderTime(onViolation: (violation: string) => void) {
  /** What workers had answered whose run is not at its end, by partition. */
  const answered = new Map<string, readonly Window[]>()
  let asked = new Map<string, Window[]>()
  let before: ReadonlyMap<string, Coverage> = new Map()

  function check(partition: string, at: number, window: Window, isAtOnce: boolean): void {
    const again = before.get(partition)?.reasked
    if (again !== undefined) {
      if (at - again < week) onViolation(`quiescence: older time of ${partition} was asked for within a week`)
      if (asked.has(partition))
        onViolation(`quiescence: older time of ${partition} was asked for again in parts`)
      return
    }
    const alike = (answered.get(partition) ?? []).filter((one) => isWide(one) === isAtOnce)
    if (intersect([window], alike).length > 0)
      onViolation(`progress: older time of ${partition} was asked for that another worker had`)
  }

  return {
    beginRun(known: ReadonlyMap<string, Coverage>): void {
      asked = new Map()
      before = new Map(known)
    },
    note(partition: string, at: number, request: ExchangeRequest): void {
      const { from, to, page = 1, status } = request.params
      // Its other pages and views belong to the question that they begin with.
      if (from === undefined || page !== 1 || status !== undefined) return
      const window = { from: Number(from), to: Number(to) }
      check(partition, at, window, widthOf(request) > span)
      asked.set(partition, [...(asked.get(partition) ?? []), window])
    },
    /** A worker was stopped that had time to tell what it had. Whether its last question was answered, nobody knows. */
    stopRun(): void {
      for (const [partition, windows] of asked)
        answered.set(partition, [...(answered.get(partition) ?? []), ...windows.slice(0, -1)])
    },
  }
}

function isWide({ from, to }: Window): boolean {
  return to - from > span
}
