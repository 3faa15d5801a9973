import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Coverage, Gap, GapReason, Unverified, UnverifiedReason } from '../domain/coverage.ts'
import { FailureError } from '../domain/failure.ts'
import { streamKinds } from '../domain/stream.ts'
import { readLease } from './lease.ts'
import {
  checkSize,
  coverageKey,
  coverageKeys,
  type Owner,
  parseItem,
  queryAll,
  type Shape,
  type Table,
  unlessRefused,
  type Words,
} from './table.ts'

const window = { from: z.number(), to: z.number() }

export const gapSchema: z.ZodType<Gap> = z.object({
  ...window,
  reason: z.enum({
    expired: 'expired',
    saturated: 'saturated',
    failed: 'failed',
  } satisfies Words<GapReason>),
})

const unverifiedSchema: z.ZodType<Unverified> = z.object({
  ...window,
  reason: z.enum({
    'beyond-depth': 'beyond-depth',
    refused: 'refused',
    indivisible: 'indivisible',
  } satisfies Words<UnverifiedReason>),
})

const coverageSchema: z.ZodType<Coverage> = z.object({
  stream: z.enum(streamKinds),
  partition: z.string(),
  covered: z.array(z.object(window)),
  unverified: z.array(unverifiedSchema),
  lost: z.array(gapSchema),
  attempted: z.number(),
  unfinished: z.array(z.number()),
  symbols: z.array(z.string()),
  evidence: z.object({ time: z.number(), servedAt: z.number() }).optional(),
  reasked: z.number().optional(),
  note: z
    .enum({ 'not-opened': 'not-opened', 'not-served': 'not-served' } satisfies Words<
      NonNullable<Coverage['note']>
    >)
    .optional(),
} satisfies Shape<Coverage>)

const epochSchema = z.object({ epoch: z.number() })

/** What is known to be complete. Save it after the rows it speaks of are stored, never before. */
export function coverageStore(table: Table) {
  return {
    /** One for each partition of each stream that was ever asked; none of a history that was removed. */
    async load(owner: Owner): Promise<readonly Coverage[]> {
      const lease = await readLease(table, owner)
      if (lease === undefined) return []
      const items = await queryAll(table, coverageKeys(owner))
      return items
        .filter((item) => parseItem(epochSchema, item).epoch > lease.since)
        .map((item) => parseItem(coverageSchema, item))
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
      const item = { ...coverageKey(owner, coverage.stream, coverage.partition), ...coverage, epoch }
      checkSize(item)
      const answer = await unlessRefused(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: item,
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
