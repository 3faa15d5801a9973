import { describe, expect, it } from 'vitest'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { describeRun } from '../../lambdas/api/answers.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'

const run: Run = {
  id: 'r1',
  connection: 'aaaa000000000000',
  state: 'incomplete',
  startedAt: 1_700_000_000_000,
  finishedAt: 1_700_000_060_000,
  requests: 7,
  streams: [
    {
      stream: 'futures-trade',
      state: 'incomplete',
      requests: 7,
      served: 12,
      new: 0,
      changed: 9,
      unchanged: 3,
      revised: 4,
      vanished: 5,
      percent: 100,
      names: [{ each: 'coins', asked: 3, of: 7, apart: { filter: 'status', values: ['0', '1'] } }],
      gaps: [{ from: 0, to: 60_000, reason: 'expired', partitions: ['usdt-m'] }],
      unverified: [{ from: 0, to: 60_000, reason: 'by-order', partitions: ['coin-m'], morePartitions: 2 }],
    },
  ],
}

describe('a sync, as its user sees it', () => {
  it('says whose a gap is, and whose the time of which nobody can tell', () => {
    const told = shapes.run.parse(JSON.parse(JSON.stringify(describeRun(run, bingx))))
    expect(told.streams[0]?.gaps[0]).toMatchObject({ reason: 'expired', partitions: ['usdt-m'] })
    expect(told.streams[0]?.unverified[0]).toMatchObject({ partitions: ['coin-m'], morePartitions: 2 })
  })

  it('says how many of the names that are asked for one by one were', () => {
    const told = shapes.run.parse(JSON.parse(JSON.stringify(describeRun(run, bingx))))
    expect(told.streams[0]?.names).toEqual(run.streams[0]?.names)
  })

  it('warns where another account may be behind the key, with how many rows changed', () => {
    const told = shapes.run.parse(JSON.parse(JSON.stringify(describeRun(run, bingx))))
    expect(told.streams[0]).toMatchObject({ revised: 4, vanished: 5 })
    expect(told.warnings).toEqual([expect.stringContaining('another account now')])
    expect(describeRun({ ...run, streams: [] }, bingx)).not.toHaveProperty('warnings')
  })
})
