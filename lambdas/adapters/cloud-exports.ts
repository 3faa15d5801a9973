import { SQSClient } from '@aws-sdk/client-sqs'
import { maxAttempts, timeouts } from './cloud.ts'
import { objectLinks } from './object-links.ts'
import { openQueue } from './queue.ts'

/** What is sent to whoever writes exports. */
export type ExportMessage = { readonly user: string; readonly id: string }

/** The queue of exports at this address, and the links to what was written to this bucket. */
export function cloudExports({ queueUrl, bucket }: { queueUrl: string; bucket: string }) {
  const client = new SQSClient({ maxAttempts, requestHandler: timeouts })
  return {
    ...openQueue<ExportMessage>(client, queueUrl),
    ...objectLinks(client.config, { bucket, endpoint: process.env.AWS_ENDPOINT_URL_S3 }),
  }
}
