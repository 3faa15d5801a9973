import type { Failure } from '../domain/failure.ts'
import { divide, minute, type Window, width } from '../domain/window.ts'

/** The edge of what an exchange refuses is found to this precision. */
const refusalGrain = minute

/** Young time that is refused is halved on until so many questions in a row were refused: more than any one end takes. */
const mostRefusals = 20

export type FindHorizonPorts = {
  readonly unit: number
  /** Whether the exchange told its time before anything was planned. */
  readonly isTimeTold: boolean
  /** Where the time begins that the exchange is documented to serve. */
  readonly documented: () => number
  readonly isStopped: () => boolean
  /** Asks for one window, and for all that has to be asked instead. */
  readonly ask: (window: Window) => Promise<void>
  /** The exchange refuses to serve this time; `said`, in so many words. */
  readonly refused: (window: Window, said: boolean) => void
  /** Something is left to the next run. */
  readonly mar: (failure: Failure) => void
}

/**
 * Finds out about windows that were refused. An exchange refuses one that begins before its horizon, that is too long for it, or
 * that ends in what is still its future.
 */
export function findHorizon({
  unit,
  isTimeTold,
  documented,
  isStopped,
  ask,
  refused: noteRefused,
  mar,
}: FindHorizonPorts) {
  const refused: Window[] = []
  /** Those of them that nobody asked for, since younger ones were refused. */
  const unasked = new Set<Window>()
  /** Old windows that met an error which nobody knows: a refusal, if the exchange answers anything at all. */
  let unsaid: Failure | undefined
  let answered = false
  let refusedInARow = 0
  const isSmallest = (window: Window) => width(window) <= Math.max(refusalGrain, unit)

  /** What was refused while the job was at work. */
  async function during(job: () => Promise<void>): Promise<readonly Window[]> {
    const before = refused.length
    await job()
    return youngestFirst(refused.splice(before))
  }

  /**
   * Of what the exchange is documented to serve, no refusal is a verdict: nor of any time where it did not say what time it is,
   * since all of it may be young to it, or still to come. An error that nobody knows is none that time is lost.
   */
  function refuse(window: Window): void {
    const young = isTimeTold ? documented() : 0
    if (window.to > young) mar({ kind: 'out-of-range' })
    const old = { ...window, to: Math.min(window.to, young) }
    if (width(old) > 0) noteRefused(old, unsaid === undefined)
  }

  /** True when the oldest part of a window, refused as a whole, is served after all. */
  async function servesOldestOf(window: Window): Promise<boolean> {
    if (isStopped()) return false
    if (unasked.delete(window)) return serves(window)
    if (isSmallest(window)) {
      refuse(window)
      return false
    }
    const [older, newer] = divide(window, 2, unit)
    if (older === undefined || newer === undefined) return false
    if (!(await serves(newer))) {
      // Cut off, we know nothing about the older half.
      if (!isStopped()) refuse(older)
      return false
    }
    return serves(older)
  }

  async function serves(window: Window): Promise<boolean> {
    const stillRefused = await during(() => ask(window))
    let oldestServed = true
    for (const part of stillRefused) oldestServed = await servesOldestOf(part)
    return oldestServed
  }

  /**
   * Young time is refused where a window is too long for the exchange, or ends in what is still its future: of its
   * halves, what is served is taken, and the rest is left to the next run.
   */
  async function askYoung(window: Window): Promise<void> {
    if (isSmallest(window)) return refuse(window)
    for (const half of [...divide(window, 2, unit)].reverse()) {
      if (isStopped() || refusedInARow >= mostRefusals) return refuse(half)
      const parts = await during(() => ask(half))
      refusedInARow = parts.length === 0 ? 0 : refusedInARow + 1
      for (const part of parts) await askYoung(part)
    }
  }

  /**
   * Halving from the young end tells which end was refused: the horizon is found once, and what is older than it is not
   * asked for again.
   */
  async function resolve(): Promise<void> {
    if (unsaid !== undefined && !answered) return mar(unsaid)
    let beyond = false
    for (const window of youngestFirst(refused.splice(0))) {
      if (isStopped()) return
      if (window.from >= documented() - unit) await askYoung(window)
      else if (beyond) refuse(window)
      else beyond = !(await servesOldestOf(window))
    }
  }

  return {
    /** A window was refused; `how`, by an error which nobody knows. */
    note: (window: Window, how?: Failure): void => {
      if (how !== undefined) unsaid = how
      refused.push(window)
    },
    /**
     * Whether a window need not be asked for now, since younger time that is not documented is not served: what that turns out to
     * be decides about it. Only for time that nobody says is served.
     */
    skips: (window: Window): boolean => {
      if (!refused.some(({ from, to }) => from >= window.to && to <= documented())) return false
      refused.push(window)
      unasked.add(window)
      return true
    },
    /** The exchange answered something. */
    answer: (): void => {
      answered = true
    },
    during,
    refuse,
    resolve,
    isResolved: () => refused.length === 0,
  }
}

function youngestFirst(windows: readonly Window[]): readonly Window[] {
  return [...windows].sort((a, b) => b.from - a.from)
}
