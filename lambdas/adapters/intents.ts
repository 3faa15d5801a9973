import { z } from 'zod'
import type { Intent } from '../domain/intent.ts'
import { parseItem, put, queryAll, type Shape, type Table, type Words, writeAll } from './table.ts'
import { intentKey, intentKeys } from './table-keys.ts'

const intentSchema: z.ZodType<Intent> = z.object({
  kind: z.enum({ secret: 'secret', history: 'history' } satisfies Words<Intent['kind']>),
  id: z.string(),
  user: z.string(),
  connection: z.string(),
  since: z.number(),
} satisfies Shape<Intent>)

/** The log of intents. */
export function intentStore(table: Table) {
  return {
    async begin(intent: Intent): Promise<void> {
      await put(table, { ...intentKey(intent.id), ...intent })
    },

    async end(id: string): Promise<void> {
      await writeAll(table, [{ remove: intentKey(id) }])
    },

    /** All that are not ended. */
    async list(): Promise<readonly Intent[]> {
      const items = await queryAll(table, intentKeys())
      return items.map((item) => parseItem(intentSchema, item))
    },
  }
}
