import { S3Client } from '@aws-sdk/client-s3'
import { maxAttempts, timeouts } from './cloud.ts'
import { objectStore } from './objects.ts'

/** The bucket of finished exports. Parts of a file may take longer than other calls. */
export function cloudObjects(bucket: string) {
  const requestHandler = { ...timeouts, requestTimeout: 60_000 }
  return objectStore(new S3Client({ maxAttempts, requestHandler }), { bucket })
}
