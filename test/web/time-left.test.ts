import { describe, expect, it } from 'vitest'
import { openProgress } from '../../local/import/progress.ts'
import type { Sync } from '../../web/answers.ts'
import { timeLeft } from '../../web/time-left.ts'
import { capture } from '../local/import-process.ts'

const start = Date.UTC(2026, 10, 27)
const minute = 60_000
const counts = { requests: 9, served: 0, new: 0, changed: 0, unchanged: 0, gaps: [], unverified: [] }
const fills = (percent: number) => ({ stream: 'spot-trade' as const, state: 'running' as const, percent })

function syncOf(...percents: readonly number[]): Sync {
  const streams = percents.map((percent, index) => ({ ...fills(percent), stream: `stream-${index}` }))
  return { startedAt: new Date(start).toISOString(), streams } as unknown as Sync
}

describe('the time that is left of a sync', () => {
  it('is what the terminal says of the same stream, also where it stands still', () => {
    const screen = capture()
    let now = start
    const view = openProgress(screen.stream, { bars: false, colours: false, clock: () => now })
    const standing = new Map()
    const told: number[] = []
    for (const [at, percent] of [
      [1, 10],
      [3, 20],
      [30, 96],
      [50, 96],
    ] as const) {
      now = start + at * minute
      const run = { id: '1', connection: 'c', startedAt: start, requests: 9 }
      view.show({ ...run, state: 'running', streams: [{ ...counts, ...fills(percent) }] })
      told.push(timeLeft(syncOf(percent), now, standing) ?? 0)
    }
    expect(told.map((left) => left / minute)).toEqual([9, 12, 1.25, 20])
    const lines = screen.text().trimEnd().split('\n')
    expect(lines.map((line) => line.replace(/^.*time left /, ''))).toEqual([
      '9 min 0 s',
      '12 min 0 s',
      '1 min 15 s',
      '20 min 0 s',
    ])
  })

  it('is that of the stream that takes longest, and nobody tells it while one has hardly begun', () => {
    const left = (...percents: readonly number[]) => timeLeft(syncOf(...percents), start + minute, new Map())
    expect(left(50, 10)).toBe(9 * minute)
    expect(left(50, 99)).toBe(minute)
    for (const percents of [[50, 0], [0, 50], [99], []]) expect(left(...percents)).toBeUndefined()
  })
})
