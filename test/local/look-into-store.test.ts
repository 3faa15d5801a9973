import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { runConnections } from '../../local/connections/run-connections.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { runExport } from '../../local/export/run-export.ts'
import { copyToLookInto } from '../../local/look-into-store.ts'
import { runStatus } from '../../local/status/run-status.ts'
import { capture, surroundings, temporaryDirectory } from './import-process.ts'
import { savings } from './savings.ts'

const owner = { user: savings.user, connection: savings.id }
const now = Date.UTC(2026, 10, 26)
const row: Transaction = { stream: 'spot-trade', time: now, identity: 't', raw: '{}' }

/** A store that this process has open, as an import would, with one account. */
async function atWork() {
  const dataDir = temporaryDirectory()
  const store = await openEmbeddedStore({ dataDir })
  const stores = openStores(store.table)
  await stores.connections.swap(undefined, savings)
  await stores.runs.save(owner, {
    id: '2026',
    connection: owner.connection,
    state: 'running',
    startedAt: now,
    requests: 3,
    streams: [],
  })
  return { dataDir, store, stores }
}

describe('a store that another process is at work on', () => {
  it('is told and exported all the same, with a word on that; nothing of it is changed', async () => {
    const { dataDir, store, stores } = await atWork()
    await stores.transactions.write(owner, [row])
    const out = join(dataDir, 'out')
    const [stdout, stderr] = [capture(), capture()]
    const around = {
      ...surroundings({ DATA_DIR: dataDir }),
      clock: () => now,
      stdout: stdout.stream,
      stderr: stderr.stream,
    }
    expect(await runStatus([], around)).toBe(3)
    expect(stdout.text()).toMatch(/BitMart Savings[\s\S]*under way, or cut short/)
    expect(await runExport(['--format', 'json-lines', '--out', out], around)).toBe(3)
    expect(stderr.text().match(/another process is at work on this store/g)).toHaveLength(2)
    expect((await readdir(out)).length).toBe(2)
    expect(await runConnections(['rename', 'Savings', 'x'], around)).toBe(2)
    await store.close()
    expect(await runConnections(['rename', 'Savings', 'x'], around)).toBe(0)
  })

  it('is refused with its sentence where no copy can be had', async () => {
    expect(await copyToLookInto(temporaryDirectory())).toBeUndefined()
  })
})
