import { Buffer } from 'node:buffer'
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { uploads, type WriteOptions } from './uploads.ts'

/** Parts are sent one by one: S3 takes no smaller ones, and one of them is what a write holds in memory. */
const partSize = 5 * 1024 * 1024

/** All of it; undefined when there is no such object. Needs `s3:ListBucket`: without it, S3 answers 403 then. */
export async function readObject(
  client: S3Client,
  bucket: string,
  key: string,
): Promise<Uint8Array | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    return await Body?.transformToByteArray()
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined
    throw error
  }
}

/**
 * Finished files in a bucket, such as exports. An object appears whole or not at all, and whoever opens it by a link
 * is offered to save it: nothing is ever shown as a page.
 */
export function objectStore(client: S3Client, { bucket }: { bucket: string }) {
  const { upload: open } = uploads(client, { bucket, partSize })
  return {
    /**
     * Stores what `body` yields, over what was there; memory does not grow with its size. When `body` throws, so
     * does this, and what was there before is still there.
     */
    async write(key: string, body: AsyncIterable<Uint8Array | string>, options: WriteOptions): Promise<void> {
      const upload = await open(key, options)
      try {
        for await (const piece of body) await upload.append(Buffer.from(piece))
        await upload.finish()
      } catch (error) {
        await upload.abandon().catch(() => undefined)
        throw error
      }
    },

    read: (key: string) => readObject(client, bucket, key),

    /** Bytes; undefined when there is no such object. Needs `s3:ListBucket`: without it, S3 answers 403 then. */
    async size(key: string): Promise<number | undefined> {
      try {
        const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
        return ContentLength ?? 0
      } catch (error) {
        if (error instanceof Error && error.name === 'NotFound') return undefined
        throw error
      }
    },

    /** Succeeds when there is no such object. */
    async remove(key: string): Promise<void> {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
    },
  }
}
