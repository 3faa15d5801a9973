import { S3Client } from '@aws-sdk/client-s3'
import { objectStore } from './objects.ts'
import { inBackground } from './patience.ts'
import { uploads } from './uploads.ts'

/** The bucket of exports. Parts of a file may take longer than other calls. */
export function cloudObjects(bucket: string) {
  const requestHandler = { ...inBackground.requestHandler, requestTimeout: 60_000 }
  const client = new S3Client({ ...inBackground, requestHandler })
  return { ...objectStore(client, { bucket }), ...uploads(client, { bucket }) }
}
