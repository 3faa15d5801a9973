import { randomUUID } from 'node:crypto'
import { cloudStores } from '../adapters/cloud.ts'
import { cloudFileStores, cloudStatements } from '../adapters/cloud-statements.ts'
import { digestOf, hash } from '../adapters/identity.ts'
import { whileSomebodyWaits } from '../adapters/patience.ts'
import { openTelemetry } from '../adapters/telemetry.ts'
import { minute } from '../domain/window.ts'
import { exchanges } from '../exchanges/index.ts'
import { readStatement } from '../statements/read-statement.ts'
import { contentKey } from '../use-cases/add-statement-file.ts'
import { knownCoverage } from '../use-cases/known-coverage.ts'
import { importsEnvironment } from './env.ts'
import { gatewayHandler } from './http.ts'
import { type ImportPorts, importRoutes } from './import-routes.ts'
import { historyRoutes, keyRoutes } from './routes.ts'

const env = importsEnvironment.parse(process.env)
const statements = cloudStatements(env.STATEMENT_BUCKET, whileSomebodyWaits)
const stores = {
  ...cloudStores(env.TABLE_NAME, whileSomebodyWaits),
  ...cloudFileStores(env.TABLE_NAME, whileSomebodyWaits),
}
const clock = Date.now

/** Long enough to send 32 MB over a slow line. Milliseconds. */
const uploadTime = 30 * minute

const ports: ImportPorts = {
  ...stores,
  statementObjects: statements,
  readStatement,
  newId: randomUUID,
  coverage: { load: (owner) => knownCoverage(stores, owner) },
  exchanges,
  clock,
  hash,
  digestOf,
  uploadTo: async (file) => ({
    ...(await statements.uploadLink(contentKey(file), file, uploadTime / 1_000)),
    until: clock() + uploadTime,
  }),
}

/** Serves the routes of statement files. */
export const handler = gatewayHandler(openTelemetry(), {
  routes: importRoutes,
  elsewhere: [...keyRoutes, ...historyRoutes],
  ports,
})
