import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Owner } from '../domain/connection.ts'
import { type FileHistory, fileHistorySchema } from '../statements/file-history.ts'
import { getItem, parseItem, type Table } from './table.ts'
import { fileHistoryKey } from './table-keys.ts'

/** What the merge of a connection's files came to. */
export function fileHistoryStore(table: Table) {
  return {
    async load(owner: Owner): Promise<FileHistory | undefined> {
      const item = await getItem(table, fileHistoryKey(owner))
      return item === undefined ? undefined : parseItem(fileHistorySchema, item)
    },

    async save(owner: Owner, history: FileHistory): Promise<void> {
      const item = { ...fileHistoryKey(owner), ...history }
      await table.client.send(new PutCommand({ TableName: table.name, Item: item }))
    },

    async remove(owner: Owner): Promise<void> {
      await table.client.send(new DeleteCommand({ TableName: table.name, Key: fileHistoryKey(owner) }))
    },
  }
}
