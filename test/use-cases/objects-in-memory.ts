import { z } from 'zod'
import { DraftGoneError } from '../../lambdas/domain/draft-gone.ts'

type Options = { readonly contentType: string; readonly downloadName: string }
type Stored = {
  readonly bytes: Buffer
  readonly text: string
  readonly name: string
  readonly contentType: string
}

const keptSchema = z.object({ upload: z.number(), length: z.number() })

/** A bucket: finished objects, and uploads that are gone on with from where somebody kept them. */
export function objectsInMemory() {
  const files = new Map<string, Stored>()
  const uploads = new Map<number, Buffer>()
  const store = (key: string, bytes: Buffer, { contentType, downloadName }: Options) => {
    files.set(key, { bytes, text: bytes.toString(), name: downloadName, contentType })
  }

  return {
    files,
    uploads,
    objects: {
      async write(key: string, body: AsyncIterable<Uint8Array>, options: Options): Promise<void> {
        const pieces: Uint8Array[] = []
        for await (const piece of body) pieces.push(piece)
        store(key, Buffer.concat(pieces), options)
      },

      async read(key: string): Promise<Uint8Array | undefined> {
        return files.get(key)?.bytes
      },

      async upload(key: string, options: Options, kept?: unknown) {
        const known = keptSchema.optional().parse(kept)
        const upload = known?.upload ?? uploads.size + 1
        const begun = known === undefined ? Buffer.alloc(0) : uploads.get(upload)
        if (begun === undefined) throw new DraftGoneError()
        uploads.set(upload, begun.subarray(0, known?.length))
        const written = () => uploads.get(upload) ?? Buffer.alloc(0)
        return {
          append: async (bytes: Uint8Array) => {
            uploads.set(upload, Buffer.concat([written(), bytes]))
          },
          keep: async () => ({ upload, length: written().length }),
          finish: async () => store(key, written(), options),
          abandon: async () => {
            uploads.delete(upload)
          },
        }
      },
    },
  }
}
