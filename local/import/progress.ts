import { styleText } from 'node:util'
import { MultiBar, type SingleBar } from 'cli-progress'
import { listed } from '../../lambdas/domain/coverage-words.ts'
import { isEnded, type Run, type StreamProgress } from '../../lambdas/domain/run.ts'
import { wrapped } from '../layout.ts'
import { count, counted, duration } from './wording.ts'

/** Shows how a run goes. */
export type ProgressView = {
  show(run: Run): void
  /** A sentence of what goes on, above the bars or among the lines. */
  say(sentence: string): void
  stop(): void
}

/** Bars, for a terminal, or plain lines. */
export function openProgress(
  screen: NodeJS.WriteStream,
  { bars, clock, ...look }: { bars: boolean; colours: boolean; byName?: boolean; clock: () => number },
): ProgressView {
  return bars ? openBars(screen, look, clock) : openLines(screen, clock)
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

/** Of what is asked for name by name: `312 of 1,700`. */
const names = { title: 'names asked', width: 16 }

/** What a narrow terminal has no room for, the least important first. */
const dispensable = ['requests', 'served']

type Numbers = readonly { readonly title: string; readonly width: number }[]

const textWidth = 2 + nameWidth + percentWidth

function widthOf(shown: Numbers): number {
  return shown.reduce((sum, { width }) => sum + width, textWidth)
}

/** As many numbers as there is room for beside the shortest bar. */
function numbersWithin(columns: number, byName: boolean): Numbers {
  let shown: Numbers = byName ? [...numbers.slice(0, -1), names, ...numbers.slice(-1)] : numbers
  for (const title of dispensable)
    if (widthOf(shown) + leastBarWidth >= columns) shown = shown.filter((one) => one.title !== title)
  return shown
}

type BarState = { readonly stream: StreamProgress; readonly timeLeft: string }

/** One bar for each stream, redrawn in place, under a line that names the numbers. `byName`: some are asked for name by name. */
function openBars(
  screen: NodeJS.WriteStream,
  { colours, byName = false }: { colours: boolean; byName?: boolean },
  clock: () => number,
): ProgressView {
  const bars = new Map<string, SingleBar>()
  const timeLeft = paceOf(clock)
  const columns = screen.columns || 80
  const shown = numbersWithin(columns, byName)
  const taken = widthOf(shown)
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
        `${percentOf(stream, value)} %`.padStart(percentWidth),
        row(shown, {
          requests: count(stream.requests),
          served: count(stream.served),
          new: count(stream.new),
          'names asked': namesAsked(stream),
          'time left': timeLeft,
        }),
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
        const names = row(shown, Object.fromEntries(shown.map(({ title }) => [title, title])))
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
    // Drawn anew below it; a line that is wider than the terminal would be cut.
    say: (sentence) => {
      const text = `${wrapped(sentence, columns - 1, '  ').join('\n')}\n`
      if (bars.size === 0) screen.write(text)
      else group.log(text)
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

function row(shown: Numbers, texts: Readonly<Record<string, string>>): string {
  return shown.map(({ title, width }) => (texts[title] ?? '').padStart(width)).join('')
}

/** What goes on is not done, although all of its time was asked for: crowded moments are asked again, part by part. */
function percentOf({ state }: StreamProgress, percent: number): number {
  return Math.min(Math.floor(percent), isEnded(state) ? 100 : 99)
}

/** Over all ways in which the stream is asked for by names. */
function namesAsked({ names = [] }: StreamProgress): string {
  const sum = (of: 'asked' | 'of') => count(names.reduce((total, one) => total + one[of], 0))
  return names.length === 0 ? '' : `${sum('asked')} of ${sum('of')}`
}

/** `312 of 700 coins asked, each for status 0 and 1` */
function namesWords({ names = [] }: StreamProgress): readonly string[] {
  return names.map(({ each, asked, of, apart }) => {
    const by = apart === undefined ? '' : `, each for ${apart.filter} ${listed(apart.values)}`
    return `${count(asked)} of ${count(of)} ${each} asked${by}`
  })
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
    say: (sentence) => screen.write(`${sentence}\n`),
    stop: () => undefined,
  }
}

function line(stream: StreamProgress, timeLeft: string): string {
  const counts = [
    ...namesWords(stream),
    `${counted(stream.requests, 'request')}, ${count(stream.served)} served, ${count(stream.new)} new`,
  ].join(', ')
  switch (stream.state) {
    case 'waiting':
      return `${stream.stream}: waiting`
    case 'running':
      return stream.requests === 0
        ? `${stream.stream}: started`
        : `${stream.stream}: ${percentOf(stream, stream.percent)} %, ${counts}, ${timeLeft === finishing ? '' : 'time left '}${timeLeft}`
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

/** Nobody can tell how long the last part takes: dense time comes last, and the pace so far says nothing of it. */
const finishing = 'finishing'

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
    if (percent >= 99) return finishing
    return duration(Math.max(now - since, ((now - startedAt) * (100 - percent)) / percent))
  }
}
