import { readFile, stat } from 'node:fs/promises'
import { largestFile } from '../../../lambdas/use-cases/add-statement-file.ts'
import { isSystemError } from '../../terminal.ts'
import { InvalidInputError } from '../invalid-input.ts'

/** Throws `InvalidInputError`. */
export async function contentOf(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw new InvalidInputError(`${path} is a folder: name a file in it.`)
    if (!found.isFile())
      throw new InvalidInputError(`${path} is no file: name the statement as it was downloaded.`)
    if (found.size > largestFile)
      throw new InvalidInputError(
        `${path} is larger than ${largestFile / 1024 / 1024} MB: download it in several files of shorter time.`,
      )
    return await readFile(path)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new InvalidInputError(
      `${path} cannot be read (${error.code}): ${advice[error.code] ?? 'see whether it is there'}.`,
    )
  }
}

const advice: Readonly<Record<string, string>> = {
  ENOENT: 'see whether it is there, and spelt like that',
  EACCES: 'let yourself read it first',
}
