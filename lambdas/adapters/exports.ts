import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Completeness } from '../domain/completeness.ts'
import type { Export, ExportRequest, ExportState } from '../domain/export.ts'
import { eachAccountName } from '../domain/export-format.ts'
import { rowCountsSchema } from '../domain/row-counts.ts'
import { day } from '../domain/window.ts'
import { parseItem, queryAll, type Shape, type Table, unlessRefused, type Words, writeAll } from './table.ts'
import { exportKey, exportKeys } from './table-keys.ts'
import { tableSchema } from './table-schema.ts'

const text = z.string().optional()

const requestSchema: z.ZodType<ExportRequest> = z.object({
  format: z.string(),
  period: z.object({ from: z.number().optional(), to: z.number().optional() }),
  connections: z.array(z.string()).optional(),
  timezone: z.string(),
  accounts: z.object(eachAccountName(text)).optional(),
} satisfies Shape<ExportRequest>)

const exportSchema: z.ZodType<Export> = z.object({
  id: z.string(),
  user: z.string(),
  request: requestSchema,
  state: z.enum({ waiting: 'waiting', done: 'done', failed: 'failed' } satisfies Words<ExportState>),
  requestedAt: z.number(),
  leg: z.number().optional(),
  kept: z.string().optional(),
  finishedAt: z.number().optional(),
  rows: rowCountsSchema.optional(),
  statement: z
    .object({
      state: z.enum({
        complete: 'complete',
        unverified: 'unverified',
        incomplete: 'incomplete',
      } satisfies Words<Completeness>),
      sentences: z.array(z.string()),
    })
    .optional(),
  bytes: z.number().optional(),
} satisfies Shape<Export>)

/** As long as the file itself is kept. */
const keptFor = 7 * day

/** What was exported lately. The store forgets an export when its file is gone. */
export function exportStore(table: Table) {
  const itemOf = (one: Export) => ({
    ...exportKey(one.user, one.id),
    ...one,
    [tableSchema.timeToLive]: Math.floor((one.requestedAt + keptFor) / 1_000),
  })

  return {
    async find(user: string, id: string): Promise<Export | undefined> {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: exportKey(user, id), ConsistentRead: true }),
      )
      return Item === undefined ? undefined : parseItem(exportSchema, Item)
    },

    /** False, and nothing changes, when there is one of this id. */
    async begin(started: Export): Promise<boolean> {
      const begun = await unlessRefused(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: itemOf(started),
            ConditionExpression: 'attribute_not_exists(#id)',
            ExpressionAttributeNames: { '#id': 'id' },
          }),
        ),
      )
      return begun !== undefined
    },

    /** All that are remembered, in the order of their ids. */
    async list(user: string): Promise<readonly Export[]> {
      const items = await queryAll(table, exportKeys(user))
      return items.map((item) => parseItem(exportSchema, item))
    },

    /**
     * Takes one that waits, to write it or to go on with it: who took it before can save nothing any more. Undefined when none of
     * this id waits.
     */
    async take(user: string, id: string): Promise<Export | undefined> {
      const taken = await unlessRefused(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: exportKey(user, id),
            UpdateExpression: 'ADD #leg :one',
            ConditionExpression: '#state = :waiting',
            ExpressionAttributeNames: { '#leg': 'leg', '#state': 'state' },
            ExpressionAttributeValues: { ':one': 1, ':waiting': 'waiting' satisfies ExportState },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      )
      return taken?.Attributes === undefined ? undefined : parseItem(exportSchema, taken.Attributes)
    },

    /** False, and nothing changes, when it does not wait any more, or somebody else took it since. */
    async save(changed: Export): Promise<boolean> {
      const saved = await unlessRefused(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: itemOf(changed),
            ConditionExpression:
              changed.leg === undefined
                ? '#state = :waiting AND attribute_not_exists(#leg)'
                : '#state = :waiting AND #leg = :leg',
            ExpressionAttributeNames: { '#state': 'state', '#leg': 'leg' },
            ExpressionAttributeValues: {
              ':waiting': 'waiting' satisfies ExportState,
              ...(changed.leg !== undefined && { ':leg': changed.leg }),
            },
          }),
        ),
      )
      return saved !== undefined
    },

    /** What is remembered of it; its file lies elsewhere. */
    async forget(user: string, id: string): Promise<void> {
      await writeAll(table, [{ remove: exportKey(user, id) }])
    },
  }
}
