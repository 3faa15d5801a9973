import { Buffer } from 'node:buffer'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { z } from 'zod'
import { DraftGoneError } from '../domain/draft-gone.ts'

export type WriteOptions = {
  readonly contentType: string
  /** What a browser calls the saved file. Without it, the end of the address. */
  readonly downloadName?: string
}

const megabyte = 1024 * 1024
/** S3 takes no smaller parts but the last. */
const smallest = 5 * megabyte
/** Of at most 10,000: so a file may have 160 GB. What waits for its part is all that an upload holds in memory. */
const usual = 16 * megabyte

const keptSchema = z.object({
  uploadId: z.string().optional(),
  /** The tags of the parts that S3 has, in their order. */
  parts: z.array(z.string()),
  /** The bytes behind them, in base64. */
  pending: z.string(),
})

/**
 * Objects that may be written in several goes, of several processes: the parts lie with S3 until the upload is finished, and the
 * object appears whole or not at all. `partSize` in bytes.
 */
export function uploads(
  client: S3Client,
  { bucket, partSize = usual }: { bucket: string; partSize?: number },
) {
  return {
    /** `kept`: what an upload of this key told. Throws `DraftGoneError`, at any call, where S3 no longer has those parts. */
    async upload(key: string, { contentType, downloadName }: WriteOptions, kept?: unknown) {
      const object = { Bucket: bucket, Key: key }
      const named = { ...object, ContentType: contentType, ContentDisposition: disposition(downloadName) }
      const known = keptSchema.optional().parse(kept)
      let uploadId = known?.uploadId
      const parts = [...(known?.parts ?? [])]
      let pending = known === undefined ? [] : [Buffer.from(known.pending, 'base64')]
      let waiting = pending.reduce((sum, { length }) => sum + length, 0)

      async function sendPart(): Promise<void> {
        uploadId ??= (await client.send(new CreateMultipartUploadCommand(named))).UploadId
        const { ETag } = await unlessGone(
          client.send(
            new UploadPartCommand({
              ...object,
              UploadId: uploadId,
              PartNumber: parts.length + 1,
              Body: Buffer.concat(pending),
            }),
          ),
        )
        if (ETag === undefined) throw new Error('S3 took a part and did not say how it is tagged.')
        parts.push(ETag)
        pending = []
        waiting = 0
      }

      return {
        async append(bytes: Uint8Array): Promise<void> {
          pending.push(Buffer.from(bytes))
          waiting += bytes.length
          if (waiting >= partSize) await sendPart()
        },

        /** All that was appended is safe when this resolves, in S3 or in what it tells. */
        async keep(): Promise<z.infer<typeof keptSchema>> {
          if (waiting >= Math.min(smallest, partSize)) await sendPart()
          return { uploadId, parts: [...parts], pending: Buffer.concat(pending).toString('base64') }
        },

        async finish(): Promise<void> {
          if (uploadId === undefined) {
            await client.send(new PutObjectCommand({ ...named, Body: Buffer.concat(pending) }))
            return
          }
          if (waiting > 0) await sendPart()
          await unlessGone(
            client.send(
              new CompleteMultipartUploadCommand({
                ...object,
                UploadId: uploadId,
                // Where another process has sent a part of this number since, S3 refuses: the tags are those of our bytes.
                MultipartUpload: { Parts: parts.map((ETag, index) => ({ ETag, PartNumber: index + 1 })) },
              }),
            ),
          )
        },

        /** Takes its parts away again. Nobody can go on with it any more. */
        async abandon(): Promise<void> {
          if (uploadId === undefined) return
          await client.send(new AbortMultipartUploadCommand({ ...object, UploadId: uploadId }))
        },
      }
    },
  }
}

async function unlessGone<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    const isGone = error instanceof Error && ['NoSuchUpload', 'InvalidPart'].includes(error.name)
    throw isGone ? new DraftGoneError() : error
  }
}

/** RFC 6266: old readers take the plain name, in which only harmless characters are left. */
function disposition(name: string | undefined): string {
  if (name === undefined) return 'attachment'
  const plain = name.replaceAll(/[^\w .()-]/g, '_')
  const exact = encodeURIComponent(name).replaceAll(/['()*]/g, percent)
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
