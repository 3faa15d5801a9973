import type { cloudStores } from '../adapters/cloud.ts'
import { cloudFileStores, cloudStatements } from '../adapters/cloud-statements.ts'
import { inBackground } from '../adapters/patience.ts'
import type { Connection } from '../domain/connection.ts'
import { exchanges } from '../exchanges/index.ts'
import { mergeAfterSync } from '../use-cases/write-merge.ts'
import type { WorkerEnvironment } from './env.ts'

/** What merges the files of a connection again with what a sync has stored of it. */
export function openMerging(
  { TABLE_NAME, STATEMENT_BUCKET }: Pick<WorkerEnvironment, 'TABLE_NAME' | 'STATEMENT_BUCKET'>,
  stores: ReturnType<typeof cloudStores>,
) {
  const ports = {
    ...stores,
    ...cloudFileStores(TABLE_NAME, inBackground),
    statementObjects: cloudStatements(STATEMENT_BUCKET, inBackground),
    exchanges,
  }
  return async (connection: Connection, goOn: () => Promise<void>): Promise<void> => {
    await mergeAfterSync(ports, connection, goOn)
  }
}
