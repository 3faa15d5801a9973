import { describe, expect, it } from 'vitest'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import { hour } from '../../lambdas/domain/window.ts'
import { rememberedCatalogue } from '../../lambdas/sync/remembered-catalogue.ts'
import type { Catalogue } from '../../lambdas/use-cases/fetch-markets.ts'

function world() {
  const kept = new Map<string, Catalogue>()
  const state = { now: 0, reads: 0 }
  const store = {
    load: async (exchange: string) => {
      state.reads += 1
      return kept.get(exchange)
    },
    save: async (exchange: string, markets: Catalogue['markets'], fetchedAt: number) => {
      kept.set(exchange, { markets, fetchedAt })
    },
  }
  return { state, catalogue: rememberedCatalogue(store, () => state.now) }
}

describe('a catalogue that a worker remembers', () => {
  it('is read once an hour, and once more when it is saved anew', async () => {
    const { state, catalogue } = world()
    await catalogue.save('bitmart', noMarkets, 1)
    for (const now of [0, 1, hour - 1]) {
      state.now = now
      expect((await catalogue.load('bitmart'))?.fetchedAt).toBe(1)
    }
    expect(state.reads).toBe(1)
    state.now = hour
    await catalogue.load('bitmart')
    expect(state.reads).toBe(2)
    await catalogue.save('bitmart', noMarkets, 2)
    expect((await catalogue.load('bitmart'))?.fetchedAt).toBe(2)
  })

  it('is looked for again while there is none', async () => {
    const { state, catalogue } = world()
    expect(await catalogue.load('bitmart')).toBeUndefined()
    expect(await catalogue.load('bitmart')).toBeUndefined()
    expect(state.reads).toBe(2)
  })
})
