import { createHash } from 'node:crypto'
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Connection, ConnectionChange, ConnectionStatus, SyncNote } from '../domain/connection.ts'
import {
  damageOf,
  parseItem,
  queryAll,
  type Shape,
  type Table,
  unlessRefused,
  type Words,
  wholeAgain,
} from './table.ts'
import { connectionKey, connectionKeys, guardKey, guardKeys } from './table-keys.ts'
import { tableSchema } from './table-schema.ts'

const connectionSchema: z.ZodType<Connection> = z.object({
  id: z.string(),
  user: z.string(),
  exchange: z.string(),
  subaccount: z.string(),
  label: z.string().optional(),
  account: z.string().optional(),
  keyHint: z.string(),
  status: z.enum({
    connected: 'connected',
    attention: 'attention',
    disconnected: 'disconnected',
  } satisfies Words<ConnectionStatus>),
  reason: z.string().optional(),
  vaultRef: z.string().optional(),
  cell: z.int().min(1).optional(),
  createdAt: z.number(),
  accountSince: z.number().optional(),
  symbols: z.array(z.string()).optional(),
  paused: z.literal(true).optional(),
  statementsOnly: z.literal(true).optional(),
  begun: z.literal(true).optional(),
  files: z.literal(true).optional(),
  checkedAt: z.number().optional(),
  lastRun: z.string().optional(),
  nextSyncAt: z.number().optional(),
} satisfies Shape<Connection>)

/** Under another id than it lies at, it would have none of its own rows, or those of another. Throws `DamagedError`. */
function connectionIn(item: Readonly<Record<string, unknown>>): Connection {
  const connection = parseItem(connectionSchema, item)
  const { PK, SK } = connectionKey(connection.user, connection.id)
  if (item.PK === PK && item.SK === SK) return connection
  throw damageOf(item, 'user, id', wholeAgain)
}

const guardSchema = z.object({ connection: z.string() })

/** Connections of users, and the guards that keep one key from being connected twice. */
export function connectionStore(table: Table) {
  async function update(
    before: Connection,
    changes: SyncNote & ConnectionChange,
    guard: 'same key' | 'same key and run',
  ): Promise<boolean> {
    const after = { ...before, ...changes }
    const set: Readonly<Record<string, unknown>> = {
      ...changes,
      // Written anew only with what it is made of: what was read of it may be old by now.
      ...(('status' in changes || 'nextSyncAt' in changes) && { ...noLongerDue, ...due(after) }),
    }
    const names = Object.keys(set)
    const present = names.filter((name) => set[name] !== undefined)
    const absent = names.filter((name) => set[name] === undefined)
    const values = {
      ...Object.fromEntries(present.map((name) => [`:${name}`, set[name]])),
      ...(before.vaultRef !== undefined && { ':vaultRef': before.vaultRef }),
      ...(guard === 'same key and run' &&
        before.lastRun !== undefined && { ':lastRunBefore': before.lastRun }),
    }
    const unchangedRun =
      before.lastRun === undefined ? 'attribute_not_exists(#lastRun)' : '#lastRun = :lastRunBefore'
    const guarded = guard === 'same key and run'
    const updated = await unlessRefused(
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: connectionKey(before.user, before.id),
          UpdateExpression: [
            present.length > 0 ? `SET ${present.map((name) => `#${name} = :${name}`).join(', ')}` : '',
            absent.length > 0 ? `REMOVE ${absent.map((name) => `#${name}`).join(', ')}` : '',
          ].join(' '),
          ConditionExpression: `${sameKey(before)}${guarded ? ` AND ${unchangedRun}` : ''}`,
          ExpressionAttributeNames: Object.fromEntries(
            [...names, 'vaultRef', 'status', ...(guarded ? ['lastRun'] : [])].map((name) => [
              `#${name}`,
              name,
            ]),
          ),
          // None at all is refused by DynamoDB: without a key, something may only be taken away.
          ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
        }),
      ),
    )
    return updated !== undefined
  }

  return {
    async find(user: string, id: string): Promise<Connection | undefined> {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: connectionKey(user, id), ConsistentRead: true }),
      )
      return Item === undefined ? undefined : connectionIn(Item)
    },

    /** In the order of their ids. */
    async list(user: string): Promise<readonly Connection[]> {
      const items = await queryAll(table, connectionKeys(user))
      return items.map(connectionIn)
    },

    /**
     * Puts `after` in the place of `before`, the connection as it was read, or of none. False, and nothing changes,
     * when it was deleted, created or given another key since.
     */
    async swap(before: Connection | undefined, after: Connection): Promise<boolean> {
      const swapped = await unlessRefused(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...connectionKey(after.user, after.id), ...after, ...due(after) },
            ...(before === undefined
              ? { ConditionExpression: 'attribute_not_exists(#vaultRef) AND attribute_not_exists(#status)' }
              : { ConditionExpression: sameKey(before) }),
            ExpressionAttributeNames: { '#vaultRef': 'vaultRef', '#status': 'status' },
            ...(before?.vaultRef !== undefined && {
              ExpressionAttributeValues: { ':vaultRef': before.vaultRef },
            }),
          }),
        ),
      )
      return swapped !== undefined
    },

    /**
     * Writes down how a sync went. False, and nothing changes, when the connection was deleted, disconnected or given
     * another key since it was read: the sync then tells nothing about what it is now.
     */
    async note(before: Connection, note: SyncNote): Promise<boolean> {
      return update(before, note, 'same key')
    },

    /** Writes down what its owner says. False, and nothing changes, as with a note. */
    async change(before: Connection, change: ConnectionChange): Promise<boolean> {
      return update(before, change, 'same key')
    },

    /**
     * Makes this run the last one of the connection, unless another was started since the connection was read. Of two
     * that claim at once, one wins.
     */
    async claim(before: Connection, run: string, nextSyncAt: number): Promise<boolean> {
      return update(before, { lastRun: run, nextSyncAt }, 'same key and run')
    },

    /**
     * Every connection whose sync is due at `now` (epoch milliseconds), the most overdue of each part of the index
     * first. The index lags a little behind: `claim` tells whether what it says still holds. Throws after the last one
     * when there were any that cannot be read.
     */
    async *due(now: number): AsyncGenerator<Connection> {
      const unreadable: unknown[] = []
      for (let shard = 0; shard < dueShards; shard += 1) {
        let start: QueryCommandInput['ExclusiveStartKey']
        do {
          const page: QueryCommandOutput = await table.client.send(
            new QueryCommand({
              TableName: table.name,
              IndexName: tableSchema.dueIndex.name,
              KeyConditionExpression: '#shard = :shard AND #at <= :now',
              ExpressionAttributeNames: {
                '#shard': tableSchema.dueIndex.partitionKey.name,
                '#at': tableSchema.dueIndex.sortKey.name,
              },
              ExpressionAttributeValues: { ':shard': String(shard), ':now': now },
              ExclusiveStartKey: start,
            }),
          )
          for (const item of page.Items ?? []) {
            const connection = readConnection(item, unreadable)
            if (connection !== undefined) yield connection
          }
          start = page.LastEvaluatedKey
        } while (start !== undefined)
      }
      if (unreadable.length > 0) throw unreadable[0]
    },

    /** The connection alone: its history and its guards stay. */
    async remove(user: string, id: string): Promise<void> {
      await table.client.send(new DeleteCommand({ TableName: table.name, Key: connectionKey(user, id) }))
    },

    /** The same, unless the connection has a key (again): false then. */
    async removeKeyless(user: string, id: string): Promise<boolean> {
      const removed = await unlessRefused(
        table.client.send(
          new DeleteCommand({
            TableName: table.name,
            Key: connectionKey(user, id),
            ConditionExpression: 'attribute_not_exists(#vaultRef)',
            ExpressionAttributeNames: { '#vaultRef': 'vaultRef' },
          }),
        ),
      )
      return removed !== undefined
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

/** Undefined when it cannot be read; `unreadable` then gets the reason. */
function readConnection(
  item: Readonly<Record<string, unknown>>,
  unreadable: unknown[],
): Connection | undefined {
  try {
    return connectionIn(item)
  } catch (error) {
    unreadable.push(error)
    return undefined
  }
}

/** Due connections are spread over this many partitions of the index: one would take at most 1,000 writes a second. */
const dueShards = 16

/** The connection is there, and has the key that it had. */
function sameKey({ vaultRef }: Connection): string {
  return vaultRef === undefined
    ? 'attribute_exists(#status) AND attribute_not_exists(#vaultRef)'
    : 'attribute_exists(#status) AND #vaultRef = :vaultRef'
}

const noLongerDue = {
  [tableSchema.dueIndex.partitionKey.name]: undefined,
  [tableSchema.dueIndex.sortKey.name]: undefined,
}

/**
 * Only a connection that is to be synced is in the index: one that needs attention too, since what ails it may be
 * healed at the exchange, where nobody tells us.
 */
function due({ id, status, nextSyncAt }: Connection): Readonly<Record<string, string | number>> {
  if (status === 'disconnected' || nextSyncAt === undefined) return {}
  const [firstByte = 0] = createHash('sha256').update(id).digest()
  return {
    [tableSchema.dueIndex.partitionKey.name]: String(firstByte % dueShards),
    [tableSchema.dueIndex.sortKey.name]: nextSyncAt,
  }
}
