import { describe, expect, it } from 'vitest'
import type { Fields, Telemetry } from '../../lambdas/adapters/telemetry.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { Run, StreamProgress } from '../../lambdas/domain/run.ts'
import { reportBegin, reportCoolDown, reportEnd } from '../../lambdas/sync/report.ts'

function listen() {
  const figures: Record<string, number> = {}
  const entries: { level: string; event: string; fields: Fields }[] = []
  const telemetry: Telemetry = {
    log: (level, event, fields) => entries.push({ level, event, fields }),
    measure: (name, value) => {
      figures[name] = (figures[name] ?? 0) + value
    },
  }
  return { telemetry, figures, entries }
}

function progress(stream: StreamProgress['stream'], more: Partial<StreamProgress> = {}): StreamProgress {
  const counts = { requests: 10, served: 9, new: 3, changed: 2, unchanged: 4, percent: 100 }
  return { stream, state: 'complete', gaps: [], unverified: [], ...counts, ...more }
}

const run: Run = {
  id: 'r1',
  connection: 'c1',
  state: 'complete',
  startedAt: 1_000,
  finishedAt: 5_000,
  requests: 20,
  hop: 2,
  streams: [progress('spot-trade'), progress('withdrawal')],
}

const report = { connection: 'c1', exchange: 'bitmart', run, newGaps: [] }

describe('the report of a run', () => {
  it('counts its end, its requests, its rows, its hops and how long it took', () => {
    const { telemetry, figures, entries } = listen()
    reportEnd(telemetry, report)
    expect(figures).toEqual({
      RunsComplete: 1,
      Requests: 20,
      RowsServed: 18,
      RowsNew: 6,
      RowsChanged: 4,
      RunDuration: 4_000,
      Hops: 2,
    })
    expect(entries).toMatchObject([
      { level: 'info', event: 'ended', fields: { connection: 'c1', run: 'r1', state: 'complete', new: 6 } },
    ])
  })

  it('counts the gaps that were found, by their reason', () => {
    const { telemetry, figures } = listen()
    const gap = { from: 1, to: 2 }
    const newGaps = [
      { ...gap, reason: 'expired' as const },
      { ...gap, reason: 'saturated' as const },
      { ...gap, reason: 'saturated' as const },
      { ...gap, reason: 'failed' as const },
      { ...gap, reason: 'unreadable' as const },
    ]
    reportEnd(telemetry, { ...report, run: { ...run, state: 'incomplete' }, newGaps })
    expect(figures).toMatchObject({
      RunsIncomplete: 1,
      GapsExpired: 1,
      GapsSaturated: 2,
      GapsFailed: 1,
      GapsUnreadable: 1,
    })
  })

  it('tells runs apart that stalled, that need their user, and that met an answer nobody documents', () => {
    const stalled = listen()
    reportEnd(stalled.telemetry, { ...report, run: { ...run, state: 'failed', failure: 'stalled' } })
    expect(stalled.figures).toMatchObject({ RunsFailed: 1, Stalled: 1 })
    expect(stalled.figures).not.toHaveProperty('KeysRefused')

    const refused = listen()
    const streams = [progress('spot-trade', { state: 'failed', failure: 'expired' }), progress('deposit')]
    reportEnd(refused.telemetry, { ...report, run: { ...run, state: 'incomplete', streams } })
    expect(refused.figures).toMatchObject({ RunsIncomplete: 1, KeysRefused: 1 })
    expect(refused.entries[0]?.fields.failures).toBe('spot-trade:expired')

    const changed = listen()
    const odd = [progress('deposit', { state: 'failed', failure: 'bad-payload' })]
    reportEnd(changed.telemetry, { ...report, run: { ...run, state: 'failed', streams: odd } })
    expect(changed.figures).toMatchObject({ BadPayloads: 1 })
  })
})

describe('how far behind accounts are', () => {
  const connection: Connection = {
    id: 'c1',
    user: 'ada',
    exchange: 'bitmart',
    subaccount: '',
    keyHint: '',
    status: 'connected',
    createdAt: 0,
  }

  it('is measured in seconds, of connections that do not wait for their user', () => {
    const { telemetry, figures, entries } = listen()
    reportBegin(telemetry, connection, 90_000)
    reportBegin(telemetry, { ...connection, status: 'attention' }, 9_000_000)
    expect(figures).toEqual({ CoverageLag: 90 })
    expect(entries).toHaveLength(2)
  })
})

describe('a cool-down', () => {
  it('is counted, with its exchange and its end in the log', () => {
    const { telemetry, figures, entries } = listen()
    reportCoolDown(telemetry, 'bitmart', 7)
    expect(figures).toEqual({ CoolDowns: 1 })
    expect(entries).toEqual([
      { level: 'warn', event: 'cool-down', fields: { exchange: 'bitmart', until: 7 } },
    ])
  })
})
