import { describe, expect, it } from 'vitest'
import { DamagedError } from '../../lambdas/adapters/table.ts'
import { RefusedError } from '../../lambdas/use-cases/refusal.ts'
import { VaultError } from '../../local/file-storage.ts'
import { InvalidInputError } from '../../local/import/invalid-input.ts'
import { StoreFailedError, StoreInUseError } from '../../local/store-errors.ts'
import { codeOf, saidToUser, sentenceFor } from '../../local/terminal.ts'

describe('an error that ends a command', () => {
  it.each([
    ['invalid-input', new InvalidInputError('Say it.')],
    ['not-found', new RefusedError('not-found', 'Say it.')],
    ['store-failed', new StoreFailedError('Say it.')],
    ['store-damaged', new DamagedError('Say it.')],
    ['vault-failed', new VaultError('Say it.')],
  ])('is told by its own sentence where the user can put it right: %s', (code, error) => {
    expect(sentenceFor(error)).toBe('Say it.')
    expect(codeOf(error)).toBe(code)
  })

  it('is a bug where nobody wrote a sentence for it, also while the store or the vault is opened', () => {
    for (const bug of [
      new TypeError('x is undefined'),
      Object.assign(new Error('x'), { code: 'EIO' }),
      'x',
      undefined,
    ]) {
      expect(sentenceFor(bug)).toBeUndefined()
      expect(codeOf(bug)).toBe('bug')
      expect(saidToUser(bug)).toBe(bug)
    }
    expect(saidToUser(new StoreInUseError('In use.'))).toEqual(new InvalidInputError('In use.'))
    expect(saidToUser(new VaultError('Shut.'))).toEqual(new InvalidInputError('Shut.'))
  })
})
