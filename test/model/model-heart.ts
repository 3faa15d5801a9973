/** Sleeping in the time of the model: who sleeps wakes when the clock was seen to have gone on for as long. */
export function modelHeart(clock: () => number) {
  const sleepers = new Map<() => void, number>()
  return {
    sleep: (ms: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const wake = () => {
          signal?.removeEventListener('abort', wake)
          sleepers.delete(wake)
          resolve()
        }
        sleepers.set(wake, clock() + ms)
        if (signal?.aborted) wake()
        signal?.addEventListener('abort', wake, { once: true })
      }),
    /** Wakes whoever slept long enough; whether there was anybody. */
    beat(): boolean {
      const due = [...sleepers].filter(([, until]) => until <= clock())
      for (const [wake] of due) wake()
      return due.length > 0
    },
  }
}
