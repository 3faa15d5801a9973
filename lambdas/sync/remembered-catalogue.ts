import { hour } from '../domain/window.ts'
import type { Catalogue, MarketPorts } from '../use-cases/fetch-markets.ts'

/** A catalogue changes once a day; reading it anew for every connection would be more than half of all that is read. */
const rememberedFor = hour

/** The same catalogue, kept in the memory of this worker for an hour after it was read. */
export function rememberedCatalogue(
  catalogue: MarketPorts['catalogue'],
  clock: () => number,
): MarketPorts['catalogue'] {
  const remembered = new Map<string, { readonly known: Catalogue; readonly readAt: number }>()
  return {
    async load(exchange) {
      const kept = remembered.get(exchange)
      if (kept !== undefined && clock() - kept.readAt < rememberedFor) return kept.known
      const known = await catalogue.load(exchange)
      if (known !== undefined) remembered.set(exchange, { known, readAt: clock() })
      return known
    },

    async save(exchange, markets, fetchedAt) {
      remembered.delete(exchange)
      await catalogue.save(exchange, markets, fetchedAt)
    },
  }
}
