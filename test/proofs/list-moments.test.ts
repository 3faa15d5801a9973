import fc from 'fast-check'
import { expect, it } from 'vitest'
import { allNames, type ListWorld, listWorld } from '../model/list-world.ts'
import { liveWithLists } from '../model/live-lists.ts'
import { setting } from '../model/replay.ts'
import { engine } from '../model/sync-engine.ts'

const worlds = fc.sample(listWorld, { numRuns: setting('MODEL_RUNS', 4), seed: 77 })

/** The world, killed in its first night or its second at every operation there is. */
async function everyMoment(world: ListWorld): Promise<number> {
  let kills = 0
  for (const night of [0, 1])
    for (let at = 1; ; at += 1) {
      const nights = [0, 30, 30].map((wait, index) => ({
        wait,
        listed: allNames,
        ...(index === night && { mishap: { kind: 'killed' as const, at } }),
      }))
      if ((await liveWithLists(engine, { ...world, nights, hiccups: [], unprocessed: [0] })) === 0) break
      kills += 1
    }
  return kills
}

it('killed at every operation while lists are read, no time is covered that is not stored, and all is had in the end', async () => {
  let kills = 0
  for (const world of worlds) kills += await everyMoment(world)
  expect(kills).toBeGreaterThan(30 * worlds.length)
}, 300_000)
