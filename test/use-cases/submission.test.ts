import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { submit } from '../../lambdas/use-cases/submission.ts'
import { canaries, exchange, hash } from './home-in-memory.ts'

const memo = exchange.credentials.find(({ name }) => name === 'passphrase')

function problemsOf(typed: Parameters<typeof submit>[1]) {
  const submitted = submit(exchange, typed, hash)
  return 'problems' in submitted ? submitted.problems.map(({ field, problem }) => `${field} ${problem}`) : []
}

describe('typed credentials', () => {
  it('show nothing but the end of the access key once they are taken', () => {
    const submitted = submit(exchange, canaries, hash)
    expect(submitted).toMatchObject({ keyHint: 'x7Qa', keyHash: hash(canaries.apiKey), warnings: [] })
    expect(inspect(submitted, { depth: 9, showHidden: true }) + JSON.stringify(submitted)).not.toContain(
      'CANARY',
    )
  })

  it('give no hint where the key is so short that its end says too much', () => {
    expect(submit(exchange, { ...canaries, apiKey: 'abc1234' }, hash)).toMatchObject({ keyHint: '' })
  })

  it('may have any Unicode text as a memo, up to what the exchange accepts, counted in characters', () => {
    const longest = memo?.maxLength ?? 0
    for (const passphrase of ['!', '※', ' ', '🙂'.repeat(longest), 'ünïcödé\u200d', '"\\#{}', '日本語'])
      expect(problemsOf({ ...canaries, passphrase }), passphrase).toEqual([])
    expect(problemsOf({ ...canaries, passphrase: '🙂'.repeat(longest + 1) })).toEqual([
      `passphrase must not be longer than ${longest} characters`,
    ])
  })

  it('are refused by the name of the field that is empty, missing, overlong or not text', () => {
    expect(problemsOf({ apiKey: '', secret: 'a\nb', passphrase: 'x\ud83d' })).toEqual([
      'apiKey must not be empty',
      'secret contains a control character, such as a line break or a tab',
      'passphrase contains half a character (a lone surrogate)',
    ])
    expect(problemsOf({})).toEqual([
      expect.stringMatching(/^apiKey is required/),
      expect.stringMatching(/^secret is required/),
      expect.stringMatching(/^passphrase is required: Memo of BitMart/),
    ])
    expect(problemsOf({ ...canaries, apiKey: 'two words' })).toEqual([
      expect.stringContaining('contains a space'),
    ])
    expect(problemsOf({ ...canaries, secret: 'schlüssel' })).toHaveLength(1)
    expect(problemsOf({ ...canaries, secret: 'x'.repeat(5_000) })).toHaveLength(1)
  })

  it('lose the blanks around a key that was pasted, which is said; those of a memo may be meant', () => {
    const pasted = {
      apiKey: ` ${canaries.apiKey}\n`,
      secret: `\u00a0${canaries.secret}`,
      passphrase: ' a b ',
    }
    const submitted = submit(exchange, pasted, hash)
    if ('problems' in submitted) throw new Error('refused')
    expect(submitted.keyHash).toBe(hash(canaries.apiKey))
    expect(submitted.credentials.secret.reveal()).toBe(canaries.secret)
    expect(submitted.credentials.passphrase?.reveal()).toBe(' a b ')
    expect(submitted.warnings).toEqual([
      'There were blanks around the access key: they were left out.',
      'There were blanks around the secret key: they were left out.',
    ])
    expect(problemsOf({ ...canaries, apiKey: ' \n ' })).toEqual(['apiKey must not be empty'])
  })

  it.each([
    ['plain memo-1!', undefined],
    [' plain', 'begins with a blank'],
    ['plain ', 'ends with a blank'],
    ['two  blanks', 'has several blanks in a row'],
    ['no\u00a0break', 'has a blank of an unusual kind'],
    ['zero\u200bwidth', 'has a sign that is not seen'],
    ['ünïcode', 'has letters or signs that not every keyboard has'],
    [
      ' “both” ',
      'begins with a blank, and ends with a blank, and has letters or signs that not every keyboard has',
    ],
  ])('tell what is odd about the memo “%s”', (passphrase, what) => {
    const submitted = submit(exchange, { ...canaries, passphrase }, hash)
    expect('oddities' in submitted && submitted.oddities).toEqual(
      what === undefined ? [] : [`The memo as it was entered ${what}: is that so at the exchange, too?`],
    )
  })

  it('must not have a passphrase where the exchange has none', () => {
    const plain = { ...exchange, name: 'Plain', credentials: exchange.credentials.slice(0, 2) }
    const { passphrase: _none, ...two } = canaries
    expect(submit(plain, two, hash)).toMatchObject({ keyHint: 'x7Qa' })
    expect(submit(plain, canaries, hash)).toMatchObject({
      problems: [{ field: 'passphrase', problem: 'is not used by Plain: leave it out' }],
    })
  })
})
