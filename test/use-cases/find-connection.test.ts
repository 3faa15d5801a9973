import { describe, expect, it } from 'vitest'
import { nameOf } from '../../lambdas/use-cases/find-connection.ts'
import { connection } from '../model/engine.ts'

describe('the name of a connection in a sentence', () => {
  it.each([
    [
      'its label',
      { label: 'Main', subaccount: 'desk', keyHint: 'x7Qa' },
      'the connection “Main” (key …x7Qa)',
    ],
    [
      'its sub-account without one',
      { subaccount: 'desk', keyHint: 'x7Qa' },
      'the connection “desk” (key …x7Qa)',
    ],
    ['its id without either', { subaccount: '', keyHint: 'x7Qa' }, 'the connection c1 (key …x7Qa)'],
    ['that alone where no key is known', { subaccount: '', keyHint: '' }, 'the connection c1'],
    ['the label alone where no key is known', { label: 'Main', keyHint: '' }, 'the connection “Main”'],
  ])('is %s', (_what, change, name) => {
    expect(nameOf({ ...connection, ...change })).toBe(name)
  })
})
