import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scrypt } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { TextStorage } from '../lambdas/adapters/vault.ts'
import { makeDirectory } from './make-directory.ts'
import { systemCodeOf } from './system-code.ts'

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'))

const secretsSchema = z.record(z.string(), z.string())

const plainSchema = z.strictObject({ version: z.literal(1), secrets: secretsSchema })

const encryptedSchema = z.strictObject({
  version: z.literal(1),
  cipher: z.literal('aes-256-gcm'),
  scrypt: z.strictObject({
    // What scrypt takes: powers of two.
    cost: z
      .int()
      .min(2)
      .max(2 ** 18)
      .refine((cost) => Number.isInteger(Math.log2(cost))),
    blockSize: z.int().min(1).max(8),
    parallelization: z.int().min(1).max(16),
    salt: base64,
  }),
  nonce: base64,
  tag: base64.refine((bytes) => bytes.length === tagLength),
  data: base64,
})

type Scrypt = z.infer<typeof encryptedSchema>['scrypt']

const keyLength = 32
const nonceLength = 12
const tagLength = 16
const saltLength = 16

/** One of the settings that OWASP's guide to storing passwords asks for at least: half a second and 32 MB, once. */
export const scryptCost = { cost: 2 ** 15, blockSize: 8, parallelization: 3 }

/** The file of the vault cannot be had. Its message is a sentence for the user, and shows nothing of it. */
export class VaultError extends Error {
  override readonly name = 'VaultError'
}

type Secrets = Map<string, string>

export type FileStorage = TextStorage & {
  /** Shows early whether the file can be read, and leaves nothing plain in it that is to be encrypted. */
  open(): Promise<void>
}

/**
 * Secrets in one file that only its owner can read. With a passphrase it is encrypted (AES-256-GCM, the key by
 * scrypt); a plain file met with a passphrase is encrypted when next opened or written. Each write replaces the file as a
 * whole, so it is always the old or the new one. One process at a time: whoever opens the file holds the store.
 *
 * Calls throw one sentence and leave the file untouched when it is encrypted and the passphrase is missing or
 * wrong, and when it is damaged. `cost` is what a file costs to try a passphrase on that is encrypted for the first time.
 */
export function fileStorage(path: string, passphrase?: string, cost = scryptCost): FileStorage {
  const keys = keyring(passphrase)
  const newScrypt = () => ({ ...cost, salt: randomBytes(saltLength) })
  let last: Promise<unknown> = Promise.resolve()

  /** One call after the other: each reads the file that the one before has written. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }

  /** `edit` tells whether there is anything to write. */
  function change(edit: (secrets: Secrets) => boolean): Promise<void> {
    return inTurn(async () => {
      const { secrets, scrypt: known } = await load(path, keys)
      if (edit(secrets)) await save(path, await textOf(secrets, keys, known ?? newScrypt()))
    })
  }

  return {
    open: () =>
      inTurn(async () => {
        const { secrets, scrypt: known } = await load(path, keys)
        if (keys !== undefined && known === undefined && secrets.size > 0)
          await save(path, await textOf(secrets, keys, newScrypt()))
      }),
    put: (name, value) => change((secrets) => secrets.set(name, value).has(name)),
    get: (name) => inTurn(async () => (await load(path, keys)).secrets.get(name)),
    remove: (name) => change((secrets) => secrets.delete(name)),
  }
}

type Keyring = (parameters: Scrypt) => Promise<Buffer>

/** The key of each salt, derived once. Undefined without a passphrase. */
function keyring(passphrase: string | undefined): Keyring | undefined {
  if (passphrase === undefined || passphrase === '') return undefined
  const known = new Map<string, Promise<Buffer>>()
  return ({ salt, ...cost }) => {
    const name = JSON.stringify([salt.toString('base64'), cost])
    const key = known.get(name) ?? derive(passphrase, salt, cost)
    known.set(name, key)
    return key
  }
}

function derive(passphrase: string, salt: Buffer, cost: Omit<Scrypt, 'salt'>): Promise<Buffer> {
  // The same passphrase typed on another system may be composed of other code points.
  const text = passphrase.normalize('NFC')
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.cost * cost.blockSize }
  return new Promise((resolve, reject) => {
    scrypt(text, salt, keyLength, options, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}

async function load(path: string, keys: Keyring | undefined): Promise<{ secrets: Secrets; scrypt?: Scrypt }> {
  const text = await readText(path)
  if (text === undefined) return { secrets: new Map() }
  const content = parseJson(text)
  const plain = plainSchema.safeParse(content)
  if (plain.success) return { secrets: new Map(Object.entries(plain.data.secrets)) }
  const encrypted = encryptedSchema.safeParse(content)
  if (!encrypted.success)
    throw new VaultError(
      `The vault ${path} is damaged: restore it from a copy, or move it away and connect your keys again.`,
    )
  if (keys === undefined)
    throw new VaultError(
      `The vault ${path} is encrypted: set VAULT_PASSPHRASE to the passphrase it was made with.`,
    )
  const { scrypt, nonce, tag, data } = encrypted.data
  const key = await keys(scrypt)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength })
    decipher.setAuthTag(tag)
    const secrets = secretsSchema.parse(
      JSON.parse(Buffer.concat([decipher.update(data), decipher.final()]).toString()),
    )
    return { secrets: new Map(Object.entries(secrets)), scrypt }
  } catch {
    throw new VaultError(
      `The vault ${path} does not open with this VAULT_PASSPHRASE: set the one it was made with (or the file was changed).`,
    )
  }
}

async function textOf(secrets: Secrets, keys: Keyring | undefined, parameters: Scrypt): Promise<string> {
  if (keys === undefined) return `${JSON.stringify({ version: 1, secrets: Object.fromEntries(secrets) })}\n`
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', await keys(parameters), nonce)
  const data = Buffer.concat([
    cipher.update(JSON.stringify(Object.fromEntries(secrets)), 'utf8'),
    cipher.final(),
  ])
  const file: z.input<typeof encryptedSchema> = {
    version: 1,
    cipher: 'aes-256-gcm',
    scrypt: { ...parameters, salt: parameters.salt.toString('base64') },
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  }
  return `${JSON.stringify(file)}\n`
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'ENOENT') return undefined
    if (code === undefined) throw error
    throw new VaultError(
      `The vault ${path} cannot be read (${code}): see that it is a file that you may read, and try again.`,
    )
  }
}

/** Whole or not at all: a new file beside the old one, on disk before it takes its place. */
async function save(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`
  try {
    await makeDirectory(dirname(path), 0o700)
    // Left behind by a process that was killed; its mode may be another.
    await rm(fresh, { force: true })
    const file = await open(fresh, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(fresh, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined)
    const code = systemCodeOf(error)
    if (code === undefined) throw error
    throw new VaultError(
      `The vault ${path} cannot be written (${code}): see that its disk has room, and that you may write to its folder, and ` +
        'try again. What was in it before is kept.',
    )
  }
}

/** So that the new name is on disk too. Windows knows no such thing. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** An error of `JSON.parse` quotes the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
