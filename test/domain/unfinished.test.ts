import { describe, expect, it } from 'vitest'
import type { Settled } from '../../lambdas/domain/diff.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { unfinishedAfter } from '../../lambdas/domain/unfinished.ts'

const row = (status: Transaction['status'], change: Partial<Transaction> = {}): Transaction => ({
  stream: 'withdrawal',
  time: 5,
  identity: 'a',
  raw: '',
  status,
  ...change,
})
const settled = (served: Transaction, change: Partial<Settled> = {}): Settled => ({
  served,
  before: undefined,
  now: served,
  order: 'newer',
  ...change,
})
const other = { time: 2, identity: 'b' }
const one = { time: 5, identity: 'a' }

describe('unfinished transfers', () => {
  it('are remembered one by one until they are served as finished', () => {
    expect(unfinishedAfter([other], [settled(row('pending'))])).toEqual([other, one])
    expect(unfinishedAfter([other, one], [settled(row('done'))])).toEqual([other])
    expect(unfinishedAfter([one, { ...one, identity: 'c' }], [settled(row('done'))])).toEqual([
      { ...one, identity: 'c' },
    ])
  })

  it('are looked for at the time that the exchange gives them now', () => {
    const moved = settled(row('pending', { time: 9 }), { now: row('pending', { movedTo: 9 }) })
    expect(unfinishedAfter([one], [moved])).toEqual([{ ...one, movedTo: 9 }])
    expect(unfinishedAfter([{ ...one, movedTo: 9 }], [settled(row('done'))])).toEqual([])
  })

  it('are read again when an answer says pending of what was final: 5, then 2, then 3', () => {
    const lagging = settled(row('pending'), { now: row('failed') })
    expect(unfinishedAfter([], [lagging])).toEqual([one])
    expect(unfinishedAfter([one], [settled(row('done'))])).toEqual([])
  })

  it('are not forgotten on the word of an answer that is older than one that was heard', () => {
    const now = row('pending')
    expect(unfinishedAfter([one], [settled(row('done'), { now, order: 'older' })])).toEqual([one])
  })

  it('are read again when nobody can tell which of two answers is the newer one', () => {
    const now = row('done')
    expect(unfinishedAfter([], [settled(row('failed'), { now, order: 'unclear' })])).toEqual([one])
    expect(unfinishedAfter([], [settled(row('done'), { now, order: 'unclear' })])).toEqual([])
  })
})
