/** FUZZ_SEED=<seed> replays what a failure printed. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)
const times = process.env.SOAK === '1' ? 50 : 1

/** How hard a fuzz test tries: `runs` in an ordinary test run, fifty times as many with SOAK=1. */
export function effort(runs: number) {
  return { numRuns: runs * times, seed }
}

/** To be printed once for each file, so that a run that hangs can be replayed, too. */
export function announce(): void {
  process.stderr.write(`fuzzing with FUZZ_SEED=${seed}\n`)
}
