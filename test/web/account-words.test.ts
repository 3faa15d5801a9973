import { describe, expect, it } from 'vitest'
import { accountChoices } from '../../web/account-choices.ts'
import type { Account } from '../../web/answers.ts'
import { accountFacts, gapWords, historyFacts, stateOf } from '../../web/words.ts'

function account(
  connection: Partial<Account['connection']>,
  more: Partial<Omit<Account, 'connection'>> = {},
): Account {
  return {
    connection: {
      id: 'c1',
      exchange: 'bitmart',
      keyHint: 'x7Qa',
      status: 'connected',
      createdAt: '2026-11-27T00:00:00.000Z',
      nextSyncAt: '2026-11-28T03:00:00.000Z',
      ...connection,
    },
    exchange: { id: 'bitmart', name: 'BitMart', state: 'open', closing: [], closingAdvice: [] },
    rows: 7,
    streams: [],
    sentences: [],
    ...more,
  }
}

const running: Account['sync'] = {
  id: 'r1',
  connection: 'c1',
  state: 'running',
  startedAt: '2026-11-27T10:00:00.000Z',
  requests: 4,
  percent: 10,
  streams: [],
}

describe('the words for an account', () => {
  it('tell accounts of one name apart, and leave the others alone', () => {
    const choices = accountChoices([
      account({ id: 'a' }),
      account({ id: 'b', keyHint: '3333' }),
      account({ id: 'c', fromFiles: true, keyHint: '', status: 'disconnected' }),
      account({ id: 'd', label: 'Savings', subaccount: 'desk' }),
    ])
    expect(choices).toEqual([
      ['a', 'BitMart · key …x7Qa'],
      ['b', 'BitMart · key …3333'],
      ['c', 'BitMart, from files'],
      ['d', 'Savings'],
    ])
    expect(accountFacts(account({ label: 'Savings', subaccount: 'desk' }))).toBe(
      'BitMart · sub-account desk · key …x7Qa',
    )
  })

  it('say of gaps in how many names they are, and the longest of them: those of many names make no time together', () => {
    const stream = (gaps: number, parts: number, from = '2018-01-01T00:00:00.000Z') => ({
      ...{ stream: 'spot-trade' as const, title: 'Spot fills', state: 'incomplete' as const, rows: 1 },
      ...{ gaps, gapParts: gaps, parts },
      ...(gaps > 0 && { longestGap: { from, to: '2026-06-21T18:10:30.000Z' } }),
    })
    const words = (...streams: Account['streams']) => gapWords(account({}, { streams }))
    expect(words(stream(0, 1))).toBeUndefined()
    expect(words(stream(1, 1700), stream(2, 785, '2020-01-01T00:00:00.000Z'))).toBe(
      '3 gaps, in 3 of 2,485 names, the longest from 1 Jan 2018 to 21 Jun 2026 UTC',
    )
    expect(words(stream(1, 2, '2026-06-21T03:00:00.000Z'))).toBe(
      '1 gap, from 21 Jun 2026 03:00 to 21 Jun 2026 18:10 UTC',
    )
  })

  it('say of one that never had a key that it is from files, and not that its key is gone', () => {
    const keyless = account({ fromFiles: true, keyHint: '', status: 'disconnected', nextSyncAt: undefined })
    expect(stateOf(keyless)).toEqual({ tone: 'soft', text: 'From files alone' })
    expect(stateOf({ ...keyless, rows: 0 }).text).toBe('No file is stored')
    expect(accountFacts(keyless)).not.toContain('key …')
    expect(historyFacts(keyless)).toBe('7 rows')
  })

  it('tell no next sync while one runs, and no number of rows that its first one has left behind', () => {
    expect(historyFacts(account({}, { sync: running }))).toBe('')
    expect(historyFacts(account({ completeness: 'unverified' }, { sync: running }))).toBe('7 rows')
    expect(historyFacts(account({ completeness: 'unverified' }))).toBe('7 rows · next 28 Nov 2026 03:00 UTC')
    const files = { rows: 2, streams: [], sentences: [] }
    expect(historyFacts(account({}, { files }))).toContain('2 rows of these only files tell')
  })
})
