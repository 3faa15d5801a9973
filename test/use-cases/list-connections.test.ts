import { describe, expect, it } from 'vitest'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import { knownOf, listConnections } from '../../lambdas/use-cases/list-connections.ts'
import { connection } from '../model/engine.ts'
import { exchange } from './home-in-memory.ts'

describe('the list of connections', () => {
  it('begins with the oldest, and has one order for those that were made at one moment', async () => {
    const stored = [
      { ...connection, id: 'b', createdAt: 2 },
      { ...connection, id: 'c', createdAt: 1 },
      { ...connection, id: 'a', createdAt: 2, status: 'disconnected' as const },
      { ...connection, id: 'd', createdAt: 2 },
    ]
    const listed = async (connections: typeof stored) =>
      (await listConnections({ connections: { list: async () => connections } }, 'ada')).map(({ id }) => id)
    expect(await listed(stored)).toEqual(['c', 'a', 'b', 'd'])
    expect(await listed([...stored].reverse())).toEqual(['c', 'a', 'b', 'd'])
  })
})

describe('what is known of a connection', () => {
  const at = Date.UTC(2026, 7, 20)
  const whole = exchange.streams.flatMap(({ stream, partitions, opened }) =>
    partitions.map((partition) => ({
      ...noCoverage(stream, partition),
      covered: [{ from: opened, to: at }],
      attempted: at,
    })),
  )
  const since = (accountSince: number | undefined, coverage: readonly Coverage[], name = 'bitmart') =>
    knownOf(
      {
        exchanges: new Map([['bitmart', exchange]]),
        coverage: { load: async () => coverage },
        fileHistory: { load: async () => undefined },
      },
      { ...connection, exchange: name, accountSince },
    ).then(({ known }) => known)

  it('is told as of its last sync, and not before every part of it was asked for once', async () => {
    expect(await since(undefined, whole)).toEqual({ completeness: 'complete', asOf: at })
    expect(await since(undefined, whole.slice(1))).toBeUndefined()
    expect(await since(undefined, [], 'an exchange that is gone')).toBeUndefined()
  })

  it('is complete from the day on that its owner names, where nobody can tell of the time before', async () => {
    const day = at - 1_000_000
    const young = whole.map((part) => ({
      ...part,
      covered: [{ from: day, to: at }],
      unverified: [{ from: 0, to: day, reason: 'beyond-depth' as const }],
    }))
    expect(await since(undefined, young)).toEqual({ completeness: 'unverified', asOf: at })
    expect(await since(day, young)).toEqual({ completeness: 'complete', asOf: at })
  })
})
