import { cloudStores } from '../adapters/cloud.ts'
import { cloudObjects } from '../adapters/cloud-objects.ts'
import { openDigest } from '../adapters/identity.ts'
import { inBackground } from '../adapters/patience.ts'
import { openTelemetry } from '../adapters/telemetry.ts'
import { exportMessageSchema } from '../domain/export-message.ts'
import { exchanges } from '../exchanges/index.ts'
import { formats } from '../formats/index.ts'
import { defaultAccounts } from '../formats/journal-accounts.ts'
import type { Invocation } from '../sync/invocation.ts'
import { eachRecord, type Failures } from '../sync/records.ts'
import { type ExportHistoryPorts, exportHistory, failExport } from '../use-cases/export-history.ts'
import { exporterEnvironment } from './env.ts'

const env = exporterEnvironment.parse(process.env)
const telemetry = openTelemetry()

const ports: ExportHistoryPorts = {
  ...cloudStores(env.TABLE_NAME, inBackground),
  clock: Date.now,
  openDigest,
  exchanges,
  formats,
  accountNames: defaultAccounts,
  objects: cloudObjects(env.EXPORT_BUCKET),
}

/** Writes the export that each message asks for. */
export async function handler(event: unknown, invocation: Invocation): Promise<Failures> {
  return eachRecord(
    telemetry,
    exportMessageSchema,
    event,
    invocation,
    async ({ user, id }, deliveries, here) => {
      const begun = ports.clock()
      try {
        const done = await exportHistory(ports, user, id)
        const { transactions: rows = 0, bytes, request } = done ?? {}
        const duration = ports.clock() - begun
        here.log('info', 'exported', { export: id, format: request?.format, rows, bytes, duration })
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
