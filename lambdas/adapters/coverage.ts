import { z } from 'zod'
import type { Owner } from '../domain/connection.ts'
import type { Coverage, Gap, GapReason, Unverified, UnverifiedReason } from '../domain/coverage.ts'
import { FailureError } from '../domain/failure.ts'
import { isQuiet, shelfOf } from '../domain/rotation.ts'
import { type StreamKind, streamKinds } from '../domain/stream.ts'
import { type LargeItemKeys, putLargeItem, readLargeItem } from './large-item.ts'
import { readLease } from './lease.ts'
import { parseItem, queryAll, type Shape, type Table, type Words } from './table.ts'
import { coverageKey, coverageKeys, coveragePartKey, coveragePartKeys } from './table-keys.ts'

const window = { from: z.number(), to: z.number() }

export const gapWords = {
  expired: 'expired',
  saturated: 'saturated',
  failed: 'failed',
  unreadable: 'unreadable',
} satisfies Words<GapReason>

const gapSchema: z.ZodType<Gap> = z.object({
  ...window,
  reason: z.enum(gapWords),
})

export const unverifiedWords = {
  'beyond-depth': 'beyond-depth',
  refused: 'refused',
  indivisible: 'indivisible',
  'by-order': 'by-order',
  unlisted: 'unlisted',
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
  unread: z.array(z.object({ time: z.number(), identity: z.string(), since: z.number() })).optional(),
  revised: z.array(z.object({ time: z.number(), identity: z.string() })).optional(),
  sizeless: z.array(z.object({ ...window, symbol: z.string() })).optional(),
  oldest: z.number().optional(),
  newest: z.number().optional(),
  pages: z
    .object({ most: z.number(), at: z.number(), cap: z.number().optional(), looked: z.number().optional() })
    .optional(),
  asked: z.number().optional(),
  pageEnds: z.number().optional(),
  olderTo: z.number().optional(),
  lacking: z
    .object({
      asked: z.number(),
      since: z.number(),
      lacking: z.number(),
      untold: z.number().optional(),
      between: z.object(window).optional(),
      at: z.number(),
    })
    .optional(),
  seen: z.object({ until: z.number(), count: z.number(), hash: z.string() }).optional(),
  ways: z.array(z.object({ way: z.string(), heeded: z.boolean(), at: z.number() })).optional(),
  note: z
    .enum({
      'not-opened': 'not-opened',
      'not-served': 'not-served',
      'not-known': 'not-known',
    } satisfies Words<NonNullable<Coverage['note']>>)
    .optional(),
} satisfies Shape<Coverage>)

/** Partitions of which there are no rows, and of which the same is known: `names` are theirs. */
const shelfSchema = z.object({
  partition: z.string(),
  groups: z.array(z.object({ names: z.array(z.string()), knowledge: coverageSchema })),
})

/** What the items are called in which the quiet partitions of a stream stand together; no partition is called like this. */
const shelfName = '%shelf-'

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
      const sound = items.filter((item) => item !== undefined)
      const own = sound.filter((item) => !isShelf(item)).map((item) => parseItem(coverageSchema, item))
      // Killed between two writes, a partition that got its first row stands in both places: its own item is the newer one.
      const known = new Set(own.map(nameOf))
      const quiet = sound.filter(isShelf).flatMap((item) => apart(parseItem(shelfSchema, item).groups))
      return [...own, ...quiet.filter((part) => !known.has(nameOf(part)))]
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
      await checkLease(owner, epoch)
      await put(owner, { ...coverage }, epoch)
    },

    /**
     * The same for all partitions of a stream that only run time knows, of which `changed` are to be written. Those without
     * rows share a few items; the first row gives a partition an item of its own, which is written first, and counts.
     */
    async saveAll(
      owner: Owner,
      stream: StreamKind,
      all: readonly Coverage[],
      changed: ReadonlySet<string>,
      epoch: number,
    ): Promise<void> {
      await checkLease(owner, epoch)
      const parts = all.filter(({ partition }) => changed.has(partition))
      for (const part of parts.filter((one) => !isQuiet(one))) await put(owner, { ...part }, epoch)
      for (const shelf of new Set(parts.filter(isQuiet).map(({ partition }) => shelfOf(partition)))) {
        const quiet = all.filter((part) => isQuiet(part) && shelfOf(part.partition) === shelf)
        await put(owner, { stream, partition: `${shelfName}${shelf}`, groups: together(quiet) }, epoch)
      }
    },
  }

  async function checkLease(owner: Owner, epoch: number): Promise<void> {
    const lease = await readLease(table, owner)
    if (lease === undefined || lease.epoch !== epoch) throw new FailureError({ kind: 'lease-lost' })
  }

  async function put(
    owner: Owner,
    fields: Readonly<Record<string, unknown>> & Pick<Coverage, 'stream' | 'partition'>,
    epoch: number,
  ): Promise<void> {
    if (!(await putLargeItem(table, keysOf(owner, fields), fields, epoch, largest)))
      throw new FailureError({ kind: 'lease-lost' })
  }
}

function isShelf({ partition }: Readonly<Record<string, unknown>>): boolean {
  return String(partition).startsWith(shelfName)
}

function nameOf({ stream, partition }: Coverage): string {
  return `${stream} ${partition}`
}

/** Few of a shelf change between two saves. */
const toldKnowledge = new WeakMap<Coverage, string>()

/** What is known of a partition, whichever it is. */
function knowledgeOf(part: Coverage): string {
  const told = toldKnowledge.get(part)
  if (told !== undefined) return told
  const said = JSON.stringify(
    Object.entries({ ...part, partition: '' })
      .filter(([, value]) => value !== undefined)
      .sort(),
  )
  toldKnowledge.set(part, said)
  return said
}

/** Partitions of which the same is known, told once. */
function together(parts: readonly Coverage[]): z.output<typeof shelfSchema>['groups'] {
  const groups = new Map<string, { readonly names: string[]; readonly knowledge: Coverage }>()
  for (const part of parts) {
    const said = knowledgeOf(part)
    const group = groups.get(said) ?? { names: [], knowledge: { ...part, partition: '' } }
    groups.set(said, group)
    group.names.push(part.partition)
  }
  return [...groups.values()].map(({ names, knowledge }) => ({ names: names.sort(), knowledge }))
}

function apart(groups: z.output<typeof shelfSchema>['groups']): readonly Coverage[] {
  return groups.flatMap(({ names, knowledge }) => names.map((partition) => ({ ...knowledge, partition })))
}
