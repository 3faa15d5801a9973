import { describe, expect, it } from 'vitest'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import { leaveToReserve } from '../../lambdas/use-cases/leave-to-reserve.ts'

const window = { from: 0, to: 10_000 }

function knowing(change: Partial<Coverage>): Coverage {
  return { ...noCoverage('futures-trade', 'better'), ...change }
}

const unknownTo = knowing({ unverified: [{ from: 0, to: 5_500, reason: 'beyond-depth' }] })

/** Whether a promise is kept by now, and with what. */
async function kept<T>(promise: Promise<T>): Promise<T | 'waits'> {
  return Promise.race([promise, new Promise<'waits'>((resolve) => setImmediate(() => resolve('waits')))])
}

describe('what a source leaves to its reserve', () => {
  it('is said once it is through with all of a window, in whole units', async () => {
    const time = leaveToReserve(1_000)
    const left = time.left(window)
    expect(await kept(left)).toBe('waits')
    time.onKnown(() => ({ coverage: unknownTo, open: [{ from: 9_000, to: 12_000 }] }))
    expect(await kept(left)).toBe('waits')
    time.onKnown(() => ({ coverage: unknownTo, open: [{ from: 10_000, to: 12_000 }] }))
    expect(await kept(left)).toEqual([{ from: 0, to: 5_000 }])
  })

  it('is said at once where it is known already, and of each window by itself', async () => {
    const time = leaveToReserve(1_000)
    time.onKnown(() => ({ coverage: unknownTo, open: [{ from: 4_000, to: 12_000 }] }))
    const later = time.left(window)
    expect(await kept(time.left({ from: 1_000, to: 3_000 }))).toEqual([{ from: 1_000, to: 3_000 }])
    expect(await kept(later)).toBe('waits')
  })

  it('is nothing of what could not be asked for', async () => {
    const time = leaveToReserve(1_000)
    const left = time.left(window)
    time.onKnown(() => ({ coverage: unknownTo, open: [window] }))
    time.end(knowing({ covered: [{ from: 6_000, to: 8_000 }] }))
    expect(await kept(left)).toEqual([])
  })
})
