import { cloudQueues, cloudStores } from '../adapters/cloud.ts'
import { newRunId } from '../adapters/identity.ts'
import { inBackground } from '../adapters/patience.ts'
import { openTelemetry } from '../adapters/telemetry.ts'
import { exchanges } from '../exchanges/index.ts'
import { planSyncs } from '../use-cases/plan-syncs.ts'
import { plannerEnvironment } from './env.ts'
import { type Invocation, timeIsUp } from './invocation.ts'

const env = plannerEnvironment.parse(process.env)
const stores = cloudStores(env.TABLE_NAME, inBackground)
const queue = cloudQueues(env.QUEUE_URL, inBackground)
const telemetry = openTelemetry()

/** Queues the sync of every connection that is due. */
export async function handler(_event: unknown, invocation: Invocation): Promise<void> {
  await telemetry.invocation(invocation.awsRequestId, {}, async (here) => {
    const { due, sent, refused, mostOverdue, lost } = await planSyncs(
      { ...stores, queue, exchanges, newRunId, clock: Date.now },
      timeIsUp(invocation),
    )
    here.log('info', 'planned', { due, sent })
    // They are due again after a while. A queue that is not there takes none, ever.
    if (refused > 0) here.log('error', 'not-taken', { left: refused })
    here.measure('Due', due)
    here.measure('Sent', sent)
    here.measure('OldestDue', mostOverdue / 1_000)
    if (lost > 0) here.measure('RunsLost', lost)
  })
}
