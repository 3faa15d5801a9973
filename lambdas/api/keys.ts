import { randomUUID } from 'node:crypto'
import { cloudQueue, cloudStores, cloudVault, sleep } from '../adapters/cloud.ts'
import { hash, newRunId } from '../adapters/identity.ts'
import { openTelemetry } from '../adapters/telemetry.ts'
import { openExchangeClient } from '../exchanges/ccxt-client.ts'
import { hostsOf } from '../exchanges/hosts.ts'
import { exchanges } from '../exchanges/index.ts'
import { keyChecker } from '../use-cases/check-key.ts'
import { enqueueSync } from '../use-cases/enqueue-sync.ts'
import { stopSync } from '../use-cases/stop-sync.ts'
import { keysEnvironment } from './env.ts'
import { gatewayHandler } from './http.ts'
import type { KeyPorts } from './route.ts'
import { historyRoutes, keyRoutes } from './routes.ts'

const env = keysEnvironment.parse(process.env)
const stores = cloudStores(env.TABLE_NAME)
const queue = cloudQueue(env.QUEUE_URL)
const telemetry = openTelemetry()
const clock = Date.now

const ports: KeyPorts = {
  ...stores,
  exchanges,
  clock,
  hash,
  newId: randomUUID,
  newRunId,
  vault: cloudVault({ prefix: env.SECRET_PREFIX, kmsKeyId: env.SECRET_KEY_ARN }),
  enqueue: (connection, run) => enqueueSync({ ...stores, queue, clock }, connection, run),
  stopSync: (connection) => stopSync({ ...stores, clock }, connection),
  checkKey: keyChecker({
    ...stores,
    clock,
    openClient: (exchange, credentials, deadline, onCoolDown) =>
      openExchangeClient(exchange, credentials, {
        hosts: hostsOf(process.env, exchange),
        clock,
        sleep,
        random: Math.random,
        deadline,
        onCoolDown,
      }),
  }),
}

/** Serves the routes that take a key. */
export const handler = gatewayHandler(telemetry, {
  routes: keyRoutes,
  elsewhere: historyRoutes,
  ports,
  onAnswer: ({ status }) => telemetry.measure(status < 300 ? 'Connected' : 'ConnectRefused', 1),
})
