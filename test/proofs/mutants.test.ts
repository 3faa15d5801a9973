import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { life } from '../model/life.ts'
import type { live } from '../model/live.ts'
import { liveWithLists } from '../model/live-lists.ts'
import { mutantsOfCustody } from '../model/mutants/custody.ts'
import { mutantsOfFiles } from '../model/mutants/files.ts'
import { mutantsOfLists } from '../model/mutants/lists.ts'
import { mutantsOfMoney } from '../model/mutants/money.ts'
import { mutantsOfParts } from '../model/mutants/parts.ts'
import { mutantsOfRanks } from '../model/mutants/ranks.ts'
import { mutantsOfRows } from '../model/mutants/rows.ts'
import { mutantsOfStore } from '../model/mutants/store.ts'
import { mutantsOfTime } from '../model/mutants/time.ts'
import {
  bundledEngine,
  bundledFiles,
  bundledLife,
  bundledSums,
  type Mutant,
  mutated,
} from '../model/mutate.ts'
import { liveByParts, partsWorld } from '../model/parts.ts'
import { play } from '../model/play.ts'
import { liveWithReserve, rankWorld } from '../model/ranks.ts'
import { liveThrough } from '../model/replay.ts'
import { smallWorlds } from '../model/small-worlds.ts'
import type { Engine } from '../model/sync-engine.ts'
import { calmLives, calmly, everyMoment, turningPoints } from '../model/turning-points.ts'

/** The same worlds every day, so that a mutant is not caught by luck. */
const runs = { numRuns: 150, seed: 6, endOnFailure: true }

const anyInvariant =
  /^(completeness|custody|uniqueness|newest|missing|isolation|exactness|quiescence|progress|fence|claim|integrity|honesty|told): /

async function liveThroughAll(engine: Engine, { worlds = [], seenIn }: Partial<Mutant> = {}): Promise<void> {
  for (const world of worlds) await play(engine, world)
  if (seenIn !== undefined) await liveThrough(engine, { ...runs, numRuns: 1, path: String(seenIn) })
  for (const { world } of smallWorlds) await play(engine, world)
  await liveThrough(engine, runs)
}

describe('the lives of two users notice a bug', () => {
  it('and find none as it is, in the same lives', async () => {
    await liveInAll(await bundledLife())
  })

  for (const mutant of mutantsOfCustody) {
    it(`catches: ${mutant.name}`, async () => {
      await expect(liveInAll(await bundledLife(mutant))).rejects.toThrow(anyInvariant)
    })
  }
})

describe('the sums of futures in exports notice a bug', () => {
  const runs = { numRuns: 1_000, seed: 6, endOnFailure: true }

  it('and find none as it is, in the same accounts', async () => {
    const addUp = await bundledSums()
    addUp(runs)
  })

  for (const mutant of mutantsOfMoney) {
    it(`catches: ${mutant.name}`, async () => {
      const addUp = await bundledSums(mutant)
      expect(() => addUp(runs)).toThrow(/^Property failed/)
    })
  }
})

describe('files and syncs in any order notice a bug', () => {
  const runs = { numRuns: 40, seed: 6, endOnFailure: true }

  it('and find none as it is, in the same lives', async () => {
    const giveOneHistory = await bundledFiles()
    await giveOneHistory(runs)
  })

  for (const mutant of mutantsOfFiles)
    it(`catches: ${mutant.name}`, async () => {
      const giveOneHistory = await bundledFiles(mutant)
      await expect(giveOneHistory(runs)).rejects.toThrow(/^Property failed/)
    })
})

describe('two sources that tell the same notice a bug', () => {
  for (const mutant of mutantsOfRanks)
    it(`catches: ${mutant.name}`, () => expectCaught(mutant, rankWorld, liveWithReserve))
})

describe('fills that are found by their orders notice a bug', () => {
  for (const mutant of mutantsOfParts)
    it(`catches: ${mutant.name}`, () => expectCaught(mutant, partsWorld, liveByParts))
})

describe('lists notice a bug', () => {
  for (const mutant of mutantsOfLists)
    it(`catches: ${mutant.name}`, () => expectCaught(mutant, mutant.shows, liveWithLists))
})

async function expectCaught<W>(
  mutant: Mutant,
  worlds: fc.Arbitrary<W>,
  liveIn: (engine: Engine, world: W) => Promise<unknown>,
): Promise<void> {
  const engine = await bundledEngine(mutant)
  const property = fc.asyncProperty(worlds, async (one) => {
    await liveIn(engine, one)
  })
  const all = { numRuns: 1_000, seed: 6, endOnFailure: true }
  const { seenIn } = mutant
  const known = seenIn === undefined ? undefined : { ...all, numRuns: 1, path: String(seenIn) }
  const first = known && (await fc.check(property, known))
  const { failed, errorInstance } = first?.failed ? first : await fc.check(property, all)
  expect(failed).toBe(true)
  expect(() => {
    throw errorInstance
  }).toThrow(anyInvariant)
}

async function liveInAll(candidate: typeof live): Promise<void> {
  for (const deeds of calmLives) await calmly(deeds, candidate)
  // Most bugs show here, and in no more than a few hundred short lives.
  for (const { deeds, operations } of turningPoints)
    if (operations < 20) await everyMoment(deeds, { candidate, kinds: ['killed'] })
  const lives = { numRuns: 60, seed: 6, endOnFailure: true }
  const { failed, errorInstance } = await fc.check(
    fc.asyncProperty(life, async (one) => {
      await candidate(one)
    }),
    lives,
  )
  if (failed) throw errorInstance
}

describe('the invariants notice a bug', () => {
  it('and find none in the engine as it is, in the same worlds', async () => {
    const shown = [...mutantsOfTime, ...mutantsOfRows, ...mutantsOfStore].flatMap(({ worlds = [] }) => worlds)
    await liveThroughAll(await bundledEngine(), { worlds: [...new Set(shown)] })
  })

  for (const mutant of [...mutantsOfTime, ...mutantsOfRows, ...mutantsOfStore]) {
    it(`catches: ${mutant.name}`, async () => {
      const engine = await bundledEngine(mutant)
      await expect(liveThroughAll(engine, mutant)).rejects.toThrow(anyInvariant)
    })
  }

  it('and a mutant says when it no longer applies', async () => {
    const [mutant] = mutantsOfTime
    if (mutant === undefined) throw new Error('There are no mutants.')
    await expect(mutated({ ...mutant, find: 'nowhere to be found' })).rejects.toThrow('no longer applies')
  })
})
