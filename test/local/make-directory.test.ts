import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeDirectory } from '../../local/make-directory.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'make-directory-test-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

describe('a directory', () => {
  it('is made with its parents, by several at once and again', async () => {
    for (const first of Array.from({ length: 40 }, (_, index) => `a${index}`)) {
      const path = join(directory, first, 'b', 'c')
      await Promise.all(Array.from({ length: 6 }, () => makeDirectory(path, 0o700)))
      await makeDirectory(path)
      for (const made of [path, join(directory, first)]) expect((await stat(made)).mode & 0o777).toBe(0o700)
    }
  })

  it('is not made where a file is', async () => {
    await writeFile(join(directory, 'file'), '')
    await expect(makeDirectory(join(directory, 'file'))).rejects.toThrow('EEXIST')
    await expect(makeDirectory(join(directory, 'file', 'a', 'b'))).rejects.toThrow('ENOTDIR')
  })

  it.runIf(process.platform === 'linux')('is refused below /proc, and at once', async () => {
    await expect(makeDirectory('/proc/no-such-place/a/b')).rejects.toThrow('ENOENT')
  })
})
