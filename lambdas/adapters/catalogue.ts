import { z } from 'zod'
import type { Market, Markets } from '../domain/stream.ts'
import { parseItem, queryAll, type Shape, type Table, writeAll } from './table.ts'
import { marketsKey, marketsKeys } from './table-keys.ts'

const marketSchema: z.ZodType<Market> = z.object({
  symbol: z.string(),
  base: z.string(),
  quote: z.string(),
  settle: z.string().optional(),
  contractSize: z.string().optional(),
} satisfies Shape<Market>)

const partSchema = z.object({
  fetchedAt: z.number(),
  parts: z.number(),
  spot: z.array(marketSchema),
  futures: z.array(marketSchema),
  coins: z.array(z.string()).optional(),
  gone: z.array(z.string()).optional(),
})

/** A market takes at most about 150 bytes: this many stay below the 400 KB of one item. */
const marketsInPart = 1_500

/** The markets of each exchange as last published, with when they were fetched (epoch milliseconds). */
export function catalogueStore(table: Table) {
  return {
    /** Undefined before the first save, and when a save was interrupted halfway: fetch them again. */
    async load(exchange: string): Promise<{ markets: Markets; fetchedAt: number } | undefined> {
      const items = await queryAll(table, marketsKeys(exchange))
      const parts = items.map((item) => parseItem(partSchema, item))
      const first = parts[0]
      if (first === undefined || parts.length < first.parts) return undefined
      const whole = parts.slice(0, first.parts)
      if (whole.some(({ fetchedAt }) => fetchedAt !== first.fetchedAt)) return undefined
      return {
        fetchedAt: first.fetchedAt,
        markets: {
          spot: bySymbol(whole.flatMap((part) => part.spot)),
          futures: bySymbol(whole.flatMap((part) => part.futures)),
          ...(first.coins !== undefined && { coins: first.coins }),
          ...(first.gone !== undefined && { gone: new Set(first.gone) }),
        },
      }
    },

    async save(exchange: string, { spot, futures, coins, gone }: Markets, fetchedAt: number): Promise<void> {
      const all = [
        ...[...spot.values()].map((market) => ({ market, product: 'spot' })),
        ...[...futures.values()].map((market) => ({ market, product: 'futures' })),
      ]
      const parts = Math.max(1, Math.ceil(all.length / marketsInPart))
      const of = (part: number, wanted: string) =>
        all
          .slice(part * marketsInPart, (part + 1) * marketsInPart)
          .filter(({ product }) => product === wanted)
          .map(({ market }) => market)
      await writeAll(
        table,
        Array.from({ length: parts }, (_, part) => ({
          put: {
            ...marketsKey(exchange, part),
            fetchedAt,
            parts,
            spot: of(part, 'spot'),
            futures: of(part, 'futures'),
            ...(part === 0 && coins !== undefined && { coins }),
            ...(part === 0 && gone !== undefined && { gone: [...gone] }),
          },
        })),
      )
    },
  }
}

function bySymbol(markets: readonly Market[]): ReadonlyMap<string, Market> {
  return new Map(markets.map((market) => [market.symbol, market]))
}
