import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Owner } from '../domain/connection.ts'
import { FailureError } from '../domain/failure.ts'
import type { Holdings } from '../domain/holdings.ts'
import { readLease } from './lease.ts'
import { getItem, type Shape, type Table, unlessRefused } from './table.ts'
import { holdingsKey } from './table-keys.ts'

const holdingsSchema: z.ZodType<Holdings> = z.object({
  coins: z.record(z.string(), z.string()),
  changed: z.record(z.string(), z.number()),
} satisfies Shape<Holdings>)

const epochSchema = z.object({ epoch: z.number() })

/** By what it is noticed that an account holds something else than before; saved under the epoch of the lease, as coverage is. */
export function holdingsStore(table: Table) {
  return {
    /** Undefined before the first look, and of a history that was removed. */
    async load(owner: Owner): Promise<Holdings | undefined> {
      const [lease, item] = [await readLease(table, owner), await getItem(table, holdingsKey(owner))]
      const epoch = epochSchema.safeParse(item).data?.epoch ?? 0
      return lease === undefined || epoch <= lease.since ? undefined : holdingsSchema.safeParse(item).data
    },

    /** Throws `FailureError` `lease-lost` when the lease passed to a newer epoch, or was removed with the history. */
    async save(owner: Owner, holdings: Holdings, epoch: number): Promise<void> {
      const lease = await readLease(table, owner)
      if (lease === undefined || lease.epoch !== epoch) throw new FailureError({ kind: 'lease-lost' })
      const answer = await unlessRefused(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...holdingsKey(owner), ...holdings, epoch },
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
