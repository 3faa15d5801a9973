import { describe, expect, it } from 'vitest'
import type { StreamProgress } from '../../lambdas/domain/run.ts'
import { runWarnings } from '../../lambdas/domain/run-warnings.ts'
import { day, hour, minute } from '../../lambdas/domain/window.ts'

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
const warned = (change: Partial<StreamProgress>) => runWarnings({ startedAt: 0, streams: [stream(change)] })

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

describe('a run to which the exchange told a time far ahead of ours', () => {
  const startedAt = Date.UTC(2026, 10, 28, 1)
  const told = (ahead: number) =>
    runWarnings({ startedAt, finishedAt: startedAt + 10 * minute, ahead, streams: [stream({})] })

  it('says that nobody can tell which clock is wrong, and until when all is known by either', () => {
    expect(told(40 * day)).toEqual([
      'The exchange’s clock is 40 days ahead of ours, and all is told by the exchange’s. If it is ours that is wrong, set it. If not, ' +
        'nothing is known of time after 2026-11-28 01:10 UTC, also where it is called complete: the next sync to which the exchange ' +
        'tells an earlier time asks for it again.',
    ])
    expect(told(26 * hour)[0]).toContain('is 26 hours ahead')
  })

  it('says nothing of clocks that are an hour apart, or where ours is ahead', () => {
    expect([...told(hour), ...told(-40 * day)]).toEqual([])
  })
})
