import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type SecretStorage, vault } from '../../lambdas/adapters/vault.ts'
import type { Credentials } from '../../lambdas/domain/connection.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import { memoryStorage } from '../../local/memory-storage.ts'

const canary = 'canary-9c1f'
const owner = { user: 'ann', connection: 'c1' }

function credentials(passphrase?: string): Credentials {
  return {
    apiKey: new Secret(`${canary}-key`),
    secret: new Secret(`${canary}-secret`),
    ...(passphrase === undefined ? {} : { passphrase: new Secret(passphrase) }),
  }
}

describe('the vault', () => {
  it('gives back what was put, by its reference', async () => {
    const kept = vault(memoryStorage())
    const memo = `${canary} mémo "#%\u{1f511}`
    await kept.put('first', credentials(memo), owner)
    await kept.put('second', credentials(), owner)
    const found = await kept.get('first', owner)
    expect(found?.apiKey.reveal()).toBe(`${canary}-key`)
    expect(found?.secret.reveal()).toBe(`${canary}-secret`)
    expect(found?.passphrase?.reveal()).toBe(memo)
    expect(await kept.get('second', owner)).not.toHaveProperty('passphrase')
  })

  it('forgets what was removed, and removing it again is no error', async () => {
    const kept = vault(memoryStorage())
    await kept.put('ref', credentials(), owner)
    await kept.remove('ref')
    await kept.remove('ref')
    expect(await kept.get('ref', owner)).toBeUndefined()
  })

  it('shows no secret when it is printed, inspected or serialised', async () => {
    const storage = memoryStorage()
    const kept = vault(storage)
    await kept.put('ref', credentials(canary), owner)
    const found = await kept.get('ref', owner)
    for (const thing of [found, { ...found }, kept, storage])
      expect(`${inspect(thing, { depth: 9, showHidden: true })}${JSON.stringify(thing)}`).not.toContain(
        canary,
      )
  })

  it.each([`{"apiKey":"${canary}"`, `{"apiKey":"${canary}","secret":7}`, `"${canary}"`, ''])(
    'tells that stored credentials cannot be read without quoting them: %s',
    async (text) => {
      const storage: SecretStorage = { ...memoryStorage(), get: async () => text }
      const error = await vault(storage)
        .get('ref-1', owner)
        .catch((caught: unknown) => caught)
      expect(error).toEqual(new Error('The credentials ref-1 in the vault cannot be read.'))
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(canary)
    },
  )
})
