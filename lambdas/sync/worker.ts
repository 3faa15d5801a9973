import { randomUUID } from 'node:crypto'
import { cloudAllowances, cloudQueues, cloudStores, cloudVault, sleep } from '../adapters/cloud.ts'
import { newRunId } from '../adapters/identity.ts'
import { inBackground } from '../adapters/patience.ts'
import { openTelemetry, type Telemetry } from '../adapters/telemetry.ts'
import { syncMessageSchema } from '../domain/sync-message.ts'
import { hour } from '../domain/window.ts'
import { openExchangeClient } from '../exchanges/ccxt-client.ts'
import { hostsOf } from '../exchanges/hosts.ts'
import { exchanges } from '../exchanges/index.ts'
import { openSharedPools } from '../exchanges/shared-pools.ts'
import { type ContinueSyncPorts, continueSync } from '../use-cases/continue-sync.ts'
import { reopenSync } from '../use-cases/reopen-sync.ts'
import { workerEnvironment } from './env.ts'
import { type Invocation, timeIsUp } from './invocation.ts'
import { eachRecord, type Failures } from './records.ts'
import { rememberedCatalogue } from './remembered-catalogue.ts'
import { reportBegin, reportCoolDown, reportEnd } from './report.ts'

const env = workerEnvironment.parse(process.env)
const stores = cloudStores(env.TABLE_NAME, inBackground, env.CELL)
const telemetry = openTelemetry()
const clock = Date.now
const addressPools = openSharedPools({
  clock,
  sleep,
  reserve: cloudAllowances(env.TABLE_NAME, inBackground, env.CELL).reserve,
})

const ports: Omit<ContinueSyncPorts, 'onBegin' | 'onEnd' | 'onCoolDown'> = {
  ...stores,
  catalogue: rememberedCatalogue(stores.catalogue, clock),
  exchanges,
  clock,
  sleep,
  random: Math.random,
  vault: cloudVault({ prefix: env.SECRET_PREFIX, envelopes: env.ENVELOPE_TABLE }, inBackground),
  queue: cloudQueues(env.QUEUE_URL, inBackground),
  // A daily job keeps the catalogue: only the very first syncs of a deployment may have to ask for it.
  marketsMaxAge: Number.POSITIVE_INFINITY,
  night: { begins: env.NIGHT_BEGINS * hour, lasts: env.NIGHT_HOURS * hour },
  newHolder: randomUUID,
  // Loaded for connections that have files: few have, and the client of S3 is large.
  mergeFiles: async (connection, goOn) => {
    const { openMerging } = await import('./merge-again.ts')
    return openMerging(env, stores)(connection, goOn)
  },
  ...(env.CELL !== undefined && { cell: env.CELL }),
  openClient: (exchange, credentials, onCoolDown) =>
    openExchangeClient(exchange, credentials, {
      hosts: hostsOf(process.env, exchange),
      clock,
      sleep,
      random: Math.random,
      addressPools,
      onCoolDown,
    }),
}

/** What an operator wants to know of a run, told as it happens. */
function reports(here: Telemetry): Pick<ContinueSyncPorts, 'onBegin' | 'onEnd' | 'onCoolDown'> {
  return {
    onBegin: (connection, lag) => reportBegin(here, connection, lag),
    onEnd: (report) => reportEnd(here, report),
    onCoolDown: (exchange, until) => reportCoolDown(here, exchange, until),
  }
}

/** Syncs what each message asks for, until the time is up. */
export async function handler(event: unknown, invocation: Invocation): Promise<Failures> {
  const outOfTime = timeIsUp(invocation)
  return eachRecord(telemetry, syncMessageSchema, event, invocation, async (message, deliveries, here) => {
    const { connection, run, hop, stalls } = message
    const lastDelivery = deliveries >= env.MAX_DELIVERIES
    const continued = await continueSync({ ...ports, ...reports(here) }, message, { outOfTime, lastDelivery })
    const outcome =
      continued === 'given-up'
        ? await reopenSync({ ...ports, connections: stores.connections, newRunId }, message)
        : continued
    here.log('info', 'message', { connection, run, hop, stalls, outcome })
  })
}
