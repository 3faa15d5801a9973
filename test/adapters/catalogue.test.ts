import { describe, expect, it } from 'vitest'
import { catalogueStore } from '../../lambdas/adapters/catalogue.ts'
import { put } from '../../lambdas/adapters/table.ts'
import { marketsKey } from '../../lambdas/adapters/table-keys.ts'
import type { Market, Markets } from '../../lambdas/domain/stream.ts'
import { temporaryStore } from './temporary-store.ts'

function markets(spot: number, futures: number): Markets {
  const market = (symbol: string, more: Partial<Market> = {}): [string, Market] => [
    symbol,
    { symbol, base: 'B', quote: 'USDT', ...more },
  ]
  return {
    spot: new Map(Array.from({ length: spot }, (_, index) => market(`S${index}_USDT`))),
    futures: new Map(
      Array.from({ length: futures }, (_, index) =>
        market(`F${index}USDT`, { settle: 'USDT', contractSize: '0.001' }),
      ),
    ),
  }
}

describe('the catalogue of markets', () => {
  it('comes back whole, whatever its size', async () => {
    const { table } = await temporaryStore()
    const catalogue = catalogueStore(table)
    expect(await catalogue.load('bitmart')).toBeUndefined()
    for (const [index, all] of [
      markets(0, 0),
      markets(3, 2),
      markets(4_000, 1_200),
      markets(2, 0),
    ].entries()) {
      await catalogue.save('bitmart', all, index)
      expect(await catalogue.load('bitmart')).toEqual({ markets: all, fetchedAt: index })
    }
    expect(await catalogue.load('bingx')).toBeUndefined()
  })

  it('that was saved by half is as good as none', async () => {
    const { table } = await temporaryStore()
    const catalogue = catalogueStore(table)
    await catalogue.save('bitmart', markets(3_000, 0), 1)
    await put(table, { ...marketsKey('bitmart', 0), fetchedAt: 2, parts: 2, spot: [], futures: [] })
    expect(await catalogue.load('bitmart')).toBeUndefined()
    await put(table, { ...marketsKey('bitmart', 0), fetchedAt: 1, parts: 3, spot: [], futures: [] })
    expect(await catalogue.load('bitmart')).toBeUndefined()
  })
})
