import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { coverageStore } from '../../lambdas/adapters/coverage.ts'
import { leaseStore } from '../../lambdas/adapters/lease.ts'
import { runStore } from '../../lambdas/adapters/runs.ts'
import { sumsStore } from '../../lambdas/adapters/sums.ts'
import type { Table } from '../../lambdas/adapters/table.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import type { Store } from './import-account.ts'

/** The embedded store in a new directory, which is gone afterwards. */
export async function withStoreOnDisk<T>(use: (store: Store) => Promise<T>): Promise<T> {
  return withTableOnDisk((table) =>
    use({
      transactions: transactionStore(table),
      coverage: coverageStore(table),
      lease: leaseStore(table),
      runs: runStore(table),
      sums: sumsStore(table),
    }),
  )
}

export async function withTableOnDisk<T>(use: (table: Table) => Promise<T>): Promise<T> {
  // The SDK's advice about Node is for those who talk to AWS.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-'))
  const { table, close } = await openEmbeddedStore({ dataDir })
  try {
    return await use(table)
  } finally {
    await close()
    await rm(dataDir, { recursive: true })
  }
}
