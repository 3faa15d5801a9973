import { readFileSync } from 'node:fs'
import { cloudStores } from '../adapters/cloud.ts'
import { cloudExportQueue } from '../adapters/cloud-exports.ts'
import { cloudObjects } from '../adapters/cloud-objects.ts'
import { hash, openDigest } from '../adapters/identity.ts'
import { keptExports } from '../adapters/kept-exports.ts'
import { inBackground } from '../adapters/patience.ts'
import { openTelemetry } from '../adapters/telemetry.ts'
import { exportMessage, exportMessageSchema } from '../domain/export-message.ts'
import { exchanges } from '../exchanges/index.ts'
import { formats } from '../formats/index.ts'
import { defaultAccounts } from '../formats/journal-accounts.ts'
import { type Invocation, timeIsUp } from '../sync/invocation.ts'
import { eachRecord, type Failures } from '../sync/records.ts'
import { type ExportHistoryPorts, exportHistory, failExport } from '../use-cases/export-history.ts'
import { verifiedCoverage } from '../use-cases/known-coverage.ts'
import { exporterEnvironment } from './env.ts'

const env = exporterEnvironment.parse(process.env)
const telemetry = openTelemetry()

const objects = cloudObjects(env.EXPORT_BUCKET)
const queue = cloudExportQueue(env.EXPORT_QUEUE_URL, inBackground)

const stores = cloudStores(env.TABLE_NAME, inBackground)

const ports: ExportHistoryPorts = {
  ...stores,
  coverage: { load: (owner) => verifiedCoverage(stores, owner) },
  clock: Date.now,
  openDigest,
  exchanges,
  formats,
  accountNames: defaultAccounts,
  objects,
  kept: keptExports(objects),
  enqueueExport: ({ user, id }) => queue.send(exportMessage(user, id)),
  // All of the code is in this one file once it is deployed.
  code: hash(readFileSync(new URL(import.meta.url), 'utf8')),
}

/** Writes the export that each message asks for, until the time is up: the rest is for the next message. */
export async function handler(event: unknown, invocation: Invocation): Promise<Failures> {
  const outOfTime = timeIsUp(invocation)
  return eachRecord(
    telemetry,
    exportMessageSchema,
    event,
    invocation,
    async ({ user, id }, deliveries, here) => {
      const begun = ports.clock()
      try {
        const done = await exportHistory(ports, user, id, outOfTime)
        const { bytes, request, state, leg } = done ?? {}
        const rows = done?.rows?.lookedAt ?? 0
        const duration = ports.clock() - begun
        const figures = { export: id, format: request?.format, leg, rows, bytes, duration }
        here.log('info', state === 'waiting' ? 'exported-in-part' : 'exported', figures)
        if (state === 'waiting') return
        here.measure('ExportsDone', 1)
        here.measure('ExportRows', rows)
      } catch (error) {
        if (deliveries >= env.MAX_DELIVERIES) {
          here.measure('ExportsFailed', 1)
          await failExport(ports, user, id)
        }
        throw error
      }
    },
  )
}
