import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hash, openDigest } from '../../lambdas/adapters/identity.ts'
import { keptExports } from '../../lambdas/adapters/kept-exports.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Export } from '../../lambdas/domain/export.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { defaultAccounts } from '../../lambdas/formats/journal-accounts.ts'
import { exportHistory, failExport } from '../../lambdas/use-cases/export-history.ts'
import {
  lifeOf,
  readExport,
  readExportRequest,
  requestExport,
} from '../../lambdas/use-cases/request-export.ts'
import { writeExport } from '../../lambdas/use-cases/write-export.ts'
import { temporaryStore } from '../adapters/temporary-store.ts'
import { fill, startOfTime } from './home-in-memory.ts'
import { objectsInMemory } from './objects-in-memory.ts'

/** Whenever. */
const life = { begin: 0, now: Number.POSITIVE_INFINITY }

async function world() {
  const stores = openStores((await temporaryStore()).table)
  const { files, objects } = objectsInMemory()
  const queued: Pick<Export, 'user' | 'id'>[] = []
  const state = { failWrites: 0 }
  const ports = {
    ...stores,
    clock: () => startOfTime,
    openDigest,
    hash,
    newId: randomUUID,
    exchanges,
    formats,
    accountNames: defaultAccounts,
    enqueueExport: async (started: Pick<Export, 'user' | 'id'>) => {
      queued.push(started)
    },
    objects: {
      ...objects,
      write: async (...asked: Parameters<typeof objects.write>) => {
        if (state.failWrites-- > 0) throw new Error('the bucket is broken')
        await objects.write(...asked)
      },
    },
    kept: keptExports(objects),
    code: 'this',
  }

  async function connect(id: string, user = 'ada', ...rows: readonly Transaction[]): Promise<void> {
    const common = { exchange: 'bitmart', subaccount: '', keyHint: 'x7Qa', createdAt: 0 } as const
    await stores.connections.swap(undefined, { id, user, status: 'connected', label: id, ...common })
    await stores.transactions.write({ user, connection: id }, rows)
  }

  const ask = (user: string, asked: object, key?: string) => {
    const request = readExportRequest(formats, { format: 'canonical-csv', ...asked }, life)
    if ('problems' in request) throw new Error(JSON.stringify(request.problems))
    return requestExport(ports, user, request, key)
  }
  return { ports, files, queued, state, connect, ask }
}

const coins = { base: 'ADA', quote: 'USDT', side: 'buy', price: '2', quoteAmount: '0.2' } as const

describe('an export', () => {
  it('holds the rows of all connections in the order of time, within its period, with its statement', async () => {
    const { ports, files, queued, connect, ask } = await world()
    await connect('c2', 'ada', fill(startOfTime + 1, 'x'), fill(startOfTime + 5, 'late'))
    await connect(
      'c1',
      'ada',
      fill(startOfTime, 'early'),
      fill(startOfTime + 1, 'y'),
      fill(startOfTime + 3, 'z'),
    )
    await connect('c3', 'bob', fill(startOfTime + 2, 'his'))
    const from = new Date(startOfTime + 1).toISOString()
    const to = new Date(startOfTime + 5).toISOString()
    const { id } = await ask('ada', { from, to })
    expect(queued.map((one) => one.id)).toEqual([id])
    const done = await exportHistory(ports, 'ada', id)
    expect(done).toMatchObject({
      state: 'done',
      rows: { lookedAt: 3, written: 3, entries: 3, leftOut: [] },
      statement: { state: 'incomplete' },
    })
    const file = files.get(`ada/${id}/history`)
    expect(file?.text.split('\n').map((line) => line.split(',')[0])).toEqual([
      'id',
      `c1:spot-trade:${startOfTime + 1}:y`,
      `c2:spot-trade:${startOfTime + 1}:x`,
      `c1:spot-trade:${startOfTime + 3}:z`,
      '',
    ])
    expect(done?.bytes).toBe(Buffer.byteLength(file?.text ?? ''))
    expect(file?.name).toBe(
      'exchange-history-canonical-csv-2026-08-20T120000001-to-2026-08-20T120000005-UTC.csv',
    )
    const statement = files.get(`ada/${id}/statement`)
    expect(statement?.name).toBe(
      'exchange-history-canonical-csv-2026-08-20T120000001-to-2026-08-20T120000005-UTC.coverage.txt',
    )
    expect(statement?.text).toContain('not complete')
    expect(statement?.text).toContain('Rows looked at: 3. In the file: 3. Not in the file: 0.')
  })

  it('begins a journal with what the account held before, which is that of one account', async () => {
    const { ports, connect } = await world()
    await connect('c1', 'ada', fill(startOfTime, 'a', coins))
    await connect('c2', 'ada')
    const opening = [{ wallet: 'spot', coin: 'BTC', amount: '0.75' }]
    const request = readExportRequest(formats, { format: 'hledger', connections: ['c1'] }, life)
    if ('problems' in request) throw new Error(JSON.stringify(request.problems))
    const written = async (connections: readonly string[]) => {
      let text = ''
      await writeExport(
        ports,
        'ada',
        { ...request, connections, opening },
        {
          history: async ({ content }) => {
            for await (const chunk of content) text += new TextDecoder().decode(chunk)
            return 'whole'
          },
          beside: async () => undefined,
        },
      )
      return text
    }
    expect(await written(['c1'])).toMatch(/BTC 0\.75|0\.75 BTC/)
    for (const others of [[], ['c1', 'c2']])
      await expect(written(others)).rejects.toThrow(/another number of them/)
  })

  it('of so many accounts that its statement is too long for the store has all of it in the file beside', async () => {
    const { ports, files, connect, ask } = await world()
    for (let n = 0; n < 80; n += 1) await connect(`connection-${n}-${'x'.repeat(900)}`, 'ada')
    const { id } = await ask('ada', {})
    const remembered = (await exportHistory(ports, 'ada', id))?.statement?.sentences ?? []
    const more = Number(/^And (\d+) more sentences: /.exec(remembered.at(-1) ?? '')?.[1])
    const whole = files.get(`ada/${id}/statement`)?.text.trimEnd().split('\n') ?? []
    expect(more).toBeGreaterThan(0)
    expect(whole.join('\n')).toContain(remembered.slice(0, -1).join('\n'))
    expect(remembered.join('').length).toBeLessThan(101_000)
  })

  it('has the same bytes for the same data', async () => {
    const { ports, files, connect, ask } = await world()
    await connect('c1', 'ada', fill(1, 'b'), fill(1, 'a'), fill(2, 'c'))
    const [first, second] = [await ask('ada', {}), await ask('ada', {})]
    await exportHistory(ports, 'ada', first.id)
    await exportHistory(ports, 'ada', second.id)
    expect(files.get(`ada/${first.id}/history`)).toEqual(files.get(`ada/${second.id}/history`))
  })

  it('of accounts that are gone meanwhile is an empty file with its heading, and a statement that says so', async () => {
    const { ports, files, connect, ask } = await world()
    await connect('c1')
    const { id } = await ask('ada', {})
    await ports.connections.remove('ada', 'c1')
    expect(await exportHistory(ports, 'ada', id)).toMatchObject({ state: 'done', rows: { lookedAt: 0 } })
    expect(files.get(`ada/${id}/history`)?.text).toMatch(/^id,connection,.*\n$/)
    expect(files.get(`ada/${id}/statement`)?.text).toContain('There are no connections.')
  })

  it('says what a format of money leaves out, and why', async () => {
    const { ports, connect, ask } = await world()
    await connect(
      'c1',
      'ada',
      fill(1, 'a', coins),
      { ...fill(2, 'w', { currency: 'USDT', status: 'cancelled' }), stream: 'withdrawal' },
      { ...fill(3, 'p', { currency: 'USDT', status: 'pending' }), stream: 'deposit' },
      { ...fill(4, 'f'), stream: 'futures-trade' },
    )
    const { id } = await ask('ada', { format: 'hledger' })
    const done = await exportHistory(ports, 'ada', id)
    expect(done?.rows).toMatchObject({ lookedAt: 4, written: 1 })
    expect(done?.rows?.leftOut.map(({ count }) => count)).toEqual([1, 1, 1])
    const told = done?.statement?.sentences.join('\n')
    expect(told).toContain('Not in the file, 1 row: transfers that were cancelled or failed.')
  })

  it('tells profit and fees of futures by their fills until the ledger is known, and then by the ledger', async () => {
    const { ports, files, connect, ask } = await world()
    const money = {
      symbol: 'BTCUSDT',
      realizedPnl: '2.50',
      fee: '0.1',
      feeCurrency: 'USDT',
      account: 'futures',
    }
    const ledger = { symbol: 'BTCUSDT', currency: 'USDT', account: 'futures' }
    const rows = (time: number): Transaction[] => [
      {
        ...fill(time, `p${time}`, { ...ledger, type: 'realized-pnl', amount: '2.5' }),
        stream: 'futures-ledger',
      },
      {
        ...fill(time, `c${time}`, { ...ledger, type: 'commission', amount: '-0.1' }),
        stream: 'futures-ledger',
      },
    ]
    const fills = Array.from({ length: 200 }, (_, n): Transaction => {
      const time = startOfTime + n * 60_000
      return { ...fill(time, `f${n}`, money), stream: 'futures-trade' }
    })
    await connect('c1', 'ada', ...fills)
    const owner = { user: 'ada', connection: 'c1' }
    const exported = async () => {
      const { id } = await ask('ada', { format: 'koinly' })
      const done = await exportHistory(ports, 'ada', id)
      const lines = files.get(`ada/${id}/history`)?.text.trimEnd().split('\n').slice(1) ?? []
      return { done, lines, told: done?.statement?.sentences.join('\n') ?? '' }
    }
    const sum = 'The file adds up to, coin by coin what came less what went: 480 USDT.'

    const before = await exported()
    expect(before.lines).toHaveLength(400)
    expect(before.done?.rows).toMatchObject({ lookedAt: 200, written: 200, entries: 400, leftOut: [] })
    expect(before.told).toContain('Entries of the file: 400, since 200 rows became 2 entries each.')
    expect(before.told).toContain('200 futures fills tell their own profit and fees')
    expect(before.told).toContain(sum)

    // The ledger of the last hundred comes, each row some milliseconds after its fill.
    const border = startOfTime + 100 * 60_000
    await ports.transactions.write(
      owner,
      fills.slice(100).flatMap(({ time }) => rows(time + 7)),
    )
    const epoch = await ports.lease.acquire(owner, 'w', startOfTime, 60_000)
    const covered = [{ from: border + 7, to: startOfTime + 300 * 60_000 }]
    await ports.coverage.save(owner, { ...noCoverage('futures-ledger', 'futures'), covered }, epoch ?? 0)
    const after = await exported()
    expect(after.lines).toHaveLength(400)
    const reason = 'futures fills, whose profit and fees are in the futures ledger'
    expect(after.done?.rows).toMatchObject({
      lookedAt: 400,
      written: 300,
      entries: 400,
      divided: { rows: 100, entries: 200 },
      leftOut: [{ count: 100, reason }],
    })
    expect(after.told).toContain(
      '100 futures fills tell their own profit and fees, because no futures ledger of their time',
    )
    expect(after.told).toContain(sum)
  })

  it('is done once although its message comes twice, and can be tried again when it failed half way', async () => {
    const { ports, files, state, connect, ask } = await world()
    await connect('c1', 'ada', fill(1, 'a'))
    const { id } = await ask('ada', {})
    state.failWrites = 1
    await expect(exportHistory(ports, 'ada', id)).rejects.toThrow('broken')
    expect(await readExport(ports, 'ada', id)).toMatchObject({ state: 'waiting' })
    await exportHistory(ports, 'ada', id)
    files.clear()
    await exportHistory(ports, 'ada', id)
    expect(files.size).toBe(0)
    await failExport(ports, 'ada', id)
    expect(await readExport(ports, 'ada', id)).toMatchObject({ state: 'done' })
    expect(await exportHistory(ports, 'ada', 'unknown')).toBeUndefined()
  })

  it('says that it failed when it will not come', async () => {
    const { ports, connect, ask } = await world()
    await connect('c1')
    const { id } = await ask('ada', {})
    await failExport(ports, 'ada', id)
    expect(await readExport(ports, 'ada', id)).toMatchObject({ state: 'failed', finishedAt: startOfTime })
  })

  it('holds the connections that were asked for, and no others', async () => {
    const { ports, files, connect, ask } = await world()
    for (const id of ['c1', 'c2', 'c3']) await connect(id, 'ada', fill(startOfTime, `of-${id}`))
    const { id } = await ask('ada', { connections: ['c3', 'c1'] })
    expect(await exportHistory(ports, 'ada', id)).toMatchObject({ state: 'done', rows: { lookedAt: 2 } })
    const { text = '' } = files.get(`ada/${id}/history`) ?? {}
    expect(text.split('\n').map((line) => line.split(',')[0])).toEqual([
      'id',
      `c1:spot-trade:${startOfTime}:of-c1`,
      `c3:spot-trade:${startOfTime}:of-c3`,
      '',
    ])
    const statement = files.get(`ada/${id}/statement`)?.text ?? ''
    expect(['“c1”', '“c2”', '“c3”'].map((name) => statement.includes(name))).toEqual([true, false, true])
  })

  it('tells of the connections in one order, however the store lists them', async () => {
    const { ports, files, connect, ask } = await world()
    for (const id of ['c1', 'c2', 'c3']) await connect(id)
    const { list } = ports.connections
    const [first, second] = [await ask('ada', {}), await ask('ada', {})]
    await exportHistory(ports, 'ada', first.id)
    const reversed = { ...ports.connections, list: async (user: string) => [...(await list(user))].reverse() }
    await exportHistory({ ...ports, connections: reversed }, 'ada', second.id)
    const told = files.get(`ada/${second.id}/statement`)?.text ?? ''
    expect(told).toBe(files.get(`ada/${first.id}/statement`)?.text)
    expect(['“c1”', '“c2”', '“c3”'].map((name) => told.indexOf(name))).toEqual(
      ['“c1”', '“c2”', '“c3”'].map((name) => told.indexOf(name)).sort((a, b) => a - b),
    )
  })

  it('counts the bytes of a format that is no text', async () => {
    const { ports, files, connect, ask } = await world()
    await connect('c1', 'ada', fill(startOfTime, 'a'))
    const { id } = await ask('ada', { format: 'parquet' })
    const done = await exportHistory(ports, 'ada', id)
    const written = files.get(`ada/${id}/history`)?.bytes.length
    expect(done?.bytes).toBe(written)
    expect(written).toBeGreaterThan(500)
  })

  it('is not made of what is not there any more: its format, its connection, its exchange', async () => {
    const { ports, files, connect, ask } = await world()
    await connect('c1', 'ada', fill(startOfTime, 'a'))
    const { id } = await ask('ada', { connections: ['c1'] })
    await expect(exportHistory({ ...ports, formats: new Map() }, 'ada', id)).rejects.toThrow(
      'The format canonical-csv is not offered any more.',
    )
    await expect(exportHistory({ ...ports, exchanges: new Map() }, 'ada', id)).rejects.toThrow(
      'of an exchange “bitmart”, which this version does not know',
    )
    await ports.connections.remove('ada', 'c1')
    await expect(exportHistory(ports, 'ada', id)).rejects.toMatchObject({ code: 'not-found' })
    expect(files.size).toBe(0)
    expect(await readExport(ports, 'ada', id)).toMatchObject({ state: 'waiting' })
  })
})

describe('asking for an export', () => {
  it('twice with the same Idempotency-Key is asking once, and another request under it is refused', async () => {
    const { queued, connect, ask } = await world()
    await connect('c1')
    await connect('c2', 'bob')
    const first = await ask('ada', { period: '2026' }, 'key-1')
    expect((await ask('ada', { period: '2026' }, 'key-1')).id).toBe(first.id)
    await expect(ask('ada', { period: '2025' }, 'key-1')).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    })
    expect((await ask('bob', { period: '2026' }, 'key-1')).id).not.toBe(first.id)
    expect((await ask('ada', { period: '2026' }, 'key-2')).id).not.toBe(first.id)
    expect(new Set(queued.map(({ id }) => id)).size).toBe(3)
  })

  it('is refused while there is no account at all, and nothing is remembered of it', async () => {
    const { ports, queued, ask } = await world()
    await expect(ask('ada', {})).rejects.toMatchObject({ code: 'nothing-connected' })
    expect(queued).toEqual([])
    expect(await ports.exports.list('ada')).toEqual([])
  })

  it('knows no connection and no export of another user', async () => {
    const { ports, connect, ask } = await world()
    await connect('c1', 'bob')
    await expect(ask('ada', { connections: ['c1'] })).rejects.toMatchObject({ code: 'not-found' })
    const { id } = await ask('bob', { connections: ['c1'] })
    for (const unknown of [id, '', '../x', 'x'.repeat(2_000)])
      await expect(readExport(ports, 'ada', unknown)).rejects.toMatchObject({ code: 'not-found' })
  })

  it.each([
    [{ format: 'excel' }, 'format', /must be one of canonical-csv, /],
    [{ timezone: 'Mars/Olympus' }, 'timezone', /such as Europe\/Berlin/],
    [{ timezone: 'EST' }, 'timezone', /; near to what was given: America\/New_York, America\/Toronto$/],
    [{ from: '2026-02-30' }, 'from', /must be a day such as/],
    [{ to: 'tomorrow' }, 'to', /must be a day such as/],
    [{ from: '2026-02-02', to: '2026-02-01' }, 'to', /must be later than where it begins/],
    [{ period: '26' }, 'period', /must be a year/],
    [{ period: '2026-04-06/2025-04-05' }, 'period', /must end after it begins/],
    [{ period: '2026', from: '2026-01-01' }, 'period', /give no other from and to/],
    [{ accounts: { fees: 'a\nb' } }, 'accounts.fees', /control character/],
    [{ accounts: { fees: 'fees:{coin}' } }, 'accounts.fees', /may have the places \{exchange\}, /],
    [{ accounts: { fees: 'fees:{wallet' } }, 'accounts.fees', /may have the places/],
  ])('names what cannot be taken: %j', (asked, field, problem) => {
    const read = readExportRequest(formats, { format: 'canonical-csv', ...asked }, life)
    expect('problems' in read && read.problems).toEqual([{ field, problem: expect.stringMatching(problem) }])
  })

  it('means days by the clocks of the zone, the last one included', () => {
    const asked = { from: '2026-01-01', to: '2026-12-31', timezone: 'Europe/Berlin' }
    const read = readExportRequest(formats, { format: 'canonical-csv', ...asked }, life)
    expect(read).toMatchObject({
      period: { from: Date.UTC(2025, 11, 31, 23), to: Date.UTC(2026, 11, 31, 23) },
    })
  })

  it('is refused where nothing can have happened yet, or ever, by the clocks of its zone, and else taken', () => {
    const now = Date.UTC(2026, 10, 27, 4, 30)
    const taken = (asked: object) => {
      const read = readExportRequest(formats, { format: 'koinly', ...asked }, lifeOf(exchanges, now))
      return 'problems' in read
        ? read.problems.map(({ field, problem }) => `${field} ${problem}`).join()
        : 'taken'
    }
    expect(taken({ period: '2027' })).toBe('period 2027 lies in the future: it is 2026-11-27 04:30 UTC now')
    expect(taken({ from: '9999-01-01' })).toMatch(/^from lies in the future/)
    expect(taken({ from: '2026-11-27T04:31:00Z', to: '2027-01-01' })).toMatch(/^from lies in the future/)
    expect(taken({ to: '1800-01-01' })).toBe(
      'to ends before 2018-01-01, when no exchange that is known here was open',
    )
    expect(taken({ period: '2017' })).toMatch(/^period ends before 2018-01-01/)
    for (const asked of [
      { period: '2026' },
      { period: '2018' },
      { to: '2030-01-01' },
      { from: '1800-01-01' },
      {},
    ])
      expect(taken(asked)).toBe('taken')
    const year = { from: '2026-11-28', timezone: 'Pacific/Kiritimati' }
    expect(taken(year)).toMatch(/^from lies in the future/)
    const later = lifeOf(exchanges, Date.UTC(2026, 10, 27, 11))
    expect(readExportRequest(formats, { format: 'koinly', ...year }, later)).not.toHaveProperty('problems')
  })

  it('queues it again while it waits, and never once it is done', async () => {
    const { ports, queued, connect, ask } = await world()
    await connect('c1')
    const { id } = await ask('ada', { period: '2026' }, 'key-1')
    await ask('ada', { period: '2026' }, 'key-1')
    expect(queued.map((one) => one.id)).toEqual([id, id])
    await exportHistory(ports, 'ada', id)
    expect(await ask('ada', { period: '2026' }, 'key-1')).toMatchObject({ id, state: 'done' })
    expect(queued).toHaveLength(2)
  })

  it('takes the names of accounts with the places that there are, and connections in one order', () => {
    const accounts = { fees: 'Expenses:{exchange}:{subaccount}:{wallet}:{cause}' }
    expect(
      readExportRequest(formats, { format: 'hledger', accounts, connections: ['c2', 'c1', 'c2'] }, life),
    ).toEqual({
      format: 'hledger',
      period: {},
      timezone: 'UTC',
      connections: ['c1', 'c2'],
      accounts,
    })
  })
})
