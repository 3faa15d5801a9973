import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** With all its parents. Node's own way to do so never ends below /proc, where what is made does not come to be. */
export async function makeDirectory(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, { mode })
  } catch (error) {
    if (await isDirectory(path)) return
    const parent = dirname(path)
    if (parent === path || !isMissing(error) || (await isDirectory(parent))) throw error
    await makeDirectory(parent, mode)
    await makeDirectory(path, mode)
  }
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
