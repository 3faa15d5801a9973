import { describe, expect, it } from 'vitest'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { hour } from '../../lambdas/domain/window.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { readCoverage } from '../../lambdas/use-cases/read-coverage.ts'
import { connecting, exchange, fill, homeInMemory, startOfTime } from './home-in-memory.ts'

const iso = (time: number) => new Date(time).toISOString()
const opened = exchange.streams[0]?.opened ?? 0

async function connected() {
  const home = homeInMemory()
  const { connection } = await connecting(home.ports)
  return { ...home, connection, owner: { user: 'ada', connection: connection.id } }
}

describe('reading what is covered', () => {
  it('tells every stream, the ones never asked included', async () => {
    const { ports, connection } = await connected()
    const { items: told } = await readCoverage(ports, 'ada', connection.id)
    expect(told.map(({ stream, partitions }) => [stream, partitions])).toEqual(
      exchange.streams.map(({ stream }) => [stream, []]),
    )
    expect(told[0]).toMatchObject({
      title: 'Spot fills',
      sentences: ['nothing is known to be complete'],
    })
  })

  it('says until when nobody can tell of all names, those included that are only counted, and which were not asked yet', async () => {
    const home = homeInMemory()
    const ports = { ...home.ports, exchanges: new Map([[exchange.id, { ...bitrue, id: exchange.id }]]) }
    const { connection } = await connecting(home.ports)
    const until = (index: number) => startOfTime - (500 - index) * hour
    home.cover(
      { user: 'ada', connection: connection.id },
      ...Array.from({ length: 150 }, (_, index) => ({
        ...noCoverage('withdrawal', `c${String(index).padStart(3, '0')}`),
        ...(index < 140 && {
          unverified: [{ from: 0, to: until(index), reason: 'beyond-depth' as const }],
          covered: [{ from: until(index), to: startOfTime }],
          attempted: startOfTime,
        }),
      })),
    )
    const { lacking, items } = await readCoverage(ports, 'ada', connection.id)
    const withdrawals = items.find(({ stream }) => stream === 'withdrawal')
    expect([withdrawals?.partitions.length, withdrawals?.morePartitions]).toEqual([100, 50])
    const last = iso(until(139)).slice(0, 16).replace('T', ' ')
    expect(lacking.find((line) => line.startsWith('Withdrawals'))).toBe(
      `Withdrawals: nothing is known yet (10 of 150 coins); of some time before ${last} nobody can tell (140 of 150 coins)`,
    )
  })

  it('tells the intervals of each part, with what is owed since the stream began and why', async () => {
    const { ports, connection, owner, cover } = await connected()
    const [edge, lost, end] = [startOfTime - 90 * hour, startOfTime - 50 * hour, startOfTime - 40 * hour]
    cover(owner, {
      ...noCoverage('spot-trade', 'spot'),
      covered: [{ from: edge, to: lost }],
      unverified: [{ from: opened + hour, to: edge, reason: 'beyond-depth' }],
      lost: [{ from: lost, to: end, reason: 'expired' }],
      attempted: end,
      unfinished: [
        { time: edge, identity: 'a' },
        { time: lost, identity: 'b' },
      ],
    })
    const { items } = await readCoverage(ports, 'ada', connection.id)
    const [spot] = items
    expect(spot?.partitions).toEqual([
      {
        partition: 'spot',
        coveredUntil: iso(lost),
        covered: [{ from: iso(edge), to: iso(lost) }],
        gaps: [
          { from: iso(opened), to: iso(opened + hour), reason: 'failed' },
          { from: iso(lost), to: iso(end), reason: 'expired' },
        ],
        unverified: [{ from: iso(opened + hour), to: iso(edge), reason: 'beyond-depth' }],
        unfinished: 2,
      },
    ])
  })

  it('says why a part is empty, and claims no end for what was never covered', async () => {
    const { ports, connection, owner, cover } = await connected()
    cover(owner, {
      ...noCoverage('futures-trade', 'copy_trading'),
      attempted: startOfTime,
      note: 'not-opened',
    })
    const { items: told } = await readCoverage(ports, 'ada', connection.id)
    expect(told.find(({ stream }) => stream === 'futures-trade')?.partitions).toEqual([
      { partition: 'copy_trading', note: 'not-opened', covered: [], gaps: [], unverified: [], unfinished: 0 },
    ])
  })

  it('is refused for a connection of an exchange that is not known any more, by its name', async () => {
    const { ports, connection, connections } = await connected()
    connections.set(`ada/${connection.id}`, { ...connection, exchange: 'mtgox' })
    await expect(readCoverage(ports, 'ada', connection.id)).rejects.toMatchObject({
      code: 'not-found',
      message: 'The exchange mtgox is not known here any more.',
    })
  })

  it('counts the rows that are shown no more and those that say something else, and says when all were compared', async () => {
    const { ports, connection, owner, cover, put } = await connected()
    put(owner, fill(startOfTime - hour, 'a'))
    cover(owner, {
      ...noCoverage('spot-trade', 'spot'),
      covered: [{ from: opened, to: startOfTime }],
      missing: [{ time: startOfTime - hour, identity: 'a', since: startOfTime }],
      revised: [{ time: startOfTime - hour, identity: 'a' }],
    })
    const sums = {
      load: async (of: typeof owner) =>
        (await ports.sums.load(of)).map((one) => ({
          ...one,
          verifiedAt: startOfTime,
          verified: one.version,
        })),
    }
    const { items, comparedAt } = await readCoverage({ ...ports, sums }, 'ada', connection.id)
    expect(items[0]?.partitions[0]).toMatchObject({ missing: 1, revised: 1 })
    expect(comparedAt).toBe(iso(startOfTime))
  })

  it('says by when to import what is lost soon', async () => {
    const { ports, connection } = await connected()
    const ofBingx = { ...ports, exchanges: new Map([[connection.exchange, bingx]]) }
    const { sentences } = await readCoverage(ofBingx, 'ada', connection.id)
    expect(sentences).toContainEqual(
      expect.stringMatching(/^Futures fills from .* are being lost: .* Import now\.$/),
    )
  })

  it('tells what only a reserve knows with its better: a gap ends where the reserve covers it', async () => {
    const { ports, connection, owner, cover } = await connected()
    const ofBingx = { ...ports, exchanges: new Map([[connection.exchange, bingx]]) }
    const [edge, gone, had, end] = [90, 60, 40, 10].map((hours) => startOfTime - hours * hour)
    if (edge === undefined || gone === undefined || had === undefined || end === undefined) throw new Error()
    const known = { ...noCoverage('futures-trade', 'usdt-m'), attempted: startOfTime }
    cover(
      owner,
      {
        ...known,
        covered: [
          { from: edge, to: gone },
          { from: end, to: startOfTime },
        ],
        lost: [{ from: gone, to: end, reason: 'expired' }],
      },
      { ...known, partition: 'usdt-m-orders', covered: [{ from: had, to: end }] },
    )
    const { items } = await readCoverage(ofBingx, 'ada', connection.id)
    const [part, ...others] = items.find(({ stream }) => stream === 'futures-trade')?.partitions ?? []
    expect(others).toEqual([])
    expect(part).toMatchObject({
      partition: 'usdt-m',
      covered: [
        { from: iso(edge), to: iso(gone) },
        { from: iso(had), to: iso(startOfTime) },
      ],
    })
    expect(part?.gaps).toContainEqual({ from: iso(gone), to: iso(had), reason: 'expired' })
  })

  it('knows no connection of another user', async () => {
    const { ports, connection } = await connected()
    await expect(readCoverage(ports, 'bob', connection.id)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('what an owner says of the beginning', () => {
  const day = 24 * hour
  const since = startOfTime - 30 * day
  const parts = (oldest: number | undefined) =>
    exchange.streams.flatMap(({ stream, partitions }) =>
      partitions.map((partition) => ({
        ...noCoverage(stream, partition),
        covered: [{ from: since, to: startOfTime }],
        unverified: [{ from: opened, to: since, reason: 'beyond-depth' as const }],
        attempted: startOfTime,
        ...(oldest !== undefined && { oldest }),
      })),
    )
  async function told(oldest?: number) {
    const { ports, connection, owner, cover } = await connected()
    cover(owner, ...parts(oldest))
    await ports.connections.change(connection, { accountSince: since })
    return readCoverage(ports, 'ada', connection.id)
  }

  it('takes the time before it out of what each part lacks', async () => {
    const { items } = await told()
    expect(items.flatMap(({ partitions }) => partitions.flatMap(({ unverified }) => unverified))).toEqual([])
  })

  it('completes a history of which nobody can tell before, and is told as his word', async () => {
    const { state, asOf, accountSince, sentences } = await told()
    expect({ state, asOf, at: accountSince?.at }).toEqual({
      state: 'complete',
      asOf: iso(startOfTime),
      at: iso(since),
    })
    expect(accountSince).not.toHaveProperty('refutedBy')
    expect(sentences).toEqual([])
  })

  it('counts no more once a row from before turned up, which is told', async () => {
    const { state, accountSince, sentences, items } = await told(since - day)
    expect(state).toBe('unverified')
    expect(sentences[0]).toBe(accountSince?.sentence)
    expect(sentences[0]).toMatch(/^Not used before .*, says its owner, but a row of .* is stored/)
    expect(items.flatMap((stream) => stream.sentences).join()).not.toContain('owner')
    expect(accountSince).toMatchObject({ at: iso(since), refutedBy: iso(since - day) })
  })
})

it('names the longest of very many times, and how many others there are', async () => {
  const { ports, connection, owner, cover } = await connected()
  const many = (offset: number) =>
    Array.from({ length: 3_000 }, (_, n) => ({
      from: opened + n * hour + offset,
      to: opened + n * hour + offset + 60_000,
    }))
  cover(owner, {
    ...noCoverage('spot-trade', 'spot'),
    covered: many(0),
    unverified: many(600_000).map((span) => ({ ...span, reason: 'refused' as const })),
    attempted: opened + 3_000 * hour,
  })
  const { items } = await readCoverage(ports, 'ada', connection.id)
  const part = items[0]?.partitions[0]
  for (const [named, more] of [
    [part?.covered, part?.moreCovered],
    [part?.gaps, part?.moreGaps],
    [part?.unverified, part?.moreUnverified],
  ] as const) {
    expect(more).toBeGreaterThan(0)
    expect((named?.length ?? 0) + (more ?? 0)).toBeGreaterThanOrEqual(3_000)
  }
})
