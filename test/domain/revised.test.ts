import { describe, expect, it } from 'vitest'
import { isRevised } from '../../lambdas/domain/revised.ts'
import { takeOver } from '../../lambdas/domain/take-over.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'

const done: Transaction = {
  stream: 'withdrawal',
  time: 1,
  identity: 'a',
  currency: 'USDT',
  amount: '10',
  fee: '0.50',
  address: '0xa',
  txId: '0x1',
  status: 'done',
  raw: '1',
}
const { status: _none, ...fill } = done

/** The row after the exchange said each of these of it, one after the other. */
function said(first: Transaction, ...then: readonly Partial<Transaction>[]): Transaction {
  return then.reduce<Transaction>(
    (row, change, index) => takeOver(row, { ...first, ...change, raw: `${index + 2}` }, index + 1),
    first,
  )
}

describe('a row that said something final', () => {
  it.each([
    ['amount', { amount: '1000' }],
    ['coin', { currency: 'BTC' }],
    ['address', { address: '0xb' }],
    ['fee', { fee: '0.6' }],
    ['fee, which is not told any more', { fee: undefined }],
    ['id on the chain', { txId: '0x2' }],
    ['status', { status: 'failed' }],
    ['time', { time: 2 }],
  ] as const)('is revised by another %s', (_what, change) => {
    expect(isRevised(said(done, change))).toBe(true)
  })

  it('is revised for good, though it says again what it said at first', () => {
    expect(isRevised(said(done, { amount: '1000' }, {}))).toBe(true)
    expect(isRevised(said(done, { amount: '1000' }, {}, { time: 5 }))).toBe(true)
  })

  it('is revised where it is a fill, which is final from the first', () => {
    expect(isRevised(said(fill, { amount: '1000' }))).toBe(true)
  })

  it.each([
    ['nothing else', {}],
    ['the same amount written otherwise', { fee: '0.5', amount: '10.0' }],
    ['nothing of what it told', { txId: undefined }],
  ] as const)('is not revised by %s', (_what, change) => {
    expect(isRevised(said(done, change))).toBe(false)
  })

  it('is not revised by what it came to say while it was pending, or by what it first left out', () => {
    expect(isRevised(said({ ...done, status: 'pending' }, { amount: '9' }, { status: 'done' }))).toBe(false)
    expect(isRevised(said({ ...done, status: 'pending' }, { time: 2 }, { time: 2, status: 'done' }))).toBe(
      false,
    )
    expect(isRevised(said({ ...done, fee: undefined }, { fee: '1' }))).toBe(false)
    expect(
      isRevised(said({ ...done, status: 'pending' }, { status: 'done' }, { status: 'done', amount: '9' })),
    ).toBe(true)
  })
})
