import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { fileHistoryStore } from '../../lambdas/adapters/file-history.ts'
import { openFileStores } from '../../lambdas/adapters/statement-files.ts'
import type { Table } from '../../lambdas/adapters/table.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import type { FileHistory } from '../../lambdas/statements/file-history.ts'
import { layoutSchema } from '../../lambdas/statements/layout.ts'
import type { StatementFile } from '../../lambdas/statements/statement-file.ts'
import type { StatementFilePorts } from '../../lambdas/use-cases/add-statement-file.ts'

/** What whoever keeps statement files can rely on, in every home. */

const owner = { user: 'ann', connection: 'c1' }
const others = [
  { user: 'ann', connection: 'c11' },
  { user: 'bob', connection: 'c1' },
]

const file: StatementFile = {
  id: 'a'.repeat(32),
  ...owner,
  name: 'июнь, "all".csv',
  bytes: 12,
  sha256: 'a'.repeat(64),
  addedAt: 2_000,
  state: 'here',
}

const stored: StatementFile = {
  ...file,
  state: 'stored',
  reading: {
    id: 'r',
    settings: { clock: 'Europe/Berlin', decimalSigns: { Amount: ',' } },
    attests: { from: 0, to: 5 },
    storedAt: 3_000,
    tables: [
      {
        name: 'Spot',
        format: 'own-export',
        exchange: 'bingx',
        exportOf: 'c9',
        clock: 'UTC',
        owner: '1',
        grain: { granularity: 'fill', unit: 1_000, fields: ['symbol', 'amount'], decimals: { amount: 8 } },
        rows: 2,
        months: [655],
        spans: [{ stream: 'spot-trade', from: 1, to: 9, rows: 2 }],
        money: [{ part: 'fee', market: 'KASUSDT', from: 1, to: 9 }],
        hints: [],
        isUnbroken: true,
      },
    ],
  },
}

const history: FileHistory = {
  isOwed: true,
  readings: ['one'],
  span: { from: 0, to: 9 },
  claims: [
    {
      file: file.id,
      stream: 'spot-trade',
      by: 'balance',
      window: { from: 1, to: 8 },
      rows: [{ from: 1, to: 2 }],
      count: 2,
      refutedAt: 4,
    },
  ],
  ledger: [{ part: 'profit', from: 1, to: 9 }],
  hints: [],
  months: [{ stream: 'spot-trade', month: 0, rows: 2 }],
  seen: { months: [], proven: [{ stream: 'spot-trade', from: 0, to: 3 }] },
}

const row = (time: number, more: Partial<Transaction> = {}): Transaction => ({
  stream: 'spot-trade',
  time,
  identity: `${time}`,
  symbol: 'X',
  amount: '0.10',
  raw: '{"amount":0.10}',
  ...more,
})

/** Throws where a table does not keep what belongs to files as it was given. */
export function keepsFiles(open: () => Promise<Table>): void {
  describe('the items of statement files', () => {
    it('are found as they were given, by their owner alone, in the order in which they were added', async () => {
      const { statementFiles } = openFileStores(await open())
      const earlier = { ...file, id: 'b'.repeat(32), addedAt: 1_000 }
      expect(await statementFiles.find(owner, file.id)).toBeUndefined()
      expect(await statementFiles.list(owner)).toEqual([])
      for (const one of [stored, earlier]) expect(await statementFiles.swap(undefined, one)).toBe(true)
      expect(await statementFiles.find(owner, file.id)).toEqual(stored)
      expect(await statementFiles.list(owner)).toEqual([earlier, stored])
      for (const other of others) {
        expect(await statementFiles.find(other, file.id)).toBeUndefined()
        expect(await statementFiles.list(other)).toEqual([])
      }
    })

    it('change only from what they were: of two that change one at once, one does', async () => {
      const { statementFiles } = openFileStores(await open())
      expect(await statementFiles.swap(file, stored)).toBe(false)
      expect(await statementFiles.find(owner, file.id)).toBeUndefined()
      await statementFiles.swap(undefined, file)
      expect(await statementFiles.swap(undefined, stored)).toBe(false)
      const both = await Promise.all([
        statementFiles.swap(file, stored),
        statementFiles.swap(file, { ...file, state: 'taken-back' }),
      ])
      expect(both.filter(Boolean)).toHaveLength(1)
      expect(await statementFiles.swap(file, stored)).toBe(false)
    })

    it('are gone when they were removed, and nobody else’s with them', async () => {
      const { statementFiles } = openFileStores(await open())
      for (const { user, connection } of [owner, ...others])
        await statementFiles.swap(undefined, { ...file, user, connection })
      await statementFiles.remove(owner, file.id)
      await statementFiles.remove(owner, file.id)
      expect(await statementFiles.list(owner)).toEqual([])
      for (const other of others) expect(await statementFiles.list(other)).toHaveLength(1)
    })

    it('and the layouts of headers of any length are each user’s, the last one counts', async () => {
      const { layouts } = openFileStores(await open())
      const layout = layoutSchema.parse({
        granularity: 'fill',
        stream: 'spot-trade',
        time: 'Date',
        columns: {},
      })
      const header = 'column,'.repeat(1_000)
      await layouts.save('ann', header, { ...layout, time: 'When' })
      await layouts.save('ann', header, layout)
      expect(await layouts.find('ann', header)).toEqual(layout)
      expect(await layouts.find('ann', `${header},`)).toBeUndefined()
      expect(await layouts.find('bob', header)).toBeUndefined()
    })

    it('and what a merge came to are one connection’s, and gone with it', async () => {
      const table = await open()
      const store = fileHistoryStore(table)
      await store.save(owner, { ...history, isOwed: false })
      await store.save(owner, history)
      expect(await store.load(owner)).toEqual(history)
      for (const other of others) expect(await store.load(other)).toBeUndefined()
      await openFileStores(table).statementFiles.swap(undefined, file)
      await transactionStore(table).removeAll(owner)
      expect(await store.load(owner)).toBeUndefined()
      expect(await openFileStores(table).statementFiles.list(owner)).toEqual([])
    })
  })

  describe('the rows of files', () => {
    it('stand beside those of the exchange for whoever merges, and are none of what was served', async () => {
      const { write, remove, merging, stored: served, has } = transactionStore(await open())
      const ofFile = row(2, { source: 'file', precision: 1_000, derived: 'order' })
      const ledger = row(1, { stream: 'spot-ledger', source: 'file', type: 'airdrop' })
      await write(owner, [row(1), ofFile, ledger, row(3, { source: 'file' })])
      const all = async (from: number, to: number) => {
        const found: Transaction[] = []
        for await (const one of merging(owner, { from, to })) found.push(one)
        return found
      }
      expect(await all(0, 3)).toEqual([ledger, row(1), ofFile].sort((a, b) => a.time - b.time))
      expect(await served(owner, 'spot-trade', { from: 0, to: 9 })).toEqual([row(1)])
      await remove(owner, [ofFile, ledger])
      await remove(owner, [ofFile])
      expect(await all(0, 9)).toEqual([row(1), row(3, { source: 'file' })])
      expect(await has(owner, [row(1), ofFile])).toBe(1)
    })
  })
}

type Objects = StatementFilePorts['statementObjects']

/**
 * Throws where content is kept otherwise than it was given. An emulated S3 is not asked for two writes of one key at once: it now and then
 * answers with an error of its own, which the real one does not document.
 */
export function keepsContent(open: () => Promise<Objects>, { isEmulated = false } = {}): void {
  describe('the content of statement files', () => {
    it('is as it was given, every byte of it, the last that was written', async () => {
      const objects = await open()
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256)
      expect(await objects.read('a%40b/statement-files/c1/f/content')).toBeUndefined()
      await objects.write('a%40b/statement-files/c1/f/content', new Uint8Array([1]))
      await objects.write('a%40b/statement-files/c1/f/content', bytes)
      const found = await objects.read('a%40b/statement-files/c1/f/content')
      expect(Buffer.from(found ?? []).equals(bytes)).toBe(true)
      await objects.write('a%40b/statement-files/c1/f/empty', new Uint8Array())
      expect((await objects.read('a%40b/statement-files/c1/f/empty'))?.length).toBe(0)
    })

    it.skipIf(isEmulated)('is whole when two write it at once', async () => {
      const objects = await open()
      const [one, other] = [new Uint8Array(50_000).fill(1), new Uint8Array(60_000).fill(2)]
      await Promise.all([objects.write('twice/content', one), objects.write('twice/content', other)])
      const found = await objects.read('twice/content')
      expect([50_000, 60_000]).toContain(found?.length)
      expect(new Set(found).size).toBe(1)
    })

    it('is gone below a place that is removed, and nowhere beside it', async () => {
      const objects = await open()
      for (const place of ['u/c/1/content', 'u/c/1/rows/r/0/1', 'u/c/10/content', 'u/c/2/content'])
        await objects.write(place, new Uint8Array([1]))
      await objects.removeAll('u/c/1/')
      await objects.removeAll('u/c/3/')
      const left = async (place: string) => (await objects.read(place)) !== undefined
      expect(await left('u/c/1/content')).toBe(false)
      expect(await left('u/c/1/rows/r/0/1')).toBe(false)
      expect(await left('u/c/10/content')).toBe(true)
      expect(await left('u/c/2/content')).toBe(true)
    })
  })
}
