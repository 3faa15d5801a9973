import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import { getItem, parseItem, queryAll, type Table, unlessRefused } from './table.ts'
import { cellLoadKey, cellLoadKeys, userCellKey } from './table-keys.ts'

const settledSchema = z.object({ cell: z.int().min(1) })
const loadSchema = z.object({ cell: z.int().min(1), load: z.number() })

/** Which cell a user belongs to at an exchange, and how much each cell carries there. */
export function cellStore(table: Table) {
  async function find(user: string, exchange: string): Promise<number | undefined> {
    const item = await getItem(table, userCellKey(user, exchange))
    return item === undefined ? undefined : parseItem(settledSchema, item).cell
  }

  return {
    find,

    /** Of two who settle at once, both are told the same. */
    async settle(user: string, exchange: string, cell: number): Promise<number> {
      const settled = await unlessRefused(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...userCellKey(user, exchange), cell },
            ConditionExpression: 'attribute_not_exists(cell)',
          }),
        ),
      )
      return settled === undefined ? ((await find(user, exchange)) ?? cell) : cell
    },

    async loads(exchange: string, count: number): Promise<readonly number[]> {
      const known = new Map(
        (await queryAll(table, cellLoadKeys(exchange)))
          .map((item) => parseItem(loadSchema, item))
          .map(({ cell, load }) => [cell, load]),
      )
      return Array.from({ length: count }, (_, index) => known.get(index + 1) ?? 0)
    },

    /** Only ever grows: it says where to go next, not what is there. */
    async add(exchange: string, cell: number): Promise<void> {
      await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: cellLoadKey(exchange, cell),
          UpdateExpression: 'SET cell = :cell ADD #load :one',
          ExpressionAttributeNames: { '#load': 'load' },
          ExpressionAttributeValues: { ':cell': cell, ':one': 1 },
        }),
      )
    },
  }
}
