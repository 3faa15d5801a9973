import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { create } from 'dynalite/db/index.js'
import { describe, expect, it } from 'vitest'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { openKnownStore } from '../../local/known-store.ts'
import { isWholeTable } from '../../local/level-tables.ts'
import { openStore } from '../../local/terminal.ts'
import { fill } from '../adapters/fill.ts'
import { temporaryDirectory } from '../adapters/temporary-store.ts'
import { capture } from '../local/import-process.ts'

const owner = { user: 'ann', connection: 'c1' }

async function rowsOf(dataDir: string): Promise<readonly Transaction[]> {
  const { table, close } = await openEmbeddedStore({ dataDir })
  const rows: Transaction[] = []
  for await (const row of transactionStore(table).each(owner)) rows.push(row)
  await close()
  return rows
}

/** A store whose rows lie in a table, some of them written twice and some removed again, and younger ones in its log. */
async function filledStore() {
  const dataDir = await temporaryDirectory()
  const write = async (...turns: readonly (readonly [from: number, to: number, price: string])[]) => {
    const { table, close } = await openEmbeddedStore({ dataDir })
    for (const [from, to, price] of turns)
      await transactionStore(table).write(
        owner,
        Array.from({ length: to - from }, (_, index) => ({ ...fill(from + index), price })),
      )
    if (turns.length > 1) await transactionStore(table).remove(owner, [fill(7)])
    await close()
  }
  await write([0, 200, '1'], [0, 50, '2'])
  await write([190, 210, '3'])
  const names = await readdir(join(dataDir, 'store'))
  const table = names.find((name) => name.endsWith('.ldb')) ?? ''
  const copy = await temporaryDirectory()
  await cp(dataDir, copy, { recursive: true })
  return { dataDir, names, path: join(dataDir, 'store', table), rows: await rowsOf(copy) }
}

async function flip(path: string, at: number, bit: number): Promise<void> {
  const bytes = await readFile(path)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
  await writeFile(path, bytes)
}

const isKept = async (dataDir: string) => (await readdir(dataDir)).includes('store.damaged')

describe('a table of the local store', () => {
  it('is whole as it was written, and not with any bit flipped that is ever read', async () => {
    const bytes = await readFile((await filledStore()).path)
    expect(isWholeTable(bytes)).toBe(true)
    // Between the two handles and the last eight bytes, a footer holds nothing.
    const idle = { from: bytes.length - 48 + 6, to: bytes.length - 8 }
    for (let at = bytes.length % 7; at < bytes.length; at += at < bytes.length - 600 ? 7 : 1) {
      if (at >= idle.from && at < idle.to) continue
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
      expect(isWholeTable(flipped), `byte ${at} of ${bytes.length}`).toBe(false)
    }
    expect(isWholeTable(bytes.subarray(0, -1))).toBe(false)
    expect(isWholeTable(Buffer.alloc(0))).toBe(false)
  })

  it.each([
    ['its index', 60],
    ['what names its index', 47],
    ['its last eight bytes', 3],
  ])('that is damaged in %s loses no row, and its user is told', async (_what, fromEnd) => {
    const { dataDir, path, rows } = await filledStore()
    await flip(path, (await readFile(path)).length - fromEnd, 2)
    expect(await rowsOf(dataDir)).toEqual(rows)
    expect(await isKept(dataDir)).toBe(true)
    const told = capture()
    await (await openStore({ env: { DATA_DIR: dataDir }, stderr: told.stream })).close()
    expect(told.text()).toContain(`then remove ${join(dataDir, 'store.damaged')}`)
    await rm(join(dataDir, 'store.damaged'), { recursive: true })
    const later = capture()
    await (await openStore({ env: { DATA_DIR: dataDir }, stderr: later.stream })).close()
    expect(later.text()).toBe('')
  })

  it('that is damaged a second time leaves the damaged files of the first where they are, and its user is told of both', async () => {
    const { dataDir, path } = await filledStore()
    await flip(path, (await readFile(path)).length - 60, 2)
    await rowsOf(dataDir)
    const first = join(dataDir, 'store.damaged')
    const kept = await readdir(first)
    const store = join(dataDir, 'store')
    // Opened twice, what was written anew lies in a table.
    await rowsOf(dataDir)
    const table = join(store, (await readdir(store)).find((name) => name.endsWith('.ldb')) ?? '')
    await flip(table, (await readFile(table)).length - 60, 2)
    const told = capture()
    await (await openStore({ env: { DATA_DIR: dataDir }, stderr: told.stream })).close()
    expect(await readdir(first)).toEqual(kept)
    const second = `${first}-2`
    expect(await readdir(second)).toContain('CURRENT')
    expect(told.text()).toContain(`then remove ${first} and ${second}, where the damaged files are`)
    await rm(first, { recursive: true })
    const later = capture()
    await (await openStore({ env: { DATA_DIR: dataDir }, stderr: later.stream })).close()
    expect(later.text()).toContain(`then remove ${second}, where`)
  })

  it('that is damaged in one row loses no row of another block, and none of the log', async () => {
    const { dataDir, path, rows } = await filledStore()
    await flip(path, 40, 3)
    const left = await rowsOf(dataDir)
    expect(left.length).toBeGreaterThan(rows.length / 2)
    expect(left).toEqual(expect.arrayContaining(rows.slice(-20)))
  })

  it.each([
    ['a type that there is not', '"price":{"S":', '"price":{"R":'],
    ['no type', '"price":{"S":"3"}', '"price":{}'],
    ['a list that is a text', '"price":{"S":', '"price":{"L":'],
    ['a number that is none', '"price":{"S":"3"}', '"price":{"N":"s"}'],
  ])(
    'fails no query for an item of which an attribute has %s: an older version that is whole takes its place',
    async (_what, from, to) => {
      const { dataDir, rows } = await filledStore()
      const { db } = create({ path: join(dataDir, 'store'), createTableMs: 0 })
      await db.open()
      let youngest: readonly [key: string, value: string] | undefined
      for await (const [key, value] of db.iterator({ valueEncoding: 'utf8' }))
        if (key.startsWith('item-') && value.includes('"price":{"S":"3"}')) youngest = [key, value]
      if (youngest === undefined) throw new Error('no row has this price')
      await db.put(youngest[0], JSON.parse(youngest[1].replace(from, to)))
      await db.close()
      expect(await rowsOf(dataDir)).toEqual(rows)
      expect(await isKept(dataDir)).toBe(true)
    },
  )

  it('that is damaged beside a file that cannot be read stays as it is, and nothing half made stays with it', async () => {
    const { dataDir, path, rows } = await filledStore()
    await flip(path, 40, 3)
    const log = join(dataDir, 'store', '000999.log')
    await mkdir(log)
    await expect(openEmbeddedStore({ dataDir })).rejects.toThrow(
      `Files of the store in ${dataDir} are damaged, and putting what can be read of them into new ones failed (EISDIR): `,
    )
    expect(await readdir(dataDir)).toEqual(['store'])
    await rm(log, { recursive: true })
    expect((await rowsOf(dataDir)).length).toBeGreaterThan(rows.length / 2)
  })

  it('that a killed process left half written belongs to nothing, and is no damage', async () => {
    const { dataDir, rows } = await filledStore()
    await writeFile(join(dataDir, 'store', '000999.ldb'), 'half of a table')
    expect(await rowsOf(dataDir)).toEqual(rows)
    expect(await isKept(dataDir)).toBe(false)
  })

  it('of a store that was being rebuilt when the process was killed is found by every command', async () => {
    const { dataDir } = await filledStore()
    await rename(join(dataDir, 'store'), join(dataDir, 'store.rebuilt'))
    await (await openKnownStore({ env: { DATA_DIR: dataDir }, stderr: capture().stream })).close()
    expect(await readdir(dataDir)).toContain('store')
  })

  it('is told of, with what to do, when what names the tables is damaged', async () => {
    const { dataDir, names } = await filledStore()
    const manifest = names.find((name) => name.startsWith('MANIFEST')) ?? ''
    for (const [name, at] of [
      ['CURRENT', 3],
      [manifest, 20],
    ] as const) {
      const copy = await temporaryDirectory()
      await cp(dataDir, copy, { recursive: true })
      await flip(join(copy, 'store', name), at, 1)
      await expect(openEmbeddedStore({ dataDir: copy }), name).rejects.toThrow(
        'seems damaged: restore it from a copy. Without one, move it away, keep it, and import again',
      )
      await rm(copy, { recursive: true })
    }
  })
})
