import { Buffer } from 'node:buffer'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import type { FileTime } from '../domain/attested.ts'
import { keptTallySchema } from '../domain/export-tally.ts'
import { toldMoneySchema } from '../domain/futures-money.ts'
import type { KeptExport } from '../domain/kept-export.ts'
import { streamKinds } from '../domain/stream.ts'
import { coverageSchema } from './coverage.ts'
import type { Shape } from './table.ts'
import { transactionSchema } from './transactions.ts'

const transactions = z.array(transactionSchema)

const windows = z.array(z.object({ from: z.number(), to: z.number() }))

const fileTimeSchema: z.ZodType<FileTime> = z.object({
  claims: z.array(
    z.object({
      stream: z.enum(streamKinds),
      by: z.enum(['owner', 'balance']),
      windows,
      withdrawn: z
        .discriminatedUnion('why', [
          z.object({ why: z.literal(['refuted', 'disproved']), at: z.number() }),
          z.object({ why: z.literal('round'), count: z.number() }),
        ])
        .optional(),
    }),
  ),
  ledger: z.array(toldMoneySchema),
  streams: z.array(z.enum(streamKinds)),
  oldest: z.number().optional(),
})

const keptSchema: z.ZodType<KeptExport> = z.object({
  code: z.string(),
  histories: z.array(
    z.object({
      connection: z.string(),
      coverage: z.array(coverageSchema),
      borders: z.array(z.object({ fills: transactions, rows: transactions })),
      lone: z.array(
        z.object({
          stream: z.enum(streamKinds),
          time: z.number(),
          identity: z.string(),
          mayBeTwice: z.literal(true).optional(),
        }),
      ),
      files: fileTimeSchema.optional(),
    }),
  ),
  place: z
    .object({
      time: z.number(),
      identity: z.string(),
      connection: z.string(),
      stream: z.enum(streamKinds),
    })
    .optional(),
  tally: keptTallySchema,
  bytes: z.number(),
  digest: z.string(),
  writer: z.unknown(),
  upload: z.unknown(),
} satisfies Shape<KeptExport>)

type Objects = {
  write(key: string, body: AsyncIterable<Uint8Array>, options: typeof named): Promise<void>
  /** Undefined when there is no such object. */
  read(key: string): Promise<Uint8Array | undefined>
}

const named = { contentType: 'application/gzip', downloadName: 'kept.json.gz' } as const
const [pack, unpack] = [promisify(gzip), promisify(gunzip)]

/** How far exports have come, as objects beside them: a footer that grows and a part that waits are no items of a table. */
export function keptExports({ write, read }: Objects) {
  return {
    async save(key: string, kept: KeptExport): Promise<void> {
      const packed = await pack(JSON.stringify(kept), { level: 1 })
      await write(key, once(packed), named)
    },

    /** Undefined when there is none. */
    async load(key: string): Promise<KeptExport | undefined> {
      const packed = await read(key)
      if (packed === undefined) return undefined
      return keptSchema.parse(JSON.parse((await unpack(Buffer.from(packed))).toString('utf8')))
    },
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}
