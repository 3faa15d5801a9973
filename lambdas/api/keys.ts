import { randomUUID } from 'node:crypto'
import { cloudQueues, cloudStores, cloudVault, sleep } from '../adapters/cloud.ts'
import { hash, newRunId } from '../adapters/identity.ts'
import { whileSomebodyWaits } from '../adapters/patience.ts'
import { secretRefs } from '../adapters/side-by-side.ts'
import { openTelemetry } from '../adapters/telemetry.ts'
import { firstCell } from '../domain/cell.ts'
import { openExchangeClient } from '../exchanges/ccxt-client.ts'
import { hostsOf } from '../exchanges/hosts.ts'
import { exchanges } from '../exchanges/index.ts'
import { keyChecker } from '../use-cases/check-key.ts'
import { joinCell } from '../use-cases/choose-cell.ts'
import { enqueueSync } from '../use-cases/enqueue-sync.ts'
import { stopSync } from '../use-cases/stop-sync.ts'
import { keysEnvironment } from './env.ts'
import { gatewayHandler } from './http.ts'
import { importRoutes } from './import-routes.ts'
import { keyOutcome } from './key-outcome.ts'
import type { KeyPorts } from './route.ts'
import { historyRoutes, keyRoutes } from './routes.ts'

const env = keysEnvironment.parse(process.env)
/** Keys are tried from the first, whichever their connection will belong to. */
const here = env.CELLS === 1 ? undefined : firstCell
const stores = cloudStores(env.TABLE_NAME, whileSomebodyWaits, here)
const queue = cloudQueues(env.QUEUE_URL, whileSomebodyWaits)
const telemetry = openTelemetry()
const clock = Date.now

const ports: KeyPorts = {
  ...stores,
  exchanges,
  clock,
  hash,
  newId: randomUUID,
  newRunId,
  newSecretRef: () => secretRefs[env.ENVELOPE_TABLE === '' ? 'secrets-manager' : 'envelopes'](randomUUID()),
  vault: cloudVault(
    { prefix: env.SECRET_PREFIX, envelopes: env.ENVELOPE_TABLE, kmsKeyId: env.SECRET_KEY_ARN },
    whileSomebodyWaits,
  ),
  ...(env.CELLS > 1 && {
    joinCell: (user, exchange) => joinCell({ ...stores, cellCount: env.CELLS }, user, exchange),
  }),
  enqueue: (connection, run) => enqueueSync({ ...stores, queue, clock }, connection, run),
  stopSync: (connection) => stopSync({ ...stores, clock }, connection),
  checkKey: keyChecker({
    ...stores,
    clock,
    timeIsUp: AbortSignal.timeout,
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
  elsewhere: [...historyRoutes, ...importRoutes],
  ports,
  onAnswer: (answer) => {
    const outcome = keyOutcome(answer)
    if (outcome !== undefined) telemetry.measure(outcome, 1)
  },
})
