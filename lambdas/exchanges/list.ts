import { z } from 'zod'
import type { ServedRows } from '../domain/unreadable.ts'
import { type Row, rowsOf } from './row.ts'

/** A list of rows, of an exchange that may write one without rows as null. */
export function listOf<Fields>(...of: Parameters<typeof rowsOf<Fields>>): z.ZodType<ServedRows<Row<Fields>>> {
  return rowsOf(...of).or(z.null().transform(() => ({ readable: [], unreadable: [] })))
}
