import { randomUUID } from 'node:crypto'
import { cloudQueues, cloudStores, cloudVault } from '../adapters/cloud.ts'
import { cloudExports } from '../adapters/cloud-exports.ts'
import { hash, newRunId } from '../adapters/identity.ts'
import { whileSomebodyWaits } from '../adapters/patience.ts'
import { openTelemetry } from '../adapters/telemetry.ts'
import { addressesOf, firstCell } from '../domain/cell.ts'
import { exportMessage } from '../domain/export-message.ts'
import { minute } from '../domain/window.ts'
import { exchanges } from '../exchanges/index.ts'
import { formats } from '../formats/index.ts'
import { placeOfConnection } from '../use-cases/add-statement-file.ts'
import { chooseCell } from '../use-cases/choose-cell.ts'
import { enqueueSync } from '../use-cases/enqueue-sync.ts'
import { objectKey } from '../use-cases/export-history.ts'
import { knownCoverage } from '../use-cases/known-coverage.ts'
import { stopSync } from '../use-cases/stop-sync.ts'
import { historyEnvironment } from './env.ts'
import { gatewayHandler } from './http.ts'
import { importRoutes } from './import-routes.ts'
import type { HistoryPorts } from './route.ts'
import { historyRoutes, keyRoutes } from './routes.ts'

const env = historyEnvironment.parse(process.env)
const stores = cloudStores(env.TABLE_NAME, whileSomebodyWaits)
const queue = cloudQueues(env.QUEUE_URL, whileSomebodyWaits)
const exporting = cloudExports(
  { queueUrl: env.EXPORT_QUEUE_URL, bucket: env.EXPORT_BUCKET },
  whileSomebodyWaits,
)
const clock = Date.now

/** Long enough to click, too short to pass on. Milliseconds. */
const linkTime = 15 * minute

const ports: HistoryPorts = {
  ...stores,
  coverage: { load: (owner) => knownCoverage(stores, owner) },
  exchanges,
  clock,
  newId: randomUUID,
  newRunId,
  // Where all calls leave from one cell, there is nothing to choose.
  addresses: async (user, exchange) =>
    addressesOf(
      env.ADDRESSES,
      env.ADDRESSES.length === 1
        ? firstCell
        : await chooseCell({ ...stores, cellCount: env.ADDRESSES.length }, user, exchange),
    ),
  syncCoolDown: env.SYNC_COOL_DOWN_SECONDS * 1_000,
  vault: cloudVault({ prefix: env.SECRET_PREFIX, envelopes: env.ENVELOPE_TABLE }, whileSomebodyWaits),
  enqueue: (connection, run) => enqueueSync({ ...stores, queue, clock }, connection, run),
  formats,
  hash,
  enqueueExport: ({ user, id }) => exporting.send(exportMessage(user, id)),
  download: async (finished, role) => ({
    url: await exporting.link(objectKey(finished, role), linkTime / 1_000),
    until: clock() + linkTime,
  }),
  stopSync: (connection) => stopSync({ ...stores, clock }, connection),
  // The bucket's rule removes every file after a week.
  forgetExports: async () => undefined,
  // Loaded when it is asked for: who deletes a history is rare, and the client of S3 is large.
  forgetFiles: async (owner) => {
    const { cloudStatements } = await import('../adapters/cloud-statements.ts')
    const statements = cloudStatements(env.STATEMENT_BUCKET, whileSomebodyWaits)
    await statements.removeAll(placeOfConnection(owner))
  },
}

/** Serves every route that needs no exchange. */
export const handler = gatewayHandler(openTelemetry(), {
  routes: historyRoutes,
  elsewhere: [...keyRoutes, ...importRoutes],
  ports,
})
