import { setImmediate } from 'node:timers/promises'

/** A clock of our own: it stands still while anything is under way, and jumps to whoever waits for the earliest moment. */
export function virtualTime(start: number) {
  let now = start
  let underWay = 0
  let isRunning = false
  const waiting: { readonly until: number; readonly wake: () => void }[] = []

  async function run(): Promise<void> {
    isRunning = true
    while (waiting.length > 0) {
      // What was woken last comes to its next wait, or its next call, first.
      for (let turn = 0; turn < 3 || underWay > 0; turn += 1) await setImmediate()
      waiting.sort((a, b) => a.until - b.until)
      const next = waiting.shift()
      now = Math.max(now, next?.until ?? now)
      next?.wake()
    }
    isRunning = false
  }

  return {
    clock: () => now,
    sleep: (ms: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const one = { until: now + Math.max(0, ms), wake: resolve }
        waiting.push(one)
        signal?.addEventListener(
          'abort',
          () => {
            const index = waiting.indexOf(one)
            if (index >= 0) waiting.splice(index, 1)
            resolve()
          },
          { once: true },
        )
        if (!isRunning) void run()
      }),
    /** Work during which the clock stands still. */
    during: async <T>(work: () => Promise<T>): Promise<T> => {
      underWay += 1
      try {
        return await work()
      } finally {
        underWay -= 1
      }
    },
  }
}
