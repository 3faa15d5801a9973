import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { situations } from '../model/list-situations.ts'
import { allNames, type ListWorld, wideListWorld } from '../model/list-world.ts'
import { liveWithLists } from '../model/live-lists.ts'
import { setting } from '../model/replay.ts'
import { engine } from '../model/sync-engine.ts'

const runs = { numRuns: setting('MODEL_RUNS', 1), seed: 77 }

/** The world, killed in its first night or its second at every operation there is. */
async function everyMoment(world: ListWorld): Promise<number> {
  let kills = 0
  for (const night of [0, 1])
    for (let at = 1; ; at += 1) {
      const nights = world.nights.map(({ wait, listed }, index) => ({
        wait,
        listed,
        ...(index === night && { mishap: { kind: 'killed' as const, at } }),
      }))
      if ((await liveWithLists(engine, { ...world, nights, hiccups: [], unprocessed: [0] })) === 0) break
      kills += 1
    }
  return kills
}

/**
 * Where a page ends that nobody names is known by whole readings alone, and that an exchange is silent by rows that are stored: whoever is
 * killed before leaves nothing to know either by.
 */
const { twoBursts: _byWholeReadingsAlone, silentNight: _byStoredRowsAlone, ...mortal } = situations

describe('killed at every operation while lists are read, no time is covered that is not stored, and all is had in the end', () => {
  it('of many partitions of any kind', async () => {
    const nights = [0, 30, 30].map((wait) => ({ wait, listed: allNames }))
    const worlds = fc.sample(wideListWorld, runs)
    let kills = 0
    for (const world of worlds) kills += await everyMoment({ ...world, nights })
    expect(kills).toBeGreaterThan(30 * worlds.length)
  }, 300_000)

  it.each(Object.entries(mortal))(
    'of one, in the situation %s',
    async (_name, situation) => {
      for (const world of fc.sample<ListWorld>(situation, runs))
        expect(await everyMoment(world)).toBeGreaterThan(16)
    },
    300_000,
  )
})
