import { describe, expect, it } from 'vitest'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import type { Settings } from '../../lambdas/statements/read-statement.ts'
import {
  addStatementFile,
  keepContent,
  listStatementFiles,
} from '../../lambdas/use-cases/add-statement-file.ts'
import { readStatementFile } from '../../lambdas/use-cases/read-statement-file.ts'
import { storeStatementFile } from '../../lambdas/use-cases/store-statement-file.ts'
import { openLastRead } from '../../local/last-read.ts'
import { bingxOrders, owner, sha256, statementFilesHome } from './statement-files-home.ts'

const first = '1,2001,2026-01-07 11:35:35,KAS/USDT,Buy,0.04,1000,40,-1,KAS,Autonomous'
const second = '1,2002,2026-02-07 11:35:35,KAS/USDT,Sell,0.05,1000,50,-0.1,USDT,Autonomous'
const third = '1,2003,2026-02-09 09:00:00,KAS/USDT,Buy,0.05,10,0.5,-0.01,KAS,Autonomous'

function fill(orderId: string, time: number, amount = '1000'): Transaction {
  return {
    stream: 'spot-trade',
    time,
    identity: `t${orderId}|${orderId}`,
    symbol: 'KAS-USDT',
    base: 'KAS',
    quote: 'USDT',
    side: 'buy',
    price: '0.04',
    amount,
    fee: '1',
    feeCurrency: 'KAS',
    orderId,
    tradeId: `t${orderId}`,
    raw: '{}',
  }
}

describe('a statement file', () => {
  it('that is stored tells its rows beside those of the exchange, and says that they come from a file', async () => {
    const { stores, read, store, history } = await statementFilesHome()
    const known = fill('2001', Date.UTC(2026, 0, 7, 11, 35, 35, 120))
    await stores.transactions.write(owner, [known])
    const shown = await read(bingxOrders(first, second))
    expect(shown).toMatchObject({
      kind: 'read',
      tables: [{ name: 'BingX, spot orders', preview: { rows: 2 } }],
      plan: {
        streams: [{ stream: 'spot-trade', new: 1, known: 1, contradicting: 0, replaced: 0, mayBeTwice: 0 }],
        samples: { new: [{ orderId: '2002', amount: '1000', side: 'sell' }] },
      },
    })
    expect(await history()).toEqual([known])
    expect(await store(bingxOrders(first, second))).toEqual({ written: 1, removed: 0 })
    expect(await history()).toMatchObject([
      known,
      {
        orderId: '2002',
        source: 'file',
        precision: 1_000,
        fee: '0.1',
        time: Date.UTC(2026, 1, 7, 11, 35, 35),
      },
    ])
    expect((await stores.connections.find('ann', 'c1'))?.files).toBe(true)
    // What it names is asked for first, where an exchange is asked for each symbol or coin by itself.
    expect((await stores.fileHistory.load(owner))?.hints).toEqual([
      { coin: 'KAS', since: Date.UTC(2026, 1, 7, 11, 35, 35) },
      { symbol: 'KAS-USDT', since: Date.UTC(2026, 1, 7, 11, 35, 35) },
    ])
  })

  it('that is stored again, or told again by another file, writes nothing', async () => {
    const { store, history } = await statementFilesHome()
    await store(bingxOrders(first, second))
    const before = await history()
    expect(await store(bingxOrders(first, second))).toEqual({ written: 0, removed: 0 })
    expect(await store(bingxOrders(second))).toEqual({ written: 0, removed: 0 })
    expect(await store(bingxOrders(second, third))).toEqual({ written: 1, removed: 0 })
    expect((await history()).slice(0, 2)).toEqual(before)
  })

  it('that is taken back leaves what was before, byte for byte', async () => {
    const { stores, store, takeBack, history } = await statementFilesHome()
    await stores.transactions.write(owner, [fill('2001', Date.UTC(2026, 0, 7, 11, 35, 36))])
    const untouched = [await history(), await stores.connections.find('ann', 'c1')]
    await store(bingxOrders(first, second))
    const withOne = await history()
    await store(bingxOrders(second, third))
    await takeBack(bingxOrders(second, third))
    expect(await history()).toEqual(withOne)
    expect(await takeBack(bingxOrders(first, second))).toEqual({ written: 0, removed: 1 })
    expect([await history(), await stores.connections.find('ann', 'c1')]).toEqual(untouched)
    expect(await stores.fileHistory.load(owner)).toBeUndefined()
    expect(await store(bingxOrders(first, second))).toEqual({ written: 1, removed: 0 })
  })

  it('is refused as stale where storing would do something else than was shown', async () => {
    const { stores, ports, read, request, history } = await statementFilesHome()
    const text = bingxOrders(first, second)
    const shown = await read(text)
    if (shown.kind !== 'read') throw new Error('It was not read.')
    const { digest } = shown.plan
    await stores.transactions.write(owner, [fill('2001', Date.UTC(2026, 0, 7, 11, 35, 36))])
    const asked = await request(text, {})
    await expect(storeStatementFile(ports, { ...asked, digest })).rejects.toMatchObject({
      code: 'stale-plan',
    })
    expect(await history()).toHaveLength(1)
  })

  it('that was shown is not read again to be stored, where what was read is kept, and is held against the store all the same', async () => {
    const { stores, ports, request, history } = await statementFilesHome()
    const readings: Settings[] = []
    const home = {
      ...ports,
      lastRead: openLastRead(),
      readStatement: async (...[name, bytes, settings, now]: Parameters<typeof ports.readStatement>) => {
        readings.push(settings)
        return ports.readStatement(name, bytes, settings, now)
      },
    }
    const asked = await request(bingxOrders(first, second), {})
    const shown = await readStatementFile(home, asked)
    if (shown.kind !== 'read') throw new Error('It was not read.')
    await stores.transactions.write(owner, [fill('2001', Date.UTC(2026, 0, 7, 11, 35, 36))])
    const storing = storeStatementFile(home, { ...asked, digest: shown.plan.digest })
    await expect(storing).rejects.toMatchObject({ code: 'stale-plan' })
    const again = await readStatementFile(home, asked)
    if (again.kind !== 'read') throw new Error('It was not read again.')
    expect(await storeStatementFile(home, { ...asked, digest: again.plan.digest })).toMatchObject({
      written: 1,
    })
    expect(readings).toEqual([{}])
    expect(await history()).toHaveLength(2)
    // Said to be of another clock, or another file: that is another reading.
    await readStatementFile(home, { ...asked, settings: { clock: 'Europe/Berlin' } })
    await readStatementFile(home, await request(bingxOrders(first, third), {}))
    expect(readings).toEqual([{}, { clock: 'Europe/Berlin' }, {}])
  })

  it('that was added before says when', async () => {
    const { ports, home, add } = await statementFilesHome()
    const text = bingxOrders(first)
    const id = await add(text)
    home.now += 1_000_000
    const bytes = new TextEncoder().encode(text)
    const again = { name: 'other.csv', bytes: bytes.length, sha256: sha256(bytes) }
    expect(await addStatementFile(ports, 'ann', 'c1', again)).toMatchObject({
      isKnown: true,
      file: { id, name: 'statement.csv', addedAt: Date.UTC(2026, 2, 3), state: 'here' },
    })
    expect(await listStatementFiles(ports, 'ann', 'c1')).toHaveLength(1)
  })

  it('of another account is refused, and changes nothing', async () => {
    const { ports, stores, store, read, request, history } = await statementFilesHome()
    await store(bingxOrders(first))
    const before = await history()
    expect(await read(bingxOrders(second.replace(/^1,/, '2,')))).toMatchObject({
      kind: 'refused',
      sentence: expect.stringContaining('another account'),
    })
    const asked = await request(bingxOrders(second.replace(/^1,/, '2,')), {})
    await expect(storeStatementFile(ports, { ...asked, digest: '' })).rejects.toMatchObject({
      code: 'file-refused',
    })
    expect(await history()).toEqual(before)
    expect(await stores.statementFiles.list(owner)).toHaveLength(2)
  })

  it('is not stored while a sync is at work, nor goes on when another took the history over', async () => {
    const { ports, stores, home, read, request, history } = await statementFilesHome()
    const text = bingxOrders(first, second)
    const shown = await read(text)
    if (shown.kind !== 'read') throw new Error('It was not read.')
    const asked = { ...(await request(text, {})), digest: shown.plan.digest }
    const epoch = await stores.lease.acquire(owner, 'a sync', home.now, 60_000)
    if (epoch === undefined) throw new Error('The lease is free.')
    await expect(storeStatementFile(ports, asked)).rejects.toMatchObject({ code: 'busy' })
    await stores.lease.release(owner, 'a sync', epoch)
    const slow = { ...ports, clock: () => (home.now += 20_000) }
    const lost = { ...slow, lease: { ...stores.lease, renew: async () => false } }
    await expect(storeStatementFile(lost, asked)).rejects.toMatchObject({ code: 'busy' })
    expect(await history()).toEqual([])
    expect(await storeStatementFile(slow, asked)).toMatchObject({ written: 2 })
  })

  it('is looked at again by whoever looked while another was removed, and whose rows are lost is an error', async () => {
    const { ports, stores, store, request } = await statementFilesHome()
    await store(bingxOrders(first))
    const [removed] = await stores.statementFiles.list(owner)
    const asked = await request(bingxOrders(second), {})
    const statementObjects = {
      ...ports.statementObjects,
      read: async (key: string) => (key.includes('/rows/') ? undefined : ports.statementObjects.read(key)),
    }
    const statementFiles = {
      ...ports.statementFiles,
      find: async (of: typeof owner, id: string) =>
        id === removed?.id ? undefined : stores.statementFiles.find(of, id),
    }
    await expect(
      readStatementFile({ ...ports, statementObjects, statementFiles }, asked),
    ).rejects.toMatchObject({
      code: 'busy',
    })
    await expect(readStatementFile({ ...ports, statementObjects }, asked)).rejects.toThrow(
      'not where they were put',
    )
  })

  it('that asks something is not stored before it is answered, nor is one of which nothing is here or that is too large', async () => {
    const { ports, read, request, history, stores } = await statementFilesHome()
    const unknown = 'Zeit;Markt;Kurs\n2026-01-07 11:35:35;KAS_USDT;0.04\n'
    expect(await read(unknown)).toMatchObject({ kind: 'asks' })
    const asked = { ...(await request(unknown, {})), digest: '' }
    await expect(storeStatementFile(ports, asked)).rejects.toMatchObject({
      code: 'file-refused',
      message: expect.stringContaining('before its questions are answered'),
    })
    const announced = { name: 'later.csv', bytes: 10, sha256: 'ab'.repeat(32) }
    const { file } = await addStatementFile(ports, 'ann', 'c1', announced)
    await expect(
      storeStatementFile(ports, { ...owner, file: file.id, settings: {}, digest: '' }),
    ).rejects.toMatchObject({ code: 'content-missing' })
    const large = { ...announced, bytes: 33 * 1024 * 1024 }
    await expect(addStatementFile(ports, 'ann', 'c1', large)).rejects.toMatchObject({ code: 'file-refused' })
    expect(await history()).toEqual([])
    expect(await stores.fileHistory.load(owner)).toBeUndefined()
  })

  it('is not found under an id that nobody was given, and other content than was announced is not kept', async () => {
    const { ports, add } = await statementFilesHome()
    const file = await add(bingxOrders(first))
    for (const id of ['0'.repeat(32), 'no id'])
      await expect(keepContent(ports, 'ann', 'c1', id, new Uint8Array(1))).rejects.toMatchObject({
        code: 'not-found',
      })
    await expect(keepContent(ports, 'ann', 'c1', file, new Uint8Array(1))).rejects.toMatchObject({
      code: 'file-refused',
    })
    const raced = {
      ...ports,
      statementFiles: { ...ports.statementFiles, find: async () => undefined, swap: async () => false },
    }
    const announced = { name: 'a.csv', bytes: 1, sha256: 'cd'.repeat(32) }
    await expect(addStatementFile(raced, 'ann', 'c1', announced)).rejects.toMatchObject({ code: 'not-found' })
  })
})
