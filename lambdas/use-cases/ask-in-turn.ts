import type { Window } from '../domain/window.ts'

/** Questions under way at once: enough that the exchange's limit, not its distance, sets the pace. */
const questionsAtOnce = 6

export type AskInTurnPorts = {
  readonly isStopped: () => boolean
  readonly stop: () => void
  /** Whether a window whose turn it is is left to the next run. */
  readonly skips: (window: Window) => boolean
  /** Takes note of why a window could not be had. Throws what nobody can go on after. */
  readonly absorb: (error: unknown, window: Window) => void
}

/** Works through windows in their order, several at once; the pieces of one come before those after it. */
export async function askInTurn(
  { isStopped, stop, skips, absorb }: AskInTurnPorts,
  windows: readonly Window[],
  ask: (window: Window) => Promise<readonly Window[]>,
): Promise<void> {
  const queue = [...windows]
  const running = new Set<Promise<void>>()
  // Collected rather than raced: of two jobs that end together, the race tells of the first alone.
  const fatal: unknown[] = []
  // The first question goes alone: it tells whether there is anything to ask.
  let atOnce = 1
  while (queue.length > 0 || running.size > 0) {
    while (!isStopped() && running.size < atOnce) {
      const window = queue.shift()
      if (window === undefined) break
      if (skips(window)) continue
      const job = ask(window)
        .then((pieces) => {
          queue.unshift(...pieces)
        })
        .catch((error: unknown) => absorb(error, window))
        .catch((error: unknown) => {
          stop()
          fatal.push(error)
        })
        .finally(() => running.delete(job))
      running.add(job)
    }
    if (running.size === 0) break
    await Promise.race(running)
    atOnce = questionsAtOnce
  }
  if (fatal.length > 0) throw fatal[0]
}
