import { styleText } from 'node:util'
import { MultiBar, type SingleBar } from 'cli-progress'
import { isEnded, type Run, type StreamProgress } from '../../lambdas/domain/run.ts'
import { count, counted, duration } from './wording.ts'

/** Shows how a run goes. */
export type ProgressView = { show(run: Run): void; stop(): void }

/** Bars, for a terminal, or plain lines. */
export function openProgress(
  screen: NodeJS.WriteStream,
  { bars, colours, clock }: { bars: boolean; colours: boolean; clock: () => number },
): ProgressView {
  return bars ? openBars(screen, colours, clock) : openLines(screen, clock)
}

const nameWidth = 15
const percentWidth = 6
const mostBarWidth = 30
const leastBarWidth = 8
const numbers = [
  { title: 'requests', width: 10 },
  { title: 'served', width: 11 },
  { title: 'new', width: 11 },
  { title: 'time left', width: 13 },
]

const numbersWidth = numbers.reduce((sum, { width }) => sum + width, 0)

type BarState = { readonly stream: StreamProgress; readonly timeLeft: string }

/** One bar for each stream, redrawn in place, under a line that names the numbers. */
function openBars(screen: NodeJS.WriteStream, colours: boolean, clock: () => number): ProgressView {
  const bars = new Map<string, SingleBar>()
  const timeLeft = paceOf(clock)
  const taken = 2 + nameWidth + percentWidth + numbersWidth
  const columns = screen.columns ?? 80
  const barWidth = Math.max(leastBarWidth, Math.min(mostBarWidth, columns - 1 - taken))
  const group = new MultiBar({
    stream: screen,
    hideCursor: true,
    // Ctrl-C is the importer's to handle: it saves first.
    gracefulExit: false,
    format: (_options, { value }, { stream, timeLeft }: BarState) =>
      [
        `  ${stream.stream.padEnd(nameWidth)}`,
        bar(stream, value),
        `${Math.floor(value)} %`.padStart(percentWidth),
        row([count(stream.requests), count(stream.served), count(stream.new), timeLeft]),
      ].join(''),
  })

  function bar(stream: StreamProgress, percent: number): string {
    const filled = Math.floor((barWidth * percent) / 100)
    const [full, empty] = ['█'.repeat(filled), '░'.repeat(barWidth - filled)]
    if (!colours) return full + empty
    return paint(colourOf(stream), full) + paint('gray', empty)
  }

  return {
    show(run) {
      if (bars.size === 0) {
        const names = row(numbers.map(({ title }) => title))
        const heading = `${' '.repeat(taken - names.length + barWidth)}${names}`
        // Cut as the terminal cuts the bars: wrapped it would name other columns.
        screen.write(`${heading.slice(0, columns)}\n`)
      }
      for (const stream of run.streams) {
        const state: BarState = { stream, timeLeft: timeLeft(stream, run) }
        const known = bars.get(stream.stream)
        if (known === undefined) bars.set(stream.stream, group.create(100, stream.percent, state))
        else known.update(stream.percent, state)
      }
    },
    stop: () => {
      // Drawn once more while lines are cut by the terminal: stop() would cut them itself and count colours as width.
      group.update()
      group.stop()
    },
  }
}

function colourOf({ state, failure }: StreamProgress): 'green' | 'red' | 'yellow' | 'cyan' {
  if (failure === 'aborted') return 'yellow'
  if (state === 'failed') return 'red'
  return state === 'complete' ? 'green' : isEnded(state) ? 'yellow' : 'cyan'
}

/** Whether colours are wanted is decided already, and not by what stdout is. */
function paint(colour: 'green' | 'red' | 'yellow' | 'cyan' | 'gray', text: string): string {
  return styleText(colour, text, { validateStream: false })
}

function row(texts: readonly string[]): string {
  return numbers.map(({ width }, index) => (texts[index] ?? '').padStart(width)).join('')
}

/** How often a stream that merely goes on is worth a line. Milliseconds. */
const lineEvery = 5_000

/** One line when a stream starts or ends, and now and then in between. */
function openLines(screen: NodeJS.WritableStream, clock: () => number): ProgressView {
  const timeLeft = paceOf(clock)
  const shown = new Map<string, { readonly state: StreamProgress['state']; readonly at: number }>()
  return {
    show(run) {
      for (const stream of run.streams) {
        const last = shown.get(stream.stream)
        const changed = stream.state !== (last?.state ?? 'waiting')
        const due = stream.state === 'running' && clock() - (last?.at ?? run.startedAt) >= lineEvery
        if (!changed && !due) continue
        shown.set(stream.stream, { state: stream.state, at: clock() })
        screen.write(`${line(stream, timeLeft(stream, run))}\n`)
      }
    },
    stop: () => undefined,
  }
}

function line(stream: StreamProgress, timeLeft: string): string {
  const counts = `${counted(stream.requests, 'request')}, ${count(stream.served)} served, ${count(stream.new)} new`
  switch (stream.state) {
    case 'waiting':
      return `${stream.stream}: waiting`
    case 'running':
      return stream.requests === 0
        ? `${stream.stream}: started`
        : `${stream.stream}: ${Math.floor(stream.percent)} %, ${counts}, time left ${timeLeft}`
    case 'complete':
    case 'unverified':
    case 'incomplete':
      return `${stream.stream}: done, ${counts}`
    case 'failed':
      return stream.failure === 'aborted'
        ? `${stream.stream}: stopped, ${counts}`
        : `${stream.stream}: failed (${stream.failure ?? 'unknown'}), ${counts}`
  }
}

/**
 * Guesses the time left from the pace so far. Where a stream is dense its percentage stands still: what is left then
 * takes at least as long as it has stood.
 */
function paceOf(clock: () => number): (stream: StreamProgress, run: Run) => string {
  const standing = new Map<string, { readonly percent: number; readonly since: number }>()
  return ({ stream, state, percent, failure }, { startedAt }) => {
    if (failure === 'aborted') return 'stopped'
    if (state === 'failed') return state
    if (isEnded(state)) return 'done'
    const now = clock()
    const known = standing.get(stream)
    const since = known?.percent === percent ? known.since : now
    standing.set(stream, { percent, since })
    if (percent < 1) return '…'
    return duration(Math.max(now - since, ((now - startedAt) * (100 - percent)) / percent))
  }
}
