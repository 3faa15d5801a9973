import { isDeepStrictEqual, promisify } from 'node:util'
import type { Store } from 'dynalite/db/index.js'
import { z } from 'zod'
import { tableSchema } from '../lambdas/adapters/table-schema.ts'

export const tableName = 'history'

const { partitionKey, sortKey, dueIndex } = tableSchema

const shape = {
  TableName: tableName,
  AttributeDefinitions: [partitionKey, sortKey, dueIndex.partitionKey, dueIndex.sortKey].map(
    ({ name, type }) => ({ AttributeName: name, AttributeType: type }),
  ),
  KeySchema: keySchema(partitionKey.name, sortKey.name),
  GlobalSecondaryIndexes: [
    {
      IndexName: dueIndex.name,
      KeySchema: keySchema(dueIndex.partitionKey.name, dueIndex.sortKey.name),
      Projection: { ProjectionType: 'ALL' },
    },
  ],
}

/** What describes the one table. A new one each time: dynalite writes into what it is given. */
export function historyTable() {
  return { ...structuredClone(shape), TableStatus: 'ACTIVE' }
}

function keySchema(partition: string, sort: string) {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ]
}

const describedSchema = z.object({
  TableName: z.string(),
  TableStatus: z.literal('ACTIVE'),
  AttributeDefinitions: z.array(z.unknown()),
  KeySchema: z.array(z.unknown()),
  GlobalSecondaryIndexes: z.array(
    z.object({ IndexName: z.string(), KeySchema: z.array(z.unknown()), Projection: z.unknown() }),
  ),
})

/**
 * Whether dynalite can find items by this description. Where it cannot, because a bit of it is wrong or the process was killed while it
 * created the table, nothing is lost: it holds no item, and is written anew.
 */
function isHistoryTable(description: unknown): boolean {
  const { TableStatus: _active, ...described } = describedSchema.safeParse(description).data ?? {}
  return isDeepStrictEqual(described, shape)
}

/**
 * Puts the right description in the place of another, or of none, by one write. dynalite would create a table by two, and tell
 * nobody when the second fails: on a disk that is full, the table would never be there.
 */
export async function ensureDescribed({ tableDb }: Pick<Store, 'tableDb'>, found: unknown): Promise<void> {
  if (!isHistoryTable(found)) await promisify(tableDb.put.bind(tableDb))(tableName, historyTable())
}
