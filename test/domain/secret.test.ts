import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../lambdas/domain/secret.ts'

describe('a secret', () => {
  const secret = new Secret('canary')

  it.each([
    ['written into a text', `key ${secret}`, 'key [secret]'],
    ['added to a text', 'key '.concat(String(secret)), 'key [secret]'],
    ['joined', [secret].join(), '[secret]'],
    ['serialised', JSON.stringify({ secret }), '{"secret":"[secret]"}'],
    ['inspected with all that is hidden', inspect(secret, { showHidden: true }), '[secret]'],
    ['spread', JSON.stringify({ ...secret }), '{}'],
  ])('shows nothing when it is %s', (_how, seen, expected) => {
    expect(seen).toBe(expected)
  })

  it('is what it was for who asks for it by name', () => {
    expect(secret.reveal()).toBe('canary')
  })
})
