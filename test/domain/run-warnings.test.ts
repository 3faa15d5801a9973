import { describe, expect, it } from 'vitest'
import type { StreamProgress } from '../../lambdas/domain/run.ts'
import { runWarnings } from '../../lambdas/domain/run-warnings.ts'

const stream = (change: Partial<StreamProgress>): StreamProgress => ({
  stream: 'withdrawal',
  state: 'complete',
  requests: 1,
  served: 20,
  new: 0,
  changed: 0,
  unchanged: 20,
  percent: 100,
  gaps: [],
  unverified: [],
  ...change,
})
const warned = (change: Partial<StreamProgress>) => runWarnings({ streams: [stream(change)] })

describe('a run in which many final rows change', () => {
  it('warns that another account may be behind the key, with what was seen and what to do', () => {
    expect(warned({ changed: 12, unchanged: 8, revised: 9, vanished: 1 })).toEqual([
      'Withdrawals: of 20 stored rows that were read again, 9 say something else than when final and 1 is not shown any more. ' +
        'This key may open another account now: compare with the exchange. If it does, disconnect this key, and connect the ' +
        'other account with a key of its own. Nothing that was stored is lost.',
    ])
    expect(warned({ changed: 3, unchanged: 0, vanished: 3 })[0]).toContain(', 3 are not shown any more. ')
    expect(warned({ changed: 3, unchanged: 0, revised: 1, vanished: 2 })[0]).toContain(
      ', 1 says something else',
    )
  })

  it('does not where most rows are as they were, few are read again, or transfers only end', () => {
    expect(warned({ changed: 4, unchanged: 16, revised: 4 })).toEqual([])
    expect(warned({ changed: 2, unchanged: 0, vanished: 2 })).toEqual([])
    expect(warned({ changed: 20, unchanged: 0 })).toEqual([])
  })
})
