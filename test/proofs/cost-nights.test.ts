import { describe, expect, it } from 'vitest'
import { addressLimits, cellsFor, workersFor } from '../../bin/cost/egress.ts'
import { assumptions } from '../../bin/cost/usage.ts'
import { hour } from '../../lambdas/domain/window.ts'
import { nightOfMany } from '../model/night-of-many.ts'

const million = 1_000_000

describe('Cells', () => {
  it.each(addressLimits.flatMap((one) => [6, 24].map((hours) => ({ ...one, hours }))))(
    'of a million connections are as many as their nights need, with as many workers as use an address up: $what, $hours hours',
    ({ hours, ...one }) => {
      const cells = cellsFor(million, one, hours)
      const behindOne = Math.ceil(million / cells)
      const { questions, workerSeconds } = assumptions
      // What a worker does besides asking takes time, too.
      const answersIn = (workerSeconds.value * 1_000) / questions.value
      const night = (connections: number, workers: number) =>
        nightOfMany({ ...one, connections, questions: questions.value, workers, answersIn })
      const { lasted, most } = night(behindOne, workersFor(one))
      expect(lasted).toBeLessThanOrEqual(1.01 * hours * hour)
      expect(most).toBeLessThanOrEqual(one.limit.calls)
      // With three quarters of them, it would be morning.
      expect(night(Math.ceil(behindOne / 0.75), workersFor(one)).lasted).toBeGreaterThan(hours * hour)
    },
  )
})
