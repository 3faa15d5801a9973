import { z } from 'zod'
import { lastTime, longestIdentity } from '../domain/key-limits.ts'
import { streamKinds } from '../domain/stream.ts'
import type { Position } from '../use-cases/list-transactions.ts'

/** Rows that no store could hold are in no answer of ours. */
const identity = z
  .string()
  .refine((text) => text.isWellFormed() && Buffer.byteLength(text) <= longestIdentity)

const position = z.tuple([z.int().nonnegative().max(lastTime), z.string(), z.enum(streamKinds), identity])

/** Opaque to clients, and without anything that they could not see in the row it stands for. */
export function encodeCursor({ time, connection, stream, identity }: Position): string {
  return Buffer.from(JSON.stringify([time, connection, stream, identity])).toString('base64url')
}

/** Undefined for anything that `encodeCursor` did not make. */
export function decodeCursor(cursor: string): Position | undefined {
  try {
    const [time, connection, stream, identity] = position.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')),
    )
    const decoded = { time, connection, stream, identity }
    return encodeCursor(decoded) === cursor ? decoded : undefined
  } catch {
    return undefined
  }
}
