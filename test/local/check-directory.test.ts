import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkDirectory } from '../../local/import/environment.ts'
import { environmentFor, runImportHere, temporaryDirectory } from './import-process.ts'

const nowhere = '/proc/no-such-place'
const unasked = { spotUrl: 'http://127.0.0.1:1', futuresUrl: 'http://127.0.0.1:1' }

describe('a directory for files', () => {
  it('is tried with all that is missing above it, and nothing is left behind', async () => {
    const root = temporaryDirectory()
    await checkDirectory(join(root, 'a', 'b', 'c'))
    expect(await readdir(root)).toEqual([])
    await mkdir(join(root, 'kept'))
    await checkDirectory(join(root, 'kept', 'b'))
    await checkDirectory(join(root, 'kept'))
    expect(await readdir(root)).toEqual(['kept'])
  })

  it('is refused where a file is, or above it', async () => {
    const file = join(temporaryDirectory(), 'file')
    await writeFile(file, '')
    for (const path of [file, join(file, 'a')])
      await expect(checkDirectory(path)).rejects.toThrow(
        `--out ${path} is not a directory that can be written.`,
      )
  })

  it.skipIf(process.getuid?.() === 0)('is refused where nobody may write', async () => {
    const root = temporaryDirectory()
    await chmod(root, 0o500)
    await expect(checkDirectory(join(root, 'a'))).rejects.toThrow('is not a directory that can be written')
  })

  it.runIf(process.platform === 'linux')(
    'is tried before anybody is asked and anything is stored',
    async () => {
      const dataDir = join(temporaryDirectory(), 'data')
      const { exitCode, stdout, stderr } = await runImportHere(
        ['--out', nowhere],
        environmentFor(unasked, dataDir),
      )
      expect([exitCode, stdout, stderr]).toEqual([
        2,
        '',
        `--out ${nowhere} is not a directory that can be written.\n`,
      ])
      expect(await readdir(join(dataDir, '..'))).toEqual([])
    },
  )
})
