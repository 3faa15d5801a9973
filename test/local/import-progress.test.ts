import { describe, expect, it } from 'vitest'
import type { Run, StreamProgress } from '../../lambdas/domain/run.ts'
import { openProgress } from '../../local/import/progress.ts'
import { capture } from './import-process.ts'

const fills: StreamProgress = {
  stream: 'spot-trade',
  state: 'waiting',
  requests: 0,
  served: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  percent: 0,
  gaps: [],
  unverified: [],
}

function run(...streams: readonly Partial<StreamProgress>[]): Run {
  return {
    id: '1',
    connection: 'c0ffee',
    state: 'running',
    startedAt: 1_000,
    requests: 0,
    streams: streams.map((stream) => ({ ...fills, ...stream })),
  }
}

function openPlain() {
  const screen = capture()
  let now = 1_000
  const view = openProgress(screen.stream, { bars: false, colours: false, clock: () => now })
  return {
    show: (at: number, ...streams: readonly Partial<StreamProgress>[]) => {
      now = 1_000 + at
      view.show(run(...streams))
    },
    say: view.say,
    lines: () => screen.text().trimEnd().split('\n'),
  }
}

describe('progress where there is no terminal', () => {
  it('is one line when a stream starts, ends or fails, and one every five seconds in between', () => {
    const { show, lines } = openPlain()
    show(0, { state: 'waiting' }, { stream: 'deposit' })
    show(10, { state: 'running' }, { stream: 'deposit' })
    show(4_000, { state: 'running', percent: 10, requests: 3 }, { stream: 'deposit' })
    show(
      6_000,
      { state: 'running', percent: 25, requests: 1, served: 1_200, new: 1_100 },
      { stream: 'deposit' },
    )
    show(7_000, { state: 'running', percent: 30, requests: 9 }, { stream: 'deposit', state: 'running' })
    show(
      8_000,
      { state: 'complete', percent: 100, requests: 9 },
      { stream: 'deposit', state: 'failed', failure: 'expired' },
    )
    show(
      9_000,
      { state: 'complete', percent: 100, requests: 9 },
      { stream: 'deposit', state: 'failed', failure: 'expired' },
    )
    expect(lines()).toEqual([
      'spot-trade: started',
      'spot-trade: 25 %, 1 request, 1,200 served, 1,100 new, time left 18 s',
      'deposit: started',
      'spot-trade: done, 9 requests, 0 served, 0 new',
      'deposit: failed (expired), 0 requests, 0 served, 0 new',
    ])
  })

  it('does not promise an end in a moment while a dense stream stands still', () => {
    const { show, lines } = openPlain()
    const dense = { state: 'running', percent: 96, requests: 50 } as const
    show(0, { state: 'running' })
    show(5_000, dense)
    show(30_000, { ...dense, requests: 90 })
    show(40_000, { ...dense, percent: 99.9 })
    show(70_000, { ...dense, percent: 100 })
    expect(lines().slice(1)).toEqual([
      'spot-trade: 96 %, 50 requests, 0 served, 0 new, time left < 1 s',
      'spot-trade: 96 %, 90 requests, 0 served, 0 new, time left 25 s',
      'spot-trade: 99 %, 50 requests, 0 served, 0 new, finishing',
      'spot-trade: 99 %, 50 requests, 0 served, 0 new, finishing',
    ])
  })

  it('counts what is asked for name by name, and says by what each is asked for', () => {
    const { show, lines } = openPlain()
    const coins = { each: 'coins', asked: 312, of: 700 }
    const apart = { filter: 'status', values: ['0', '5', '6'] }
    show(6_000, { state: 'running', percent: 44, requests: 900, names: [{ ...coins, apart }] })
    const contracts = [
      { each: 'usdt-m contracts', asked: 764, of: 764 },
      { each: 'coin-m contracts', asked: 0, of: 21 },
    ]
    show(20_000, { state: 'complete', percent: 100, requests: 3, names: contracts })
    expect(lines()).toEqual([
      'spot-trade: 44 %, 312 of 700 coins asked, each for status 0, 5 and 6, 900 requests, 0 served, 0 new, time left 8 s',
      'spot-trade: done, 764 of 764 usdt-m contracts asked, 0 of 21 coin-m contracts asked, 3 requests, 0 served, 0 new',
    ])
  })

  it('says that an interrupted stream was stopped', () => {
    const { show, lines } = openPlain()
    show(0, { state: 'failed', failure: 'aborted', requests: 4 })
    expect(lines()).toEqual(['spot-trade: stopped, 4 requests, 0 served, 0 new'])
  })
})

describe('progress in a terminal', () => {
  function drawn(columns: number, colours: boolean): string {
    const screen = capture({ isTTY: true, columns })
    const view = openProgress(screen.stream, { bars: true, colours, clock: () => 11_000 })
    view.show(
      run({ state: 'running', percent: 50, requests: 12, served: 3_456, new: 789 }, { stream: 'deposit' }),
    )
    view.stop()
    return screen.text()
  }

  it('is a bar for each stream with what was asked, served and stored, and the time left', () => {
    const text = drawn(100, false)
    expect(text).toContain('requests     served        new    time left\n')
    expect(text).toContain(
      '  spot-trade     ███████████████░░░░░░░░░░░░░░░  50 %        12      3,456        789         10 s',
    )
    expect(text).toContain('  deposit        ░░░░░░░░░░')
  })

  it('fits into eighty columns', () => {
    const bar = drawn(80, false)
      .split('\u001B')
      .find((line) => line.includes('spot-trade'))
    expect(bar).toMatch(/10 s$/)
    expect([...(bar ?? '').replace(/^\[\d*[A-Z]/, '')].length).toBeLessThan(80)
  })

  it('has a number for what is asked for name by name, where an exchange is asked so', () => {
    const screen = capture({ isTTY: true, columns: 80 })
    const view = openProgress(screen.stream, {
      bars: true,
      colours: false,
      byName: true,
      clock: () => 11_000,
    })
    const names = [
      { each: 'usdt-m contracts', asked: 312, of: 1_764 },
      { each: 'coin-m contracts', asked: 2, of: 21 },
    ]
    view.show(run({ state: 'running', percent: 50, new: 3, names }))
    view.stop()
    expect(screen.text()).toContain('        new     names asked    time left\n')
    expect(screen.text()).toMatch(/50 % +3 +314 of 1,785 +10 s/)
  })

  it('has room above the bars for a sentence, in whole words', () => {
    const screen = capture({ isTTY: true, columns: 40, cursorTo: () => undefined })
    const view = openProgress(screen.stream, { bars: true, colours: false, clock: () => 11_000 })
    view.say('Early: said before there is a bar.')
    view.show(run({ state: 'running', percent: 50 }))
    view.say('BingX asks to wait until 2026-11-27 10:24 UTC, since it was asked too often.')
    view.stop()
    expect(screen.text()).toContain('  Early: said before there is a bar.\n')
    expect(screen.text()).toContain(
      '  BingX asks to wait until 2026-11-27\n  10:24 UTC, since it was asked too\n  often.\n',
    )
  })

  it('leaves out numbers, and not the time left, where the terminal is narrow', () => {
    const [heading = '', ...rest] = drawn(60, false).split('\n')
    expect(heading).toMatch(/^ +new +time left$/)
    expect(heading.length).toBeLessThan(60)
    const bar = rest
      .join('')
      .split('\u001B')
      .find((line) => line.includes('spot-trade'))
    expect(bar).toMatch(/50 % +789 +10 s$/)
    expect([...(bar ?? '').replace(/^\[\d*[A-Z]/, '')].length).toBeLessThan(60)
  })

  it('is coloured only where colours are wanted', () => {
    expect(drawn(100, true)).toContain('\u001B[36m█')
    expect(drawn(100, false)).not.toContain('\u001B[36m')
  })

  it('shows the cursor again at the end', () => {
    expect(drawn(100, false).lastIndexOf('\u001B[?25h')).toBeGreaterThan(
      drawn(100, false).lastIndexOf('\u001B[?25l'),
    )
  })
})
