import { describe, expect, it } from 'vitest'
import type { CredentialField } from '../../web/answers.ts'
import { nothingTyped, warningsOf } from '../../web/key-form.ts'

const field = (name: CredentialField['name'], title: string): CredentialField => ({
  name,
  title,
  hint: 'Where it stands.',
  maxLength: 200,
})
const fields = [field('apiKey', 'Access key'), field('secret', 'Secret key'), field('passphrase', 'Memo')]
const warned = (typed: Partial<typeof nothingTyped>) =>
  warningsOf(fields, { ...nothingTyped, ...typed }, new Set())

describe('the form of a key', () => {
  it('points out a key and a secret that were swapped by their lengths, and says nothing of a word that is no key', () => {
    const [key, secret] = ['a'.repeat(40), 'b'.repeat(64)]
    expect(warned({ apiKey: key, secret })).toEqual({})
    expect(warned({ apiKey: secret, secret: key })).toEqual({
      apiKey: 'This looks like the secret key: were the two swapped?',
    })
    expect(warned({ apiKey: 'wrong-key', secret: 'wrong' })).toEqual({})
    expect(warned({ apiKey: key, secret: 's' })).toEqual({})
  })

  it('points out one text in both fields, and white space around a passphrase alone', () => {
    expect(Object.keys(warned({ apiKey: 'x', secret: 'x' }))).toEqual(['secret'])
    expect(Object.keys(warned({ apiKey: 'x', secret: 'y', passphrase: ' z' }))).toEqual(['passphrase'])
  })
})
