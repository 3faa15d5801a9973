import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { openStores } from '../../lambdas/adapters/stores.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { openStoreToRead } from '../../local/known-store.ts'
import { surroundings, temporaryDirectory } from '../local/import-process.ts'

const owner = { user: 'local', connection: 'aaaa000000000000' }
const start = Date.UTC(2026, 10, 26)
/** Large, so that the log is full and tables take the place of others again and again. */
const raw = JSON.stringify({ filling: 'x'.repeat(100_000) })

async function rowsIn(dataDir: string) {
  const around = surroundings({ DATA_DIR: dataDir })
  const store = await openStoreToRead(around)
  const found: number[] = []
  for await (const { time } of openStores(store.table).transactions.each(owner, {})) found.push(time - start)
  await store.close()
  return { found, isInUse: store.isInUse }
}

describe('a store that another process is at work on', () => {
  it('is looked into as it was at one moment, however much is written meanwhile', async () => {
    const dataDir = temporaryDirectory()
    const store = await openEmbeddedStore({ dataDir })
    const { transactions } = openStores(store.table)
    let acknowledged = 0
    let isOver = false
    const writing = (async () => {
      while (!isOver) {
        const at = acknowledged
        await transactions.write(owner, [{ stream: 'spot-trade', time: start + at, identity: `t${at}`, raw }])
        acknowledged += 1
      }
    })()
    for (let looks = 0; looks < 5; looks += 1) {
      const least = acknowledged
      const { found, isInUse } = await rowsIn(dataDir)
      expect(isInUse).toBe(true)
      expect(found.length).toBeGreaterThanOrEqual(least)
      expect(found).toEqual(found.map((_, index) => index))
    }
    isOver = true
    await writing
    await store.close()
    expect((await rowsIn(dataDir)).isInUse).toBe(false)
    expect((await readdir(dataDir)).filter((name) => name.startsWith('looking-'))).toEqual([])
  })
})
