import { createHash, randomUUID } from 'node:crypto'

/** The hash that keys and connections are known by: SHA-256 in hexadecimal digits. */
export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The SHA-256 of a file, piece by piece. */
export function openDigest() {
  const sum = createHash('sha256')
  return {
    update: (chunk: Uint8Array): void => {
      sum.update(chunk)
    },
    hex: (): string => sum.digest('hex'),
  }
}

/** Ids of runs, which sort by the time (epoch milliseconds) they are made for. */
export function newRunId(now: number): string {
  return `${new Date(now).toISOString()}-${randomUUID().slice(0, 8)}`
}
