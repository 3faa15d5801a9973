import { z } from 'zod'
import type { openTelemetry, Telemetry } from '../adapters/telemetry.ts'
import type { Invocation } from './invocation.ts'

/** What SQS hands over, as far as it matters here. */
const recordSchema = z.object({
  messageId: z.string(),
  body: z.string(),
  attributes: z.object({ ApproximateReceiveCount: z.string().regex(/^\d+$/).transform(Number) }),
})
const eventSchema = z.object({ Records: z.array(recordSchema) })

export type Failures = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] }

/**
 * Does one record after the other. Those that could not be dealt with are named, so that the queue delivers them again,
 * and after some deliveries puts them aside. `deliveries` counts this one.
 */
export async function eachRecord<Message>(
  telemetry: ReturnType<typeof openTelemetry>,
  schema: z.ZodType<Message>,
  event: unknown,
  invocation: Invocation,
  work: (message: Message, deliveries: number, here: Telemetry) => Promise<void>,
): Promise<Failures> {
  const failed: { itemIdentifier: string }[] = []
  for (const { messageId, body, attributes } of eventSchema.parse(event).Records) {
    const deliveries = attributes.ApproximateReceiveCount
    const fields = { 'message-id': messageId, deliveries }
    try {
      await telemetry.invocation(invocation.awsRequestId, fields, async (here) =>
        work(schema.parse(JSON.parse(body)), deliveries, here),
      )
    } catch {
      failed.push({ itemIdentifier: messageId })
    }
  }
  return { batchItemFailures: failed }
}
