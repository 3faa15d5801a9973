import { S3Client } from '@aws-sdk/client-s3'
import { objectStore } from './objects.ts'
import { inBackground } from './patience.ts'

/** The bucket of finished exports. Parts of a file may take longer than other calls. */
export function cloudObjects(bucket: string) {
  const requestHandler = { ...inBackground.requestHandler, requestTimeout: 60_000 }
  return objectStore(new S3Client({ ...inBackground, requestHandler }), { bucket })
}
