import { describe, expect, it } from 'vitest'
import { play } from './play.ts'
import { eventful } from './small-worlds.ts'
import { engine } from './sync-engine.ts'
import { mishaps } from './world.ts'

/** Lets it befall the run at its first moment, its second, … until the run ends before its turn comes. */
async function everyMoment(kind: (typeof mishaps)[number], before: readonly { wait: number }[]) {
  for (let at = 1; ; at += 1) {
    const nights = [...before, { wait: 30, mishap: { kind, at } }, { wait: 10 }]
    if ((await play(engine, { ...eventful, nights })) === 0) return at - 1
  }
}

/** Saves of coverage are few: one at the end of each partition, and one a second. */
const fewest = { aborted: 30, killed: 100, overtaken: 30, joined: 30, removed: 30, held: 2 }

describe('nothing is lost and nothing is stored twice when a run', () => {
  for (const kind of mishaps) {
    it(`is ${kind} at any moment of the first import`, async () => {
      expect(await everyMoment(kind, [])).toBeGreaterThanOrEqual(fewest[kind])
    })
  }

  it('is killed at any moment of a later night', async () => {
    expect(await everyMoment('killed', [{ wait: 0 }, { wait: 260 }])).toBeGreaterThan(20)
  })
})
