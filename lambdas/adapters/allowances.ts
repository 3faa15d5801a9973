import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import { parseItem, type Table, unlessRefused } from './table.ts'
import { allowanceKey } from './table-keys.ts'

const spentSchema = z.object({ spentUntil: z.number() })

/**
 * What all that calls from the addresses of one cell may do together at an exchange, as one number: until when it is spent. By which of
 * the addresses of its cell a call leaves, its function is not told, so all of them count as one.
 */
export function allowanceStore(table: Table, cell?: number) {
  function update(id: string, expression: string, condition: string, values: Record<string, number>) {
    return unlessRefused(
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: allowanceKey(id, cell),
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeValues: values,
          ReturnValues: 'UPDATED_NEW',
        }),
      ),
    )
  }

  return {
    /**
     * Spends `takes` more milliseconds of an allowance. Resolves with until when it was spent before: not earlier than `now`, since
     * what nobody used is not kept. Processes that come at the same time get one after the other.
     */
    async reserve(id: string, takes: number, now: number): Promise<number> {
      for (;;) {
        // Added and not set: where many come, none is refused and has to come again.
        const values = { ':takes': takes, ':now': now }
        const busy = await update(id, 'ADD spentUntil :takes', 'spentUntil >= :now', values)
        if (busy?.Attributes !== undefined) return parseItem(spentSchema, busy.Attributes).spentUntil - takes
        const idle = await update(
          id,
          'SET spentUntil = :until',
          'attribute_not_exists(spentUntil) OR spentUntil < :now',
          { ':until': now + takes, ':now': now },
        )
        if (idle !== undefined) return now
      }
    },
  }
}
