import { DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { sleep } from './cloud.ts'
import { objectLinks } from './object-links.ts'
import { readObject } from './objects.ts'
import type { Patience } from './patience.ts'
import { openFileStores } from './statement-files.ts'
import { openTable } from './table.ts'

/** What is kept of statement files in the table of this name. */
export function cloudFileStores(tableName: string, patience: Patience) {
  return openFileStores(openTable(patience, tableName, { random: Math.random, sleep }))
}

/** What statement files hold, in a bucket of its own: nothing in it goes by itself. */
export function cloudStatements(bucket: string, patience: Patience) {
  const client = new S3Client(patience)
  return {
    ...statementBucket(client, bucket),
    ...objectLinks(client.config, { bucket, endpoint: process.env.AWS_ENDPOINT_URL_S3 }),
  }
}

/** Bytes under a name, whole or not at all. */
export function statementBucket(client: S3Client, bucket: string) {
  return {
    async write(key: string, bytes: Uint8Array): Promise<void> {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }))
    },

    read: (key: string) => readObject(client, bucket, key),

    /** Everything whose key begins so. */
    async removeAll(prefix: string): Promise<void> {
      for (;;) {
        const { Contents = [] } = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
        )
        const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]))
        if (Objects.length === 0) return
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
        )
        if (Errors.length > 0)
          throw new Error(`S3 did not delete ${Errors.length} of ${Objects.length} objects.`)
      }
    },
  }
}
