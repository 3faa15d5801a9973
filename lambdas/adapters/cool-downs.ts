import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import { parseItem, type Table, unlessRefused } from './table.ts'
import { coolDownKey, type Key } from './table-keys.ts'

const coolDownSchema = z.object({ until: z.number() })

/** Stands for every exchange: an operator who sets it stops all calls at once (the kill switch of the runbook). */
const everyExchange = '*'

/**
 * Until when nobody may call an exchange from our addresses, because it said so to one of us. It said so to the addresses of one `cell`,
 * where there are several; an operator says it to all.
 */
export function coolDownStore(table: Table, cell?: number) {
  async function read(key: Key): Promise<number> {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true }),
    )
    return Item === undefined ? 0 : parseItem(coolDownSchema, Item).until
  }

  return {
    /** Epoch milliseconds; 0 when there never was one. */
    async until(exchange: string): Promise<number> {
      const said = [coolDownKey(exchange), coolDownKey(everyExchange)]
      const keys = cell === undefined ? said : [...said, coolDownKey(exchange, cell)]
      return Math.max(...(await Promise.all(keys.map(read))))
    },

    /** Never shortens what another was told. */
    async extend(exchange: string, until: number): Promise<void> {
      await unlessRefused(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: coolDownKey(exchange, cell),
            UpdateExpression: 'SET #until = :until',
            ConditionExpression: 'attribute_not_exists(#until) OR #until < :until',
            ExpressionAttributeNames: { '#until': 'until' },
            ExpressionAttributeValues: { ':until': until },
          }),
        ),
      )
    },
  }
}
