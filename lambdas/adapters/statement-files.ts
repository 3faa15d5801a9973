import { createHash } from 'node:crypto'
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Owner } from '../domain/connection.ts'
import { checkOf } from '../domain/sums.ts'
import { type Layout, layoutSchema } from '../statements/layout.ts'
import { type StatementFile, statementFileSchema } from '../statements/statement-file.ts'
import { checkSize, getItem, parseItem, queryAll, type Table, unlessRefused } from './table.ts'
import { layoutKey, statementFileKey, statementFileKeys } from './table-keys.ts'

/** For whoever reads, stores and merges files: what they are made of is large, and no export needs it. */
export function openFileStores(table: Table) {
  return { layouts: layoutStore(table), statementFiles: statementFileStore(table) }
}

/** Files that users gave to their connections, and how they were read. Their content lies elsewhere. */
function statementFileStore(table: Table) {
  return {
    async find(owner: Owner, id: string): Promise<StatementFile | undefined> {
      const item = await getItem(table, statementFileKey(owner, id))
      return item === undefined ? undefined : parseItem(statementFileSchema, item)
    },

    /** In the order in which they were added. */
    async list(owner: Owner): Promise<readonly StatementFile[]> {
      const items = await queryAll(table, statementFileKeys(owner))
      return items
        .map((item) => parseItem(statementFileSchema, item))
        .sort((a, b) => a.addedAt - b.addedAt || (a.id < b.id ? -1 : 1))
    },

    /** Puts `after` in the place of `before`, or of none. False, and nothing changes, when it is another by now. */
    async swap(before: StatementFile | undefined, after: StatementFile): Promise<boolean> {
      const item = { ...statementFileKey(after, after.id), ...after, check: checkOf(after) }
      checkSize(item)
      const swapped = await unlessRefused(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: item,
            ConditionExpression: before === undefined ? 'attribute_not_exists(#check)' : '#check = :check',
            ExpressionAttributeNames: { '#check': 'check' },
            ...(before !== undefined && { ExpressionAttributeValues: { ':check': checkOf(before) } }),
          }),
        ),
      )
      return swapped !== undefined
    },

    async remove(owner: Owner, id: string): Promise<void> {
      await table.client.send(new DeleteCommand({ TableName: table.name, Key: statementFileKey(owner, id) }))
    },
  }
}

const keptLayoutSchema = z.object({ layout: layoutSchema })

/** What users said the columns below a header mean. */
function layoutStore(table: Table) {
  // A header may be longer than a key.
  const keyOf = (user: string, signature: string) =>
    layoutKey(user, createHash('sha256').update(signature).digest('hex').slice(0, 40))
  return {
    async find(user: string, signature: string): Promise<Layout | undefined> {
      const item = await getItem(table, keyOf(user, signature))
      return item === undefined ? undefined : parseItem(keptLayoutSchema, item).layout
    },

    async save(user: string, signature: string, layout: Layout): Promise<void> {
      const item = { ...keyOf(user, signature), layout }
      await table.client.send(new PutCommand({ TableName: table.name, Item: item }))
    },
  }
}
