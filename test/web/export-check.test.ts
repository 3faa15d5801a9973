import { describe, expect, it } from 'vitest'
import type { Account, Coverage } from '../../web/answers.ts'
import { coveragePath, droppedIn, shortfallsIn } from '../../web/export-check.ts'

const account = (label: string) =>
  ({ connection: { id: label, label }, exchange: { name: 'Bitrue' } }) as Account
const known = (label: string, lacking: readonly string[]) => ({
  of: account(label),
  is: { lacking, items: [] as Coverage['items'] } as Coverage,
})
const lines = [
  'Withdrawals: nothing is known yet (58 of 701 coins); of some time before 2026-10-28 21:00 nobody can tell (643 of 701 coins)',
  'Deposits: nothing is known yet',
]

describe('what an export will not cover', () => {
  it('is said as the API says it, which knows every name and not only those that it lists', () => {
    expect(shortfallsIn([known('Main', lines)])).toEqual(lines)
    expect(shortfallsIn([known('Main', [])])).toEqual([])
  })

  it('says of which account it is, where there are several', () => {
    expect(shortfallsIn([known('Main', []), known('Other', lines.slice(1))])).toEqual([
      'Other, Deposits: nothing is known yet',
    ])
  })

  it('is asked for the period as the form has it, in the zone of its days', () => {
    expect(coveragePath('c', { period: '2026' }, 'Europe/Berlin')).toBe(
      'c/coverage?period=2026&timezone=Europe%2FBerlin',
    )
    expect(coveragePath('c', { from: '2026-01-01' }, 'UTC')).toBe('c/coverage?from=2026-01-01&timezone=UTC')
  })
})

describe('what an export cannot be narrowed by', () => {
  it.each([
    ['without=stream,q,stream', ['Kind', 'Search']],
    ['without=nonsense', []],
    ['without=constructor,,side', ['Side']],
    ['without=', []],
    ['', []],
  ])('is named as the page of transactions calls it, and what is no filter is not: %s', (query, names) => {
    expect(droppedIn(new URLSearchParams(query))).toEqual(names)
  })
})
