import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meaningOf } from '../../lambdas/domain/accounting.ts'
import { ledgerTellsAll } from '../../lambdas/domain/futures-money.ts'
import { transactionJson } from '../../lambdas/domain/outward.ts'
import { isUnreadable, mayBecome, unreadableTransaction } from '../../lambdas/domain/unreadable.ts'

const origin = { id: 'c1', exchange: 'bitmart', subaccount: '' }
const raw = '{"tradeId":"1","side":5,"price":"1.50"}'
const kept = unreadableTransaction('spot-trade', { raw, time: 1_700_000_000_000 }, undefined)

describe('what is kept of a row that cannot be read', () => {
  it('is shown with when it happened and as it was served, and moves no money', () => {
    expect(JSON.parse(transactionJson(origin, kept))).toMatchObject({
      stream: 'spot-trade',
      time: '2023-11-14T22:13:20.000Z',
      type: 'unreadable',
      raw: JSON.parse(raw),
    })
    for (const stream of ['spot-trade', 'futures-trade', 'futures-ledger', 'withdrawal', 'deposit'] as const)
      expect(meaningOf(origin, { ...kept, stream }, ledgerTellsAll)).toEqual({
        events: [],
        silence: 'unclear',
      })
  })

  it('is told apart by its text alone, and from rows that only say that they are unreadable', () => {
    expect(isUnreadable(kept)).toBe(true)
    expect(isUnreadable({ ...kept, identity: 'BTC_USDT|1|2' })).toBe(false)
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const [a, b] = [one, other].map(
          (text) => unreadableTransaction('deposit', { raw: text, time: 1 }, undefined).identity,
        )
        expect(a === b).toBe(one === other)
      }),
    )
  })
})

describe('what a row that could not be read may have become', () => {
  const was = (row: object, time = 1_000) =>
    unreadableTransaction('deposit', { raw: JSON.stringify(row), time }, undefined)
  it.each([
    ['a row in its place', { amount: '?' }, { amount: '1' }, 1_000, true],
    [
      'not one with another id, even there',
      { txid: 'a', amount: '?' },
      { txid: 'b', amount: '1' },
      1_000,
      false,
    ],
    [
      'one there whose id was too long to be one',
      { txid: '7'.repeat(5_000), amount: '1' },
      { txid: 'b', amount: '1' },
      1_000,
      true,
    ],
    ['one there whose id was half a character', { txid: '1\ud800' }, { txid: 'b' }, 1_000, true],
    ['one far away that says all it said', { coin: 'xrp', at: null }, { coin: 'xrp', at: 5 }, 9_000, true],
    ['not one far away that says otherwise', { coin: 'xrp', at: null }, { coin: 'btc', at: 5 }, 9_000, false],
    ['not just any row where it said nothing', { at: null }, { coin: 'btc', at: 5 }, 9_000, false],
  ])('is %s', (_what, before, now, time, expected) => {
    expect(mayBecome(was(before), was(now, time), 10)).toBe(expected)
  })
})
