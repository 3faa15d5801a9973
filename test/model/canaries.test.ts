import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canaryWatch } from './canaries.ts'
import { canaries } from './keyring.ts'

const canaryIn = canaryWatch(canaries)

const writings: readonly (readonly [string, (text: string) => unknown])[] = [
  ['as it is', (text) => text],
  ['in an address', (text) => `https://example.com/?key=${encodeURIComponent(text)}`],
  ['in JSON', (text) => JSON.stringify({ text })],
  ['in hexadecimal digits', (text) => Buffer.from(text).toString('hex')],
  ['in base64', (text) => Buffer.from(text).toString('base64')],
  ['deep in an object', (text) => ({ a: [{ b: new Map([['c', text]]) }] })],
  ['in the cause of an error', (text) => new Error('broken', { cause: new Error(text) })],
]

describe('a planted secret', () => {
  it.each(writings)('is seen when it is written %s, whatever stands around it', (_how, write) => {
    fc.assert(
      fc.property(fc.constantFrom(...canaries), fc.string(), fc.string(), (secret, before, after) => {
        expect(canaryIn(write(`${before}${secret}${after}`))).toBe(secret)
      }),
    )
  })

  it('is not seen where there is none', () => {
    expect(canaryIn({ keyHint: canaries[0]?.slice(-4), text: '[secret]' })).toBeUndefined()
  })
})
