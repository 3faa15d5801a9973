import { catalogueStore } from './catalogue.ts'
import { cellStore } from './cells.ts'
import { connectionStore } from './connections.ts'
import { coolDownStore } from './cool-downs.ts'
import { coverageStore } from './coverage.ts'
import { exportStore } from './exports.ts'
import { fileHistoryStore } from './file-history.ts'
import { holdingsStore } from './holdings.ts'
import { intentStore } from './intents.ts'
import { leaseStore } from './lease.ts'
import { runStore } from './runs.ts'
import { sumsStore } from './sums.ts'
import type { Table } from './table.ts'
import { transactionStore } from './transactions.ts'

/** Everything that is kept in the one table; as the workers of one `cell` see it, where there are several. */
export function openStores(table: Table, cell?: number) {
  return {
    catalogue: catalogueStore(table),
    cells: cellStore(table),
    connections: connectionStore(table),
    coolDowns: coolDownStore(table, cell),
    coverage: coverageStore(table),
    exports: exportStore(table),
    fileHistory: fileHistoryStore(table),
    holdings: holdingsStore(table),
    intents: intentStore(table),
    lease: leaseStore(table),
    runs: runStore(table),
    sums: sumsStore(table),
    transactions: transactionStore(table),
  }
}
