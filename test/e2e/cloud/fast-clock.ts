/**
 * Time that runs faster than the real one, and jumps: BitMart's limits, leases and nights then take a test seconds,
 * with the same code in the bundles. All processes of a test share the settings.
 */
export type ClockSettings = {
  /** At this real time, epoch milliseconds … */
  readonly real: number
  /** … the clock showed this. */
  readonly shown: number
  /** Milliseconds shown in one real one. */
  readonly speed: number
}

export type FastClock = {
  now(): number
  settings(): ClockSettings
  /** Milliseconds forward. */
  jump(ms: number): void
}

export function timeOf({ real, shown, speed }: ClockSettings, realNow: number): number {
  return Math.floor(shown + (realNow - real) * speed)
}

export function startClock(speed: number): FastClock {
  const real = Date.now()
  let settings: ClockSettings = { real, shown: real, speed }
  return {
    now: () => timeOf(settings, Date.now()),
    settings: () => settings,
    jump: (ms) => {
      settings = { ...settings, shown: settings.shown + ms }
    },
  }
}
