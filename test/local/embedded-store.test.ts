import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { create } from 'dynalite/db/index.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { leaseStore } from '../../lambdas/adapters/lease.ts'
import { runStore } from '../../lambdas/adapters/runs.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { ensureDescribed, historyTable } from '../../local/history-table.ts'
import { fill } from '../adapters/fill.ts'
import { temporaryDirectory, temporaryStore } from '../adapters/temporary-store.ts'
import { numbersIn, openingError, owner } from './embedded-store-numbers.ts'

/** What LevelDB has in the directory, but for its log in words, which each attempt to open begins anew. */
async function contentsOf(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('LOG'))
  const contents = names.map(async (name) => [name, await readFile(join(directory, name), 'base64')])
  return Object.fromEntries(await Promise.all(contents))
}

describe('the embedded store', () => {
  it('keeps what was written for the next time it is opened', async () => {
    const dataDir = join(await temporaryDirectory(), 'new', 'data')
    const store = await openEmbeddedStore({ dataDir })
    await transactionStore(store.table).write(owner, [fill(1), fill(2)])
    await store.close()
    await store.close()
    expect(await numbersIn(dataDir)).toEqual([1, 2])
    expect(await numbersIn(dataDir)).toEqual([1, 2])
    expect(((await stat(dataDir)).mode & 0o777).toString(8)).toBe('700')
  })

  it('lets what is under way end before it closes, and refuses what comes later', async () => {
    const dataDir = await temporaryDirectory()
    const { table, requests, close } = await openEmbeddedStore({ dataDir })
    const writing = transactionStore(table).write(
      owner,
      Array.from({ length: 25 }, (_, index) => fill(index)),
    )
    while (requests.writes === 0) await new Promise((resolve) => setImmediate(resolve))
    await close()
    await writing
    await expect(transactionStore(table).write(owner, [fill(99)])).rejects.toThrow(
      `The store in ${dataDir} is closed.`,
    )
    expect(await numbersIn(dataDir)).toHaveLength(25)
  })

  it('counts what is written and read', async () => {
    const { table, requests } = await temporaryStore()
    expect(requests).toEqual({ writes: 0, transactionWrites: 0, reads: 0 })
    await transactionStore(table).write(
      owner,
      Array.from({ length: 30 }, (_, index) => fill(index)),
    )
    expect(requests).toEqual({ writes: 30, transactionWrites: 30, reads: 0 })
    await transactionStore(table).page(owner, { stream: 'spot-trade', limit: 10 })
    expect(requests).toEqual({ writes: 30, transactionWrites: 30, reads: 1 })
    const run = {
      id: 'r',
      connection: 'c1',
      state: 'running',
      startedAt: 1,
      requests: 0,
      streams: [],
    } as const
    await runStore(table).save(owner, run)
    const epoch = (await leaseStore(table).acquire(owner, 'h', 1, 1)) ?? 0
    await leaseStore(table).release(owner, 'h', epoch)
    expect(requests).toEqual({ writes: 33, transactionWrites: 30, reads: 1 })
    await transactionStore(table).removeAll(owner)
    expect(requests.transactionWrites).toBe(30)
  })

  it('listens nowhere', async () => {
    const listening = () =>
      process.getActiveResourcesInfo().filter((resource) => /Server|Pipe.*Listen/.test(resource))
    const before = listening()
    await temporaryStore()
    expect(listening()).toEqual(before)
  })

  it('tells a refused condition and an unknown operation from a failure', async () => {
    const { table } = await temporaryStore()
    await leaseStore(table).acquire(owner, 'a', 1_000, 500)
    expect(await leaseStore(table).acquire(owner, 'b', 1_000, 500)).toBeUndefined()
    const invalid = { PK: 'p', SK: '' }
    await expect(transactionStore(table).has(owner, [])).resolves.toBe(0)
    await expect(
      table.client.send(new PutCommand({ TableName: table.name, Item: invalid })),
    ).rejects.toMatchObject({ name: 'ValidationException' })
    await expect(table.client.send(new ScanCommand({ TableName: table.name }))).rejects.toThrow(
      'The embedded store does not offer Scan.',
    )
  })

  it('finishes a table that a killed process began to create', async () => {
    const dataDir = await temporaryDirectory()
    await mkdir(join(dataDir, 'store'))
    await describeTable(dataDir, { TableName: 'history', TableStatus: 'CREATING' })
    expect(await numbersIn(dataDir)).toEqual([])
    expect(await numbersIn(dataDir)).toEqual([])
  })

  it('is described by one write, and where the disk has no room for that, it ends with the reason of the disk', async () => {
    const level = create({ path: join(await temporaryDirectory(), 'store'), createTableMs: 0 })
    await level.db.open()
    onTestFinished(() => level.db.close())
    const full = Object.assign(new Error('no room'), { code: 'ENOSPC' })
    let room = 0
    const tableDb = {
      put(key: string, description: unknown, callback: (error: unknown) => void) {
        room -= 1
        if (room < 0) callback(full)
        else level.tableDb.put(key, description, callback)
      },
    }
    await expect(ensureDescribed({ tableDb }, undefined)).rejects.toBe(full)
    room = 1
    await ensureDescribed({ tableDb }, undefined)
    const found = await new Promise((resolve) => level.getTable('history', (_error, table) => resolve(table)))
    await ensureDescribed({ tableDb }, found)
    expect(room).toBe(0)
  })

  it.each<[string, (right: ReturnType<typeof historyTable>) => object]>([
    ['another key', (right) => ({ ...right, KeySchema: [{ AttributeName: 'QK', KeyType: 'HASH' }] })],
    ['no keys', ({ KeySchema: _none, ...rest }) => rest],
    ['no types of keys', (right) => ({ ...right, AttributeDefinitions: [] })],
    ['another name', (right) => ({ ...right, TableName: 'histori' })],
    ['no index', ({ GlobalSecondaryIndexes: _none, ...rest }) => rest],
    ['an index of other keys', (right) => ({ ...right, GlobalSecondaryIndexes: [{ IndexName: 'due' }] })],
  ])(
    'reads and writes its rows where a bit that flipped describes the table with %s',
    async (_what, wrong) => {
      const dataDir = await temporaryDirectory()
      const store = await openEmbeddedStore({ dataDir })
      await transactionStore(store.table).write(owner, [fill(1)])
      await store.close()
      await describeTable(dataDir, wrong(historyTable()))
      expect(await numbersIn(dataDir)).toEqual([1])
      const again = await openEmbeddedStore({ dataDir })
      await transactionStore(again.table).write(owner, [fill(2)])
      await again.close()
      expect(await numbersIn(dataDir)).toEqual([1, 2])
    },
  )
})

async function describeTable(dataDir: string, description: object): Promise<void> {
  const level = create({ path: join(dataDir, 'store'), createTableMs: 0 })
  await level.db.open()
  await level.db.put('table~history', description)
  await level.db.close()
}

describe('an embedded store that cannot be opened', () => {
  it('is in use here: one sentence, and whoever has it goes on', async () => {
    const dataDir = await temporaryDirectory()
    const store = await openEmbeddedStore({ dataDir })
    onTestFinished(() => store.close())
    const sentence =
      `The store in ${dataDir} is in use by another process (an import, perhaps): wait until it has ended, ` +
      'or stop it, and run the same command again.'
    expect(await openingError(dataDir)).toBe(sentence)
    await transactionStore(store.table).write(owner, [fill(1)])
    expect(await openingError(dataDir)).toBe(sentence)
    await store.close()
    expect(await numbersIn(dataDir)).toEqual([1])
  })

  it('lies where nothing can be written: one sentence', async () => {
    const directory = await temporaryDirectory()
    await writeFile(join(directory, 'file'), '')
    expect(await openingError(join(directory, 'file'))).toBe(
      `The directory ${join(directory, 'file', 'store')} cannot be written (ENOTDIR); choose another DATA_DIR.`,
    )
  })

  it('has a file that cannot be read: one sentence that calls nothing damaged, and no row is given up', async () => {
    const dataDir = await temporaryDirectory()
    await numbersIn(dataDir)
    const { table, close } = await openEmbeddedStore({ dataDir })
    await transactionStore(table).write(owner, [fill(1)])
    await close()
    expect(await numbersIn(dataDir)).toEqual([1])
    const store = join(dataDir, 'store')
    const data = join(store, (await readdir(store)).find((name) => name.endsWith('.ldb')) ?? '')
    await rename(data, `${data}.aside`)
    // Whoever may read all files reads no folder as one.
    await mkdir(data)
    expect(await openingError(dataDir)).toBe(
      `The store in ${dataDir} cannot be opened (EISDIR): see that its disk has room and works, and that you may read and ` +
        'write all files in it, and run the same command again.',
    )
    expect(await readdir(dataDir)).toEqual(['store'])
    await rm(data, { recursive: true })
    await rename(`${data}.aside`, data)
    expect(await numbersIn(dataDir)).toEqual([1])
  })

  it.each<[string, (store: string) => Promise<void>]>([
    ['an unreadable CURRENT', (store) => writeFile(join(store, 'CURRENT'), 'garbage')],
    ['an empty CURRENT', (store) => writeFile(join(store, 'CURRENT'), '')],
    ['no CURRENT', (store) => rm(join(store, 'CURRENT'))],
    ['no manifest', (store) => removeAll(store, 'MANIFEST-')],
    [
      'a broken manifest',
      async (store) => {
        for (const name of await readdir(store)) {
          if (name.startsWith('MANIFEST-')) await writeFile(join(store, name), 'x'.repeat(100))
        }
      },
    ],
  ])('is damaged, with %s: one sentence, and it stays as it is', async (_what, damage) => {
    const dataDir = await temporaryDirectory()
    const { table, close } = await openEmbeddedStore({ dataDir })
    await transactionStore(table).write(owner, [fill(1)])
    await close()
    const store = join(dataDir, 'store')
    const copy = join(dataDir, 'copy')
    await cp(store, copy, { recursive: true })
    await damage(store)
    const before = await contentsOf(store)
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await openingError(dataDir)).toMatch(/^The store in .* cannot be opened .* and seems damaged: /)
      expect(await contentsOf(store)).toEqual(before)
    }
    await rm(store, { recursive: true })
    await cp(copy, store, { recursive: true })
    expect(await numbersIn(dataDir)).toEqual([1])
  })
})

async function removeAll(directory: string, start: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(start)) await rm(join(directory, name))
  }
}
