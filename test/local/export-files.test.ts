import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { exportFiles } from '../../local/export-files.ts'
import { temporaryDirectory } from '../adapters/temporary-store.ts'

it('a file of an export is called missing only where it is: a folder that cannot be looked into is an error', async () => {
  const directory = await temporaryDirectory()
  const files = exportFiles(directory)
  expect(await files.open('none')).toBeUndefined()
  expect(await files.read('none')).toBeUndefined()
  await writeFile(join(directory, 'no-folder'), '')
  await expect(files.open('no-folder')).rejects.toThrow('ENOTDIR')
  await expect(files.read('no-folder')).rejects.toThrow('ENOTDIR')
})
