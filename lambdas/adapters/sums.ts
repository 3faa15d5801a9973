import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Owner } from '../domain/connection.ts'
import { FailureError } from '../domain/failure.ts'
import { streamKinds } from '../domain/stream.ts'
import { checkOf, type FoundDamage, type Sums } from '../domain/sums.ts'
import { readLease } from './lease.ts'
import { contentOf, queryAll, type Shape, type Table, unlessRefused } from './table.ts'
import { foundDamageKey, sumsKey, sumsKeys } from './table-keys.ts'

const sumsSchema: z.ZodType<Omit<Sums, 'damaged'>> = z.object({
  stream: z.enum(streamKinds),
  version: z.number(),
  months: z.array(z.object({ month: z.number(), count: z.number(), hash: z.string() })),
  touched: z.array(z.number()),
  verifiedAt: z.number().optional(),
  verified: z.number().optional(),
} satisfies Shape<Omit<Sums, 'damaged'>>)

const damageSchema: z.ZodType<FoundDamage> = z.object({
  stream: z.enum(streamKinds),
  verified: z.number(),
  damaged: z.array(z.object({ from: z.number(), to: z.number() })),
} satisfies Shape<FoundDamage>)

const epochSchema = z.object({ epoch: z.number(), check: z.string() })

/** How much should be stored of each stream, saved under the epoch of the lease as coverage is. */
export function sumsStore(table: Table) {
  return {
    /** One for each stream of which rows were stored; none that is not what was saved, or of a history that was removed. */
    async load(owner: Owner): Promise<readonly Sums[]> {
      const lease = await readLease(table, owner)
      if (lease === undefined) return []
      const items = await queryAll(table, sumsKeys(owner))
      const found = items.flatMap((item) => damageSchema.safeParse(item).data ?? [])
      return items.flatMap((item) => {
        const saved = epochSchema.safeParse(item).data
        const sums = sumsSchema.safeParse(item).data
        if (saved === undefined || sums === undefined || saved.epoch <= lease.since) return []
        if (checkOf(contentOf(item)) !== saved.check) return []
        const { stream, verified = 0 } = sums
        const damaged = found.find((one) => one.stream === stream && one.verified === verified)?.damaged
        return [damaged === undefined ? sums : { ...sums, damaged }]
      })
    },

    /** Remembers what somebody found who only reads, until a sync compares again. */
    async noteDamage(owner: Owner, found: FoundDamage): Promise<void> {
      const Item = { ...foundDamageKey(owner, found.stream), ...found }
      await table.client.send(new PutCommand({ TableName: table.name, Item }))
    },

    /** Throws `FailureError` `lease-lost` when the lease passed to a newer epoch, or was removed with the history. */
    async save(owner: Owner, { damaged: _found, ...sums }: Sums, epoch: number): Promise<void> {
      const lease = await readLease(table, owner)
      if (lease === undefined || lease.epoch !== epoch) throw new FailureError({ kind: 'lease-lost' })
      const content = { ...sums, epoch }
      const answer = await unlessRefused(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...sumsKey(owner, sums.stream), ...content, check: checkOf(content) },
            ConditionExpression: 'attribute_not_exists(#epoch) OR #epoch <= :epoch',
            ExpressionAttributeNames: { '#epoch': 'epoch' },
            ExpressionAttributeValues: { ':epoch': epoch },
          }),
        ),
      )
      if (answer === undefined) throw new FailureError({ kind: 'lease-lost' })
    },
  }
}
