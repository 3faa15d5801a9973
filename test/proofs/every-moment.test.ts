import { describe, expect, it } from 'vitest'
import { play } from '../model/play.ts'
import { eventful } from '../model/small-worlds.ts'
import { engine } from '../model/sync-engine.ts'
import { type Damage, mishaps } from '../model/world.ts'

/** Lets it befall the run at its first moment, its second, … until the run ends before its turn comes. */
async function everyMoment(
  kind: (typeof mishaps)[number],
  before: readonly { wait: number }[],
  damage?: Damage,
  last = Number.POSITIVE_INFINITY,
) {
  for (let at = 1; ; at += 1) {
    if (at > last) return last
    const nights = [...before, { wait: 30, damage, mishap: { kind, at } }, { wait: 10 }]
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

  it.each([
    ['a row is gone', { at: 20, how: 'gone' }],
    ['a row says something else', { at: 20, how: 'altered' }],
    ['coverage says more than it did', { at: 0, how: 'altered' }],
    ['the sums are gone', { at: 2, how: 'gone' }],
  ] as const)('is killed at any of the first moments after a night in which %s', async (_what, damage) => {
    expect(await everyMoment('killed', [{ wait: 0 }], damage, 30)).toBeGreaterThan(20)
  })
})
