import { cloudStores, cloudVault } from '../adapters/cloud.ts'
import { cloudStatements } from '../adapters/cloud-statements.ts'
import { inBackground } from '../adapters/patience.ts'
import { openTelemetry } from '../adapters/telemetry.ts'
import { placeOfConnection } from '../use-cases/add-statement-file.ts'
import { sweep } from '../use-cases/sweep.ts'
import { sweeperEnvironment } from './env.ts'
import type { Invocation } from './invocation.ts'

const env = sweeperEnvironment.parse(process.env)
const stores = cloudStores(env.TABLE_NAME, inBackground)
const vault = cloudVault({ prefix: env.SECRET_PREFIX, envelopes: env.ENVELOPE_TABLE }, inBackground)
const statements = cloudStatements(env.STATEMENT_BUCKET, inBackground)
const telemetry = openTelemetry()

/** Finishes what was begun and cut short. */
export async function handler(_event: unknown, invocation: Invocation): Promise<void> {
  await telemetry.invocation(invocation.awsRequestId, {}, async (here) => {
    const { secrets, histories, oldest } = await sweep({
      ...stores,
      vault,
      forgetFiles: (owner) => statements.removeAll(placeOfConnection(owner)),
      clock: Date.now,
    })
    here.log('info', 'swept', { removed: secrets + histories })
    here.measure('OrphansRemoved', secrets)
    here.measure('OldestIntent', oldest / 1_000)
  })
}
