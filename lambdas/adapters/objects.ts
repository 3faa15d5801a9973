import { Readable } from 'node:stream'
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'

export type WriteOptions = {
  readonly contentType: string
  /** What a browser calls the saved file. Without it, the end of the address. */
  readonly downloadName?: string
}

/** Parts are sent one by one: S3 takes no smaller ones, and two of them is what a write holds in memory. */
const partSize = 5 * 1024 * 1024

/**
 * Finished files in a bucket, such as exports. An object appears whole or not at all, and whoever opens it by a link
 * is offered to save it: nothing is ever shown as a page.
 */
export function objectStore(client: S3Client, { bucket }: { bucket: string }) {
  return {
    /**
     * Stores what `body` yields, over what was there; memory does not grow with its size. When `body` throws, so
     * does this, and what was there before is still there.
     */
    async write(
      key: string,
      body: AsyncIterable<Uint8Array | string>,
      { contentType, downloadName }: WriteOptions,
    ): Promise<void> {
      const upload = new Upload({
        client,
        partSize,
        queueSize: 1,
        params: {
          Bucket: bucket,
          Key: key,
          // Unread, a stream in object mode would fetch sixteen pieces ahead, however large.
          Body: Readable.from(body, { highWaterMark: 1 }),
          ContentType: contentType,
          ContentDisposition: disposition(downloadName),
        },
      })
      await upload.done()
    },

    /** All of it; undefined when there is no such object. */
    async read(key: string): Promise<Uint8Array | undefined> {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
        return await Body?.transformToByteArray()
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined
        throw error
      }
    },

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

/** RFC 6266: old readers take the plain name, in which only harmless characters are left. */
export function disposition(name: string | undefined): string {
  if (name === undefined) return 'attachment'
  const plain = name.replaceAll(/[^\w .()-]/g, '_')
  const exact = encodeURIComponent(name).replaceAll(/['()*]/g, percent)
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
