import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { cloudQueue, cloudStores, cloudVault, sleep } from '../adapters/cloud.ts'
import { openTelemetry, type Telemetry } from '../adapters/telemetry.ts'
import { syncMessageSchema } from '../domain/sync-message.ts'
import { hour } from '../domain/window.ts'
import { openExchangeClient } from '../exchanges/ccxt-client.ts'
import { hostsOf } from '../exchanges/hosts.ts'
import { exchanges } from '../exchanges/index.ts'
import { type ContinueSyncPorts, continueSync } from '../use-cases/continue-sync.ts'
import { workerEnvironment } from './env.ts'
import { type Invocation, timeIsUp } from './invocation.ts'
import { rememberedCatalogue } from './remembered-catalogue.ts'
import { reportBegin, reportCoolDown, reportEnd } from './report.ts'

const env = workerEnvironment.parse(process.env)
const stores = cloudStores(env.TABLE_NAME)
const telemetry = openTelemetry()
const catalogue = rememberedCatalogue(stores.catalogue, Date.now)

/** What SQS hands over, as far as it matters here. */
const recordSchema = z.object({
  messageId: z.string(),
  body: z.string(),
  attributes: z.object({ ApproximateReceiveCount: z.string().regex(/^\d+$/).transform(Number) }),
})
const eventSchema = z.object({ Records: z.array(recordSchema) })

type Failures = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] }

function portsFor(here: Telemetry): ContinueSyncPorts {
  return {
    ...stores,
    catalogue,
    exchanges,
    clock: Date.now,
    sleep,
    random: Math.random,
    vault: cloudVault({ prefix: env.SECRET_PREFIX }),
    queue: cloudQueue(env.QUEUE_URL),
    // A daily job keeps the catalogue: only the very first syncs of a deployment may have to ask for it.
    marketsMaxAge: Number.POSITIVE_INFINITY,
    night: { begins: env.NIGHT_BEGINS * hour, lasts: env.NIGHT_HOURS * hour },
    newHolder: randomUUID,
    openClient: (exchange, credentials, onCoolDown) =>
      openExchangeClient(exchange, credentials, {
        hosts: hostsOf(process.env, exchange),
        clock: Date.now,
        sleep,
        random: Math.random,
        onCoolDown,
      }),
    onBegin: (connection, lag) => reportBegin(here, connection, lag),
    onEnd: (report) => reportEnd(here, report),
    onCoolDown: (exchange, until) => reportCoolDown(here, exchange, until),
  }
}

/** Syncs what each message asks for. Messages that could not be dealt with are delivered again. */
export async function handler(event: unknown, invocation: Invocation): Promise<Failures> {
  const failed: { itemIdentifier: string }[] = []
  const outOfTime = timeIsUp(invocation)
  for (const record of eventSchema.parse(event).Records) {
    try {
      await work(record, invocation.awsRequestId, outOfTime)
    } catch {
      failed.push({ itemIdentifier: record.messageId })
    }
  }
  return { batchItemFailures: failed }
}

async function work(
  { messageId, body, attributes }: z.output<typeof recordSchema>,
  requestId: string,
  outOfTime: AbortSignal,
): Promise<void> {
  const deliveries = attributes.ApproximateReceiveCount
  await telemetry.invocation(requestId, { 'message-id': messageId, deliveries }, async (here) => {
    const message = syncMessageSchema.parse(JSON.parse(body))
    const { connection, run, hop, stalls } = message
    const outcome = await continueSync(portsFor(here), message, {
      outOfTime,
      lastDelivery: deliveries >= env.MAX_DELIVERIES,
    })
    here.log('info', 'message', { connection, run, hop, stalls, outcome })
  })
}
