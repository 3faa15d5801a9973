import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { gaps } from '../../lambdas/domain/coverage.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import { isUnreadable } from '../../lambdas/domain/unreadable.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { publishedDeposit } from '../exchanges/samples/bitrue.ts'
import { connection, patiently } from '../model/engine.ts'
import { memoryStore } from '../model/memory-store.ts'
import { toldTime } from '../model/told-time.ts'

const begin = Date.UTC(2026, 10, 27, 1)
const opened = Date.UTC(2018, 0, 1)

/** A deposit of so many days before the first night. */
const deposit = (daysBefore: number) => ({
  ...publishedDeposit,
  createdAt: begin - daysBefore * day,
  txid: `t${daysBefore}`,
})

/** The deposits of one coin, night by night, as the exchange shows them. */
function account() {
  const store = memoryStore()
  async function night(at: number, shown: readonly object[]) {
    let asked = 0
    const now = () => at
    const client: ExchangeClient = {
      ...toldTime(now),
      ask: async <T>({ params }: { readonly params: object }, schema: z.ZodType<T>) => {
        asked += 1
        const page = 'offset' in params && params.offset === 0 ? shown : []
        return { data: schema.parse(page), askedAt: at, answeredAt: at }
      },
      requests: () => asked,
      close: async () => undefined,
    }
    const run = await syncConnection(
      {
        ...store,
        client,
        clock: now,
        sleep: patiently,
        markets: { ...noMarkets, coins: ['xrp'] },
      },
      { ...connection, exchange: 'bitrue' },
      {
        ...bitrue,
        holdings: undefined,
        streams: bitrue.streams.filter(({ stream }) => stream === 'deposit'),
      },
      { runId: String(at), holder: 'h' },
    )
    const [part] = store.coverages.values()
    if (part === undefined) throw new Error('nothing is known of any coin')
    const told = gaps(part, opened).map(({ reason, from, to }) => ({ reason, from, to }))
    return { stream: run.streams[0], asked, gaps: told, part }
  }
  return { night, rows: () => [...store.rows.values()] }
}

describe('a deposit that an exchange takes back from its list', () => {
  it('is kept, marked, and told, and costs nothing else: the list is believed without it', async () => {
    const { night, rows } = account()
    await night(begin, [3, 5, 7, 9].map(deposit))
    const second = await night(begin + day, [deposit(-0.5), ...[3, 7, 9].map(deposit)])
    expect(second.stream).toMatchObject({ new: 1, unchanged: 3 })
    expect(second.stream).not.toHaveProperty('failure')
    expect(second.gaps).toEqual([])
    expect(second.part.covered.at(-1)?.to).toBeGreaterThan(begin + day - hour)
    expect(second.part.missing).toMatchObject([{ time: begin - 5 * day }])
    expect(rows().filter(({ missingSince }) => missingSince !== undefined)).toHaveLength(1)
    const third = await night(begin + 2 * day, [deposit(-0.5), ...[3, 7, 9].map(deposit)])
    expect([third.gaps, third.stream?.changed]).toEqual([[], 0])
    expect(third.asked).toBeLessThan(second.asked)
  })

  it('is no longer marked when it is shown again', async () => {
    const { night, rows } = account()
    await night(begin, [3, 5, 7, 9].map(deposit))
    await night(begin + day, [3, 7, 9].map(deposit))
    const third = await night(begin + 2 * day, [3, 5, 7, 9].map(deposit))
    expect([third.gaps, third.part.missing]).toEqual([[], undefined])
    expect(rows().filter(({ missingSince }) => missingSince !== undefined)).toEqual([])
  })

  it.each([
    ['is the only one', [3], []],
    ['is the oldest: the list may have been cut there', [3, 5, 7], [3, 5]],
    ['is the youngest, of today: the exchange may be behind', [0.5, 5, 7, 9], [5, 7, 9]],
    ['is one of as many as are left', [3, 5, 7, 9], [3, 9]],
  ])('is doubted, and asked for again, where it %s', async (_where, before, after) => {
    const { night, rows } = account()
    await night(begin, before.map(deposit))
    const second = await night(begin + hour, after.map(deposit))
    expect(second.stream?.failure).toBe('bad-payload')
    expect(second.gaps).toMatchObject([{ reason: 'failed' }])
    expect(rows().filter(({ missingSince }) => missingSince !== undefined)).toEqual([])
  })
})

it('a list that shows none of the deposits that are known is not mixed with them: it may be of another account', async () => {
  const { night, rows } = account()
  await night(begin, [3, 5, 7, 9].map(deposit))
  const second = await night(begin + day, [4, 6, 8, 10].map(deposit))
  expect(second.stream?.failure).toBe('different-account')
  expect(rows()).toHaveLength(4)
})

describe('a deposit that does not say when', () => {
  const { createdAt: _when, ...timeless } = deposit(4)

  it('costs the time that its list would have shown for the first time, and no other row', async () => {
    const { night, rows } = account()
    await night(begin, [3, 5].map(deposit))
    const second = await night(begin + day, [deposit(-0.5), timeless, ...[3, 5].map(deposit)])
    expect(second.stream).not.toHaveProperty('failure')
    expect(second.stream).toMatchObject({ new: 2, unreadable: 1 })
    expect(second.gaps).toMatchObject([{ reason: 'unreadable', to: begin + day + 1 }])
    expect(rows().filter(isUnreadable)).toMatchObject([{ raw: JSON.stringify(timeless), stream: 'deposit' }])
    const known = second.part.covered
    const third = await night(begin + 2 * day, [
      deposit(-1.5),
      deposit(-0.5),
      timeless,
      ...[3, 5].map(deposit),
    ])
    expect(third.gaps).toEqual(second.gaps)
    expect(rows().filter(isUnreadable)).toHaveLength(1)
    expect(third.part.covered.length).toBe(known.length + 1)
  })

  it('lets the others be had in the first night', async () => {
    const { night, rows } = account()
    const { stream, gaps: told } = await night(begin, [deposit(3), timeless, deposit(5)])
    expect(stream).toMatchObject({ new: 3, unreadable: 1 })
    expect(told).toMatchObject([{ reason: 'unreadable' }])
    expect(rows().filter((row) => !isUnreadable(row))).toHaveLength(2)
  })

  it('is kept once, with a gap, where its list is doubted night after night', async () => {
    const { night, rows } = account()
    await night(begin, [3, 5, 7, 9].map(deposit))
    for (const nights of [1, 2, 3]) {
      const { stream, gaps: told } = await night(begin + nights * hour, [timeless, deposit(9)])
      expect(stream).toMatchObject({ failure: 'bad-payload', unreadable: 1 })
      expect(told.filter(({ reason }) => reason === 'unreadable')).toHaveLength(1)
      expect(rows().filter(isUnreadable)).toMatchObject([{ raw: JSON.stringify(timeless) }])
    }
  })

  it('is kept, and its gap, where another row appears late and it is not shown any more', async () => {
    const { night, rows } = account()
    const first = await night(begin, [deposit(3), timeless, deposit(5)])
    for (const nights of [1, 2]) {
      const { gaps: told } = await night(begin + nights * day, [3, 5, 6].map(deposit))
      expect(rows().filter(isUnreadable)).toMatchObject([{ raw: JSON.stringify(timeless) }])
      expect(told).toEqual(first.gaps)
    }
  })

  it('gives way to the row that it is, once that can be read, and what is promised of its time is had', async () => {
    const { night, rows } = account()
    await night(begin, [deposit(3), timeless, deposit(5)])
    const second = await night(begin + day, [3, 4, 5].map(deposit))
    expect(rows().filter(isUnreadable)).toEqual([])
    expect(rows()).toHaveLength(3)
    // What is older than thirty days nobody promises to show again.
    expect(second.gaps).toMatchObject([{ to: begin - 29 * day }])
  })
})

describe('a stored row of a list that is served anew and cannot be read', () => {
  it('is not missing in any night: what it said before counts, however often the same is served', async () => {
    const { night, rows } = account()
    await night(begin, [3, 4, 5].map(deposit))
    const shown = [deposit(3), { ...deposit(4), amount: '?' }, deposit(5)]
    for (const nights of [1, 2, 3]) {
      const { stream, gaps: told } = await night(begin + nights * day, shown)
      expect([told, stream]).toMatchObject([[], { new: 0, unreadable: 1 }])
      expect(stream).not.toHaveProperty('failure')
    }
    expect(rows().filter(isUnreadable)).toEqual([])
    expect(rows().map(({ unreadableSince }) => unreadableSince)).toContain(begin + day)
  })

  it.each([
    ['its amount', { amount: '?' }],
    ['when it was', { createdAt: null }],
  ])('is shown, and told as nothing else, where it does not tell %s', async (_what, change) => {
    const { night, rows } = account()
    await night(begin, [3, 4, 5].map(deposit))
    for (const nights of [1, 2, 3]) {
      const shown = [deposit(3), { ...deposit(4), ...change }, deposit(5)]
      const { stream, gaps: told, part } = await night(begin + nights * day, shown)
      expect([told, part.missing, stream?.unreadable, stream?.vanished]).toEqual([
        [],
        undefined,
        1,
        undefined,
      ])
      expect(stream).toMatchObject({ new: 0, changed: nights === 1 ? 1 : 0 })
    }
    const { gaps: told } = await night(begin + 4 * day, [3, 4, 5].map(deposit))
    expect([told, rows().length]).toEqual([[], 3])
    expect(rows().filter((row) => row.history ?? row.missingSince ?? row.unreadableSince)).toEqual([])
  })
})
