import { expect, it } from 'vitest'
import { underLoad } from '../bench/load.ts'

const sizes =
  process.env.SOAK === undefined
    ? { planned: 150, synced: 6, atOnce: 6 }
    : { planned: 10_000, synced: 500, atOnce: 50 }

it('Many connections are planned once each, and those that are synced at once are all complete', async () => {
  const figures = await underLoad(sizes)
  expect([figures.sent, figures.sentOnce]).toEqual([sizes.planned, sizes.planned])
  expect(figures.states).toEqual({ unverified: sizes.synced })
  expect(figures.whole).toBe(sizes.synced)
  // None, unless the machine is so busy that the exchange itself reads late what was sent in time.
  expect(figures.overTheLimit).toBeLessThan(figures.requests / 100)
  process.stderr.write(`under load: ${JSON.stringify({ ...sizes, ...figures })}\n`)
}, 1_200_000)
