import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import type { Holdings } from '../../lambdas/domain/holdings.ts'
import { isListed, type ListStream, noMarkets } from '../../lambdas/domain/stream.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import type { FileHistory } from '../../lambdas/statements/file-history.ts'
import { findNames } from '../../lambdas/use-cases/find-names.ts'
import { exchange as bitmart } from './home-in-memory.ts'

const connection = { user: 'ada', id: 'c' }
const now = Date.UTC(2026, 10, 27)

const transfers = bitrue.streams.find(
  (stream): stream is ListStream => stream.stream === 'deposit' && isListed(stream.partitions),
)

/** A look at an account that holds these, or that fails; what was kept of it, and the names of deposits that it hints at. */
async function look(
  kept: Holdings | undefined,
  told: Readonly<Record<string, string>> | FailureKind | Error,
) {
  const saved: Holdings[] = []
  const client: Pick<ExchangeClient, 'ask'> = {
    ask: async <T>(_request: unknown, _schema: z.ZodType<T>) => {
      if (told instanceof Error) throw told
      if (typeof told === 'string') throw new FailureError({ kind: told })
      // As the exchange's own schema would have read them.
      return { data: told as T, askedAt: now, answeredAt: now }
    },
  }
  const holdings = {
    load: async () => kept,
    save: async (_owner: unknown, one: Holdings) => {
      saved.push(one)
    },
  }
  const names = await findNames(
    { client, clock: () => now, markets: noMarkets, holdings },
    bitrue,
    connection,
    1,
    () => [],
  )
  if (transfers === undefined) throw new Error('Bitrue has no list of deposits')
  return { saved, hinted: [...names(transfers).hinted.keys()] }
}

describe('a look at what the account holds', () => {
  it('makes likely what is held in another amount than before, and remembers no amount', async () => {
    const first = await look(undefined, { usdt: '12.345678', btc: '1' })
    expect(first.hinted.sort()).toEqual(['btc', 'usdt'])
    expect(JSON.stringify(first.saved)).not.toContain('12.345678')
    const again = await look(
      { coins: first.saved[0]?.coins ?? {}, changed: {} },
      { usdt: '12.345678', btc: '2' },
    )
    expect(again.hinted).toEqual(['btc'])
  })

  it('saves nothing where nothing changed', async () => {
    const [kept] = (await look(undefined, { usdt: '1' })).saved
    expect((await look(kept, { usdt: '1' })).saved).toEqual([])
  })

  it('that fails takes nothing from what was noticed before, and stops no sync', async () => {
    const kept: Holdings = { coins: {}, changed: { sol: now - 1 } }
    expect(await look(kept, 'exchange-down')).toEqual({ saved: [], hinted: ['sol'] })
  })

  it('stops where a newer run has taken over, and passes a bug on', async () => {
    await expect(look(undefined, 'lease-lost')).rejects.toMatchObject({ failure: { kind: 'lease-lost' } })
    await expect(look(undefined, new TypeError('a bug'))).rejects.toThrow('a bug')
  })
})

it('names in statement files make a symbol likely that no catalogue lists, and the markets of a coin', async () => {
  const client: Pick<ExchangeClient, 'ask'> = {
    ask: async () => {
      throw new FailureError({ kind: 'exchange-down' })
    },
  }
  const fills = bitrue.streams.find(({ stream }) => stream === 'spot-trade')
  if (fills?.reads !== 'list') throw new Error('Bitrue has no list of fills')
  const owners: unknown[] = []
  const history: FileHistory = {
    isOwed: false,
    readings: [],
    span: { from: 0, to: now },
    claims: [],
    ledger: [],
    months: [],
    seen: { months: [], proven: [] },
    hints: [
      { symbol: 'GONEUSDT', since: now - 5 },
      { coin: 'sol', since: now - 1 },
      { symbol: 'SOLUSDT', since: now - 9 },
    ],
  }
  const fileHistory = {
    load: async (owner: unknown) => {
      owners.push(owner)
      return history
    },
  }
  const market = { symbol: 'SOLUSDT', base: 'SOL', quote: 'USDT' }
  const markets = { ...noMarkets, spot: new Map([['SOLUSDT', market]]) }
  const ports = { client, clock: () => now, markets, fileHistory }
  const names = await findNames(ports, bitrue, { ...connection, files: true }, 1, () => [])
  // Asked at once where it was not asked since the later of what speaks for it.
  expect(Object.fromEntries(names(fills).hinted)).toEqual({ GONEUSDT: now - 5, SOLUSDT: now - 1 })
  expect(owners).toEqual([{ user: 'ada', connection: 'c' }])
  // Whose connection has no files pays nothing for them.
  expect([...(await findNames(ports, bitrue, connection, 1, () => []))(fills).hinted]).toEqual([])
  expect(owners).toHaveLength(1)
})

it('names are looked for nowhere where partitions are fixed', async () => {
  const client: Pick<ExchangeClient, 'ask'> = {
    ask: async () => {
      throw new Error('nobody is to be asked')
    },
  }
  const ports = { client, clock: () => now, markets: noMarkets }
  const names = await findNames(ports, bitmart, connection, 1, () => [])
  if (transfers === undefined) throw new Error('Bitrue has no list of deposits')
  expect([...names(transfers).hinted]).toEqual([])
})
