import { randomUUID } from 'node:crypto'
import { cloudStores, cloudVault } from '../adapters/cloud.ts'
import { inBackground } from '../adapters/patience.ts'
import { placeOfRef, secretRefs } from '../adapters/side-by-side.ts'
import { openTelemetry } from '../adapters/telemetry.ts'
import { type Moved, moveCredentials } from '../use-cases/move-credentials.ts'
import { moverEnvironment, moveSchema } from './env.ts'
import { type Invocation, timeIsUp } from './invocation.ts'

const env = moverEnvironment.parse(process.env)
const stores = cloudStores(env.TABLE_NAME, inBackground)
const vault = cloudVault(
  { prefix: env.SECRET_PREFIX, envelopes: env.ENVELOPE_TABLE, kmsKeyId: env.SECRET_KEY_ARN },
  inBackground,
)
const telemetry = openTelemetry()

/** Invoked by hand, with `{"to":"envelopes"}` or `{"to":"secrets-manager"}`, until nothing is left. */
export async function handler(event: unknown, invocation: Invocation): Promise<Moved> {
  const { to } = moveSchema.parse(event)
  return telemetry.invocation(invocation.awsRequestId, {}, async (here) => {
    const done = await moveCredentials(
      {
        ...stores,
        vault,
        clock: Date.now,
        newSecretRef: () => secretRefs[to](randomUUID()),
        isThere: (ref) => placeOfRef(ref) === to,
      },
      timeIsUp(invocation),
    )
    here.log('info', 'moved', { ...done })
    return done
  })
}
