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
  /** Goes on from now at another speed. */
  run(speed: number): void
}

export function timeOf({ real, shown, speed }: ClockSettings, realNow: number): number {
  return Math.floor(shown + (realNow - real) * speed)
}

export function startClock(speed: number): FastClock {
  const started = Date.now()
  let settings: ClockSettings = { real: started, shown: started, speed }
  return {
    now: () => timeOf(settings, Date.now()),
    settings: () => settings,
    jump: (ms) => {
      settings = { ...settings, shown: settings.shown + ms }
    },
    run: (speed) => {
      const real = Date.now()
      settings = { real, shown: timeOf(settings, real), speed }
    },
  }
}
