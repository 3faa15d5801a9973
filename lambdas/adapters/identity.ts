import { Buffer } from 'node:buffer'
import { createHash, randomUUID } from 'node:crypto'
import { createSHA256 } from 'hash-wasm'

/** The hash that keys and connections are known by: SHA-256 in hexadecimal digits. */
export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The SHA-256 of bytes that are there as a whole, in hexadecimal digits. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * The SHA-256 of a file, piece by piece. Node's own, several times as fast, cannot be stopped and gone on with elsewhere. `kept`:
 * what `kept` of another told. Throws where that was told by another version of the library.
 */
export async function openDigest(kept?: string) {
  const sum = await createSHA256()
  if (kept !== undefined) sum.load(Buffer.from(kept, 'base64'))
  return {
    update: (chunk: Uint8Array): void => {
      sum.update(chunk)
    },
    kept: (): string => Buffer.from(sum.save()).toString('base64'),
    hex: (): string => sum.digest('hex'),
  }
}

/** Ids of runs, which sort by the time (epoch milliseconds) they are made for. */
export function newRunId(now: number): string {
  return `${new Date(now).toISOString()}-${randomUUID().slice(0, 8)}`
}
