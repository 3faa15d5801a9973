import type { Import } from './answers.ts'
import { ask } from './ask.ts'
import { fileWords } from './words/files.ts'

/** As the API takes it at most. */
const largest = 32 * 1024 * 1024

/** A file that was chosen, with what it is known by. */
export type ChosenFile = { readonly name: string; readonly content: ArrayBuffer; readonly sha256: string }

/** What stands before the id of an exchange in the choice of accounts: one without a key. */
export const withoutKey = 'exchange:'

let last: ChosenFile | undefined

/** The file that was chosen last, if it is this one: it need not be chosen again to be given to another account. */
export const chosenLast = (sha256: string): ChosenFile | undefined =>
  last?.sha256 === sha256 ? last : undefined

/** Nothing is sent: the browser reads the file and says by what it is known. Throws an error whose text is a sentence. */
export async function readChosen(file: File): Promise<ChosenFile> {
  if (file.size > largest) throw new UnusableFile(fileWords.tooLarge)
  if (file.size === 0) throw new UnusableFile(fileWords.empty)
  const content = await file.arrayBuffer().catch(() => {
    throw new UnusableFile(fileWords.unreadable)
  })
  const hash = await crypto.subtle.digest('SHA-256', content)
  const sha256 = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  last = { name: file.name.slice(-200), content, sha256 }
  return last
}

/** A file that need not be sent to be refused. */
export class UnusableFile extends Error {}

/** Whose file it is: an account that is there, or one of which only files are known. */
export type Whose =
  | { readonly connection: string }
  | { readonly exchange: string; readonly label?: string; readonly newAccount?: true }

/** Begins an import, or finds the one that was begun with the same file, and sends what is not there yet. */
export async function upload(whose: Whose, { name, content, sha256 }: ChosenFile): Promise<Import> {
  const begun = await ask<Import>('/v1/imports', {
    method: 'POST',
    body: { ...whose, name, bytes: content.byteLength, sha256 },
  })
  if (begun.upload !== undefined) await sendContent(begun.upload, content)
  return begun
}

/** To where the importer says, with what it says and nothing else: in the cloud that is a bucket. */
export async function sendContent(
  { url, headers }: NonNullable<Import['upload']>,
  content: ArrayBuffer,
): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', body: content, headers, credentials: 'omit' }).catch(
    () => {
      throw new UnusableFile(fileWords.notSent)
    },
  )
  if (!answer.ok) throw new UnusableFile(fileWords.notTaken(answer.status))
}
