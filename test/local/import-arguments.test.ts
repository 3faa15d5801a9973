import { describe, expect, it } from 'vitest'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { readArguments } from '../../local/import/arguments.ts'

const now = Date.UTC(2026, 10, 27)
const read = (words: string) =>
  readArguments(
    words.split(' ').filter((word) => word !== ''),
    exchanges,
    now,
  )

describe('the words of an import', () => {
  it('stand for BitMart and ./history where nothing is said', () => {
    expect(read('')).toMatchObject({
      request: { exchange: { id: 'bitmart' }, subaccount: '', out: 'history', json: false, recheck: false },
    })
    expect(read('--exchange bingx --recheck --since 2026-03-01')).toMatchObject({
      request: { exchange: { id: 'bingx' }, recheck: true, since: Date.UTC(2026, 2, 1) },
    })
    expect(read('--since none')).toMatchObject({ request: { since: null } })
  })

  it.each([
    '--new-account --replace-key',
    '--replace-key --new-account',
    '--new-account --replace-key --same-account',
  ])('are refused where they contradict each other: %s', (words) => {
    expect(() => read(words)).toThrow(
      '--new-account says that it is another account; --same-account and --replace-key, that it is the same: give one of them.',
    )
  })

  it('are refused where one says nothing without the other', () => {
    expect(() => read('--same-account')).toThrow('--same-account goes with --replace-key: add it.')
    expect(read('--same-account --replace-key')).toMatchObject({
      request: { replaceKey: true, sameAccount: true, newAccount: false },
    })
  })

  it('name what was traded, where an exchange is asked symbol by symbol', () => {
    expect(read('--exchange bitrue --symbols GONEUSDT,SOL')).toMatchObject({
      request: { exchange: { id: 'bitrue' }, symbols: ['GONEUSDT', 'SOL'] },
    })
  })

  it('name every option and every variable in the help', () => {
    const told = read('--help')
    expect(told).toMatchObject({
      help: expect.stringMatching(/--recheck[\s\S]*BITMART_API_MEMO[\s\S]*BINGX_URL/),
    })
    const { help } = { help: '', ...told }
    for (const variable of ['API_KEY', 'API_SECRET', 'URL', 'FUTURES_URL'])
      expect(help).toContain(`BITRUE_${variable}`)
  })
})
