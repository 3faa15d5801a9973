import { catalogueStore } from './catalogue.ts'
import { connectionStore } from './connections.ts'
import { coolDownStore } from './cool-downs.ts'
import { coverageStore } from './coverage.ts'
import { exportStore } from './exports.ts'
import { holdingsStore } from './holdings.ts'
import { intentStore } from './intents.ts'
import { leaseStore } from './lease.ts'
import { runStore } from './runs.ts'
import { sumsStore } from './sums.ts'
import type { Table } from './table.ts'
import { transactionStore } from './transactions.ts'

/** Everything that is kept in the one table. */
export function openStores(table: Table) {
  return {
    catalogue: catalogueStore(table),
    connections: connectionStore(table),
    coolDowns: coolDownStore(table),
    coverage: coverageStore(table),
    exports: exportStore(table),
    holdings: holdingsStore(table),
    intents: intentStore(table),
    lease: leaseStore(table),
    runs: runStore(table),
    sums: sumsStore(table),
    transactions: transactionStore(table),
  }
}
