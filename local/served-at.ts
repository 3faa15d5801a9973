import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Where a server answers that has the store in `dataDir` open, for whoever would open it, too. Whoever opens it takes away
 * what a server left behind that was killed.
 */
function fileIn(dataDir: string): string {
  return join(dataDir, 'served-at')
}

/** That it cannot be written costs others a hint, and nothing else. */
export async function sayServedAt(dataDir: string, address: string): Promise<void> {
  await writeFile(fileIn(dataDir), `${address}\n`, { mode: 0o600 }).catch(() => undefined)
}

export async function forgetServedAt(dataDir: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true }).catch(() => undefined)
}

/** Undefined where no server has it. */
export async function servedAt(dataDir: string): Promise<string | undefined> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => '')
  return /^http:\/\/127\.0\.0\.1:\d{1,5}$/.exec(text.trim())?.[0]
}
