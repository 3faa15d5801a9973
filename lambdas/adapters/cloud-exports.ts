import { SQSClient } from '@aws-sdk/client-sqs'
import type { ExportMessage } from '../domain/export-message.ts'
import { objectLinks } from './object-links.ts'
import type { Patience } from './patience.ts'
import { openQueue } from './queue.ts'

/** The queue of exports at this address. */
export function cloudExportQueue(url: string, patience: Patience) {
  return openQueue<ExportMessage>(new SQSClient(patience), url)
}

/** The queue of exports at this address, and the links to what was written to this bucket. */
export function cloudExports({ queueUrl, bucket }: { queueUrl: string; bucket: string }, patience: Patience) {
  const client = new SQSClient(patience)
  return {
    ...openQueue<ExportMessage>(client, queueUrl),
    ...objectLinks(client.config, { bucket, endpoint: process.env.AWS_ENDPOINT_URL_S3 }),
  }
}
