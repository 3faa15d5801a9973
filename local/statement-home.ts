import { randomUUID } from 'node:crypto'
import { digestOf, hash } from '../lambdas/adapters/identity.ts'
import { openFileStores } from '../lambdas/adapters/statement-files.ts'
import { openStores } from '../lambdas/adapters/stores.ts'
import type { Table } from '../lambdas/adapters/table.ts'
import { exchanges } from '../lambdas/exchanges/index.ts'
import { readStatement } from '../lambdas/statements/read-statement.ts'
import type { StatementFile } from '../lambdas/statements/statement-file.ts'
import { placeOf } from '../lambdas/use-cases/add-statement-file.ts'
import { knownCoverage } from '../lambdas/use-cases/known-coverage.ts'
import type { Surroundings } from './import/run-import.ts'
import { openLastRead } from './last-read.ts'
import { statementObjects, statementsDirectory } from './statement-objects.ts'
import { takenFromTheDead } from './taken-from-the-dead.ts'

export type StatementHome = ReturnType<typeof statementHome>

/** All that bringing statement files in needs on this computer, for a command that has the store to itself. */
export function statementHome(table: Table, { env, clock }: Pick<Surroundings, 'env' | 'clock'>) {
  const stores = { ...openStores(table), ...openFileStores(table) }
  const objects = statementObjects(statementsDirectory(env.DATA_DIR || '.data'))
  return {
    ...stores,
    lease: takenFromTheDead(stores.lease),
    coverage: { load: (owner: Parameters<typeof knownCoverage>[1]) => knownCoverage(stores, owner) },
    exchanges,
    clock,
    hash,
    newId: randomUUID,
    digestOf,
    readStatement,
    lastRead: openLastRead(),
    statementObjects: objects,

    /** As if it had never come. */
    async forget(file: StatementFile): Promise<void> {
      await objects.removeAll(placeOf(file))
      await stores.statementFiles.remove({ user: file.user, connection: file.connection }, file.id)
    },
  }
}
