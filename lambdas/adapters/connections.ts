import { createHash } from 'node:crypto'
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Connection, ConnectionStatus } from '../domain/connection.ts'
import {
  connectionKey,
  connectionKeys,
  guardKey,
  guardKeys,
  parseItem,
  put,
  queryAll,
  type Shape,
  type Table,
  unlessRefused,
  type Words,
} from './table.ts'
import { tableSchema } from './table-schema.ts'

const connectionSchema: z.ZodType<Connection> = z.object({
  id: z.string(),
  user: z.string(),
  exchange: z.string(),
  subaccount: z.string(),
  label: z.string().optional(),
  keyHint: z.string(),
  status: z.enum({
    connected: 'connected',
    attention: 'attention',
    disconnected: 'disconnected',
  } satisfies Words<ConnectionStatus>),
  reason: z.string().optional(),
  vaultRef: z.string().optional(),
  createdAt: z.number(),
  checkedAt: z.number().optional(),
  lastRun: z.string().optional(),
  nextSyncAt: z.number().optional(),
} satisfies Shape<Connection>)

const guardSchema = z.object({ connection: z.string() })

/** Connections of users, and the guards that keep one key from being connected twice. */
export function connectionStore(table: Table) {
  return {
    async find(user: string, id: string): Promise<Connection | undefined> {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: connectionKey(user, id), ConsistentRead: true }),
      )
      return Item === undefined ? undefined : parseItem(connectionSchema, Item)
    },

    /** In the order of their ids. */
    async list(user: string): Promise<readonly Connection[]> {
      const items = await queryAll(table, connectionKeys(user))
      return items.map((item) => parseItem(connectionSchema, item))
    },

    async save(connection: Connection): Promise<void> {
      await put(table, {
        ...connectionKey(connection.user, connection.id),
        ...connection,
        ...due(connection),
      })
    },

    /** The connection alone: its history and its guards stay. */
    async remove(user: string, id: string): Promise<void> {
      await table.client.send(new DeleteCommand({ TableName: table.name, Key: connectionKey(user, id) }))
    },

    /** The id of the connection that a key of the exchange belongs to. */
    async guard(user: string, exchange: string, keyHash: string): Promise<string | undefined> {
      const { Item } = await table.client.send(
        new GetCommand({
          TableName: table.name,
          Key: guardKey(user, exchange, keyHash),
          ConsistentRead: true,
        }),
      )
      return Item === undefined ? undefined : parseItem(guardSchema, Item).connection
    },

    /** False when the key belongs to another connection of the user; of two claims at once one wins. */
    async claimKey(user: string, exchange: string, keyHash: string, connection: string): Promise<boolean> {
      const claimed = await unlessRefused(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...guardKey(user, exchange, keyHash), connection },
            ConditionExpression: 'attribute_not_exists(#connection) OR #connection = :connection',
            ExpressionAttributeNames: { '#connection': 'connection' },
            ExpressionAttributeValues: { ':connection': connection },
          }),
        ),
      )
      return claimed !== undefined
    },

    /** Frees every key of the connection. */
    async releaseKeys(user: string, connection: string): Promise<void> {
      const range = guardKeys(user)
      const where = { attribute: 'connection', is: connection }
      for (const item of await queryAll(table, range, { where, keysOnly: true })) {
        // Another connection may have claimed the key since it was listed.
        await unlessRefused(
          table.client.send(
            new DeleteCommand({
              TableName: table.name,
              Key: { PK: item.PK, SK: item.SK },
              ConditionExpression: '#connection = :connection',
              ExpressionAttributeNames: { '#connection': 'connection' },
              ExpressionAttributeValues: { ':connection': connection },
            }),
          ),
        )
      }
    },
  }
}

/** Due connections are spread over this many partitions of the index: one would take at most 1,000 writes a second. */
const dueShards = 16

/** Only a connection that is to be synced is in the index. */
function due({ id, status, nextSyncAt }: Connection): Readonly<Record<string, string | number>> {
  if (status !== 'connected' || nextSyncAt === undefined) return {}
  const [firstByte = 0] = createHash('sha256').update(id).digest()
  return {
    [tableSchema.dueIndex.partitionKey.name]: String(firstByte % dueShards),
    [tableSchema.dueIndex.sortKey.name]: nextSyncAt,
  }
}
