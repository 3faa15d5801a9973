import fc from 'fast-check'
import { play } from './play.ts'
import type { Engine } from './sync-engine.ts'
import { world } from './world.ts'

/** Overridden for long runs (`npm run test:soak`) and to replay one. */
export function setting(name: 'MODEL_RUNS' | 'MODEL_SEED', otherwise: number): number {
  return Number(process.env[name] ?? otherwise)
}

/**
 * The tests that everybody runs live through the same worlds each time, so that none is red by chance; new ones are for
 * `npm run test:soak`, which prints what replays it.
 */
export const seed = setting('MODEL_SEED', process.env.SOAK === undefined ? 439177920 : Date.now() % 2 ** 31)

/** To be printed once for each file, so that a run that hangs can be replayed, too. */
export function announce(): void {
  process.stderr.write(`living through worlds of MODEL_SEED=${seed}\n`)
}

/** Checks an engine in many worlds; what fails says how to live through it again. */
export async function liveThrough(
  engine: Engine,
  options: {
    readonly numRuns: number
    readonly seed: number
    readonly endOnFailure?: boolean
    /** Begins with this world of the seed. */
    readonly path?: string
  },
): Promise<void> {
  const details = await fc.check(
    fc.asyncProperty(world, async (one) => {
      await play(engine, one)
    }),
    options,
  )
  if (!details.failed) return
  const what = details.errorInstance instanceof Error ? details.errorInstance.message : ''
  const replay = `Replay with MODEL_SEED=${details.seed} MODEL_RUNS=${options.numRuns}.`
  throw new Error(`${what}\n${replay}\n${fc.defaultReportMessage(details)}`, { cause: details.errorInstance })
}
