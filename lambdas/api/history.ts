import { randomUUID } from 'node:crypto'
import { cloudQueue, cloudStores, cloudVault } from '../adapters/cloud.ts'
import { newRunId } from '../adapters/identity.ts'
import { openTelemetry } from '../adapters/telemetry.ts'
import { exchanges } from '../exchanges/index.ts'
import { enqueueSync } from '../use-cases/enqueue-sync.ts'
import { stopSync } from '../use-cases/stop-sync.ts'
import { historyEnvironment } from './env.ts'
import { gatewayHandler } from './http.ts'
import type { HistoryPorts } from './route.ts'
import { historyRoutes, keyRoutes } from './routes.ts'

const env = historyEnvironment.parse(process.env)
const stores = cloudStores(env.TABLE_NAME)
const queue = cloudQueue(env.QUEUE_URL)
const clock = Date.now

const ports: HistoryPorts = {
  ...stores,
  exchanges,
  clock,
  newId: randomUUID,
  newRunId,
  addresses: env.ADDRESSES,
  syncCoolDown: env.SYNC_COOL_DOWN_SECONDS * 1_000,
  vault: cloudVault({ prefix: env.SECRET_PREFIX }),
  enqueue: (connection, run) => enqueueSync({ ...stores, queue, clock }, connection, run),
  stopSync: (connection) => stopSync({ ...stores, clock }, connection),
}

/** Serves every route that needs no exchange. */
export const handler = gatewayHandler(openTelemetry(), {
  routes: historyRoutes,
  elsewhere: keyRoutes,
  ports,
})
