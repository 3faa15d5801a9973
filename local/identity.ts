import { createHash, randomUUID } from 'node:crypto'
import { isoTime } from '../lambdas/domain/outward.ts'

/** Everyone who uses the local store is this user, in the terminal and over HTTP. */
export const localUser = 'local'

/** The hash that keys and connections are known by. */
export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Ids of runs, which sort by the time (epoch milliseconds) they are made for. */
export function newRunId(now: number): string {
  return `${isoTime(now)}-${randomUUID().slice(0, 8)}`
}
