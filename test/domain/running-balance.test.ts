import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add } from '../../lambdas/domain/amount.ts'
import { type BalanceRow, openBalances } from '../../lambdas/domain/running-balance.ts'

const change = fc.record({
  coin: fc.constantFrom('BTC', 'USDT'),
  amount: fc.constantFrom('1', '-0.25', '0.00000001', '100.5'),
})

function ledgerOf(changes: readonly { coin: string; amount: string }[]): readonly BalanceRow[] {
  const held = new Map<string, string>()
  return changes.map(({ coin, amount }) => {
    const balance = add(held.get(coin) ?? '3', amount)
    held.set(coin, balance)
    return { account: 'spot', coin, amount, balance }
  })
}

function isUnbroken(rows: readonly BalanceRow[]): boolean {
  const balances = openBalances()
  for (const row of rows) balances.see(row)
  return balances.isUnbroken()
}

describe('a running balance', () => {
  it('is unbroken where each row is the one before and the change, read down or up', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 3, maxLength: 20 }), (changes) => {
        const rows = ledgerOf([...changes, ...changes])
        expect(isUnbroken(rows)).toBe(true)
        expect(isUnbroken([...rows].reverse())).toBe(true)
      }),
    )
  })

  it('is broken by a row that is missing between two of its coin', () => {
    const changes = ['1', '2', '-0.5', '7'].map((amount) => ({ coin: 'BTC', amount }))
    const rows = ledgerOf(changes)
    expect(isUnbroken(rows.filter((_, index) => index !== 1))).toBe(false)
    expect(isUnbroken(rows.filter((_, index) => index !== 3))).toBe(true)
  })

  it('proves nothing without balances, and with no two rows of one coin', () => {
    const [first, second] = ledgerOf([
      { coin: 'BTC', amount: '1' },
      { coin: 'USDT', amount: '2' },
    ])
    if (first === undefined || second === undefined) throw new Error('There are two rows.')
    expect(isUnbroken([first, second])).toBe(false)
    const later = { ...first, balance: add(first.balance ?? '0', '1') }
    expect(isUnbroken([first, later])).toBe(true)
    expect(isUnbroken([first, later, second])).toBe(false)
    expect(isUnbroken([first, { ...first, balance: undefined }])).toBe(false)
    expect(isUnbroken([first, { ...first, account: 'fund' }])).toBe(false)
  })
})
