import { z } from 'zod'
import type { Coverage, Gap, GapReason, Unverified, UnverifiedReason } from '../domain/coverage.ts'
import { FailureError } from '../domain/failure.ts'
import { streamKinds } from '../domain/stream.ts'
import { type LargeItemKeys, putLargeItem, readLargeItem } from './large-item.ts'
import { readLease } from './lease.ts'
import {
  coverageKey,
  coverageKeys,
  coveragePartKey,
  coveragePartKeys,
  type Owner,
  parseItem,
  queryAll,
  type Shape,
  type Table,
  type Words,
} from './table.ts'

const window = { from: z.number(), to: z.number() }

export const gapSchema: z.ZodType<Gap> = z.object({
  ...window,
  reason: z.enum({
    expired: 'expired',
    saturated: 'saturated',
    failed: 'failed',
    unreadable: 'unreadable',
  } satisfies Words<GapReason>),
})

export const unverifiedWords = {
  'beyond-depth': 'beyond-depth',
  refused: 'refused',
  indivisible: 'indivisible',
  'by-order': 'by-order',
  damaged: 'damaged',
} satisfies Words<UnverifiedReason>

const unverifiedSchema: z.ZodType<Unverified> = z.object({
  ...window,
  reason: z.enum(unverifiedWords),
})

export const coverageSchema: z.ZodType<Coverage> = z.object({
  stream: z.enum(streamKinds),
  partition: z.string(),
  covered: z.array(z.object(window)),
  unverified: z.array(unverifiedSchema),
  lost: z.array(gapSchema),
  attempted: z.number(),
  unfinished: z.array(z.object({ time: z.number(), identity: z.string(), movedTo: z.number().optional() })),
  symbols: z.array(z.string()),
  evidence: z.object({ time: z.number(), servedAt: z.number() }).optional(),
  reasked: z.number().optional(),
  sums: z.number().optional(),
  missing: z.array(z.object({ time: z.number(), identity: z.string(), since: z.number() })).optional(),
  revised: z.array(z.object({ time: z.number(), identity: z.string() })).optional(),
  sizeless: z.array(z.object({ ...window, symbol: z.string() })).optional(),
  oldest: z.number().optional(),
  newest: z.number().optional(),
  pages: z
    .object({ most: z.number(), at: z.number(), cap: z.number().optional(), looked: z.number().optional() })
    .optional(),
  asked: z.number().optional(),
  pageEnds: z.number().optional(),
  seen: z.object({ until: z.number(), rows: z.number(), sum: z.number() }).optional(),
  ways: z.array(z.object({ way: z.string(), heeded: z.boolean(), at: z.number() })).optional(),
  note: z
    .enum({ 'not-opened': 'not-opened', 'not-served': 'not-served' } satisfies Words<
      NonNullable<Coverage['note']>
    >)
    .optional(),
} satisfies Shape<Coverage>)

/** A head names what it is of, whatever else lies in its parts. */
const headSchema = z.object({ stream: z.enum(streamKinds), partition: z.string(), epoch: z.number() })

function keysOf(owner: Owner, { stream, partition }: Pick<Coverage, 'stream' | 'partition'>): LargeItemKeys {
  return {
    head: coverageKey(owner, stream, partition),
    names: { stream, partition },
    part: (version, number) => coveragePartKey(owner, stream, partition, version, number),
    parts: (first, end) => coveragePartKeys(owner, stream, partition, first, end),
  }
}

/**
 * What is known to be complete. Save it after the rows it speaks of are stored, never before. `largest`: the bytes from which
 * on it is kept in parts.
 */
export function coverageStore(table: Table, largest?: number) {
  return {
    /** One for each partition of each stream that was ever asked; none of a history that was removed. */
    async load(owner: Owner): Promise<readonly Coverage[]> {
      const lease = await readLease(table, owner)
      if (lease === undefined) return []
      const heads = await queryAll(table, coverageKeys(owner))
      const items = await Promise.all(
        heads.map(async (head) => {
          const { epoch, ...name } = headSchema.safeParse(head).data ?? { epoch: 0 }
          if (epoch <= lease.since || !('stream' in name)) return undefined
          return readLargeItem(table, keysOf(owner, name), head)
        }),
      )
      // Of coverage that is not what was saved nothing is known: all of it is asked again.
      return items.flatMap((item) => (item === undefined ? [] : [parseItem(coverageSchema, item)]))
    },

    /**
     * Throws `FailureError` `lease-lost` when the lease passed to a newer epoch, or was removed with the history.
     *
     * Another run may take the lease between the look at it and the write. That is harmless: coverage only claims
     * rows that are stored, so the worst is that the newer run asks again for what this one covered. Once the
     * newer run has saved the same partition, the condition refuses us; and if the history was removed meanwhile,
     * `load` passes over what we write, because its epoch is older than the next lease.
     */
    async save(owner: Owner, coverage: Coverage, epoch: number): Promise<void> {
      const lease = await readLease(table, owner)
      if (lease === undefined || lease.epoch !== epoch) throw new FailureError({ kind: 'lease-lost' })
      const fields = { ...coverage }
      const put = await putLargeItem(table, keysOf(owner, coverage), fields, epoch, largest)
      if (!put) throw new FailureError({ kind: 'lease-lost' })
    },
  }
}
