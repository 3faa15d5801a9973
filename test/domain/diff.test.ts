import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diff, unfinishedAfter } from '../../lambdas/domain/diff.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'

const fill = (change: Partial<Transaction> = {}): Transaction => ({
  stream: 'spot-trade',
  time: 1,
  identity: 'a',
  raw: '{"a":1}',
  ...change,
})
const transfer = (
  status: Transaction['status'],
  raw: string,
  change: Partial<Transaction> = {},
): Transaction => fill({ stream: 'withdrawal', status, raw, ...change })

describe('the difference between served and stored', () => {
  it('is everything when nothing is stored', () => {
    expect(diff([], [fill()])).toEqual({ write: [fill()], new: 1, changed: 0, unchanged: 0 })
  })

  it('is nothing when the same is served again', () => {
    expect(diff([fill()], [fill(), fill()])).toEqual({ write: [], new: 0, changed: 0, unchanged: 1 })
  })

  it('counts a row once that one answer holds twice', () => {
    expect(diff([], [fill(), fill()])).toMatchObject({ new: 1 })
  })

  it('tells rows of one millisecond apart by identity', () => {
    expect(diff([fill()], [fill(), fill({ identity: 'b' })])).toMatchObject({ new: 1, unchanged: 1 })
  })

  it('moves a transfer forward with what came with it', () => {
    const done = transfer('done', '{"s":3}', { txId: '0x1' })
    expect(diff([transfer('pending', '{"s":0}')], [done])).toMatchObject({ write: [done], changed: 1 })
  })

  it.each(['done', 'cancelled', 'failed'] as const)('never moves a transfer back from %s', (status) => {
    const stored = transfer(status, '{"s":9}')
    for (const stale of ['pending', 'done', 'cancelled', 'failed'] as const) {
      if (stale !== status) expect(diff([stored], [transfer(stale, '{"s":1}')]).write).toEqual([])
    }
  })

  it('does not let a stale answer take a transaction hash away', () => {
    const stored = transfer('done', '{"tx":"0x1"}', { txId: '0x1' })
    expect(diff([stored], [transfer('done', '{"tx":""}')]).write).toEqual([])
  })

  it('keeps a transaction hash that a later status leaves out', () => {
    const stored = transfer('pending', '{"s":2}', { txId: '0x1' })
    expect(diff([stored], [transfer('done', '{"s":3}')]).write).toMatchObject([
      { status: 'done', txId: '0x1' },
    ])
  })

  it('fills in a contract size that was unknown, once', () => {
    const bare = fill({ stream: 'futures-trade', contracts: '2' })
    const sized = { ...bare, contractSize: '0.1', amount: '0.2' }
    expect(diff([bare], [sized])).toMatchObject({ write: [sized], changed: 1 })
    expect(diff([sized], [bare]).write).toEqual([])
    expect(diff([sized], [{ ...bare, raw: '{"a":2}' }]).write).toMatchObject([
      { contractSize: '0.1', amount: '0.2', raw: '{"a":2}' },
    ])
  })

  it('is empty after it was written, whatever was served in whatever order', () => {
    const row = fc.record({
      time: fc.integer({ min: 1, max: 3 }),
      identity: fc.constantFrom('a', 'b'),
      status: fc.constantFrom('pending' as const, 'done' as const, 'failed' as const),
      raw: fc.constantFrom('1', '2', '3'),
    })
    const rows = fc.array(row.map((change) => transfer(change.status, change.raw, change)))
    fc.assert(
      fc.property(rows, rows, (first, second) => {
        const stored = new Map<string, Transaction>()
        const apply = (served: readonly Transaction[]) => {
          const found = diff([...stored.values()], served)
          for (const one of found.write) stored.set(`${one.time}|${one.identity}`, one)
          return found
        }
        apply(first)
        const finals = new Map([...stored].filter(([, one]) => one.status !== 'pending'))
        apply(second)
        for (const [key, one] of finals) expect(stored.get(key)?.status).toBe(one.status)
        expect(apply([...stored.values()]).write).toEqual([])
      }),
    )
  })
})

describe('unfinished transfers', () => {
  const all = { from: 0, to: 10 }

  it('are remembered by time until they are served as finished', () => {
    const pending = transfer('pending', '1', { time: 5 })
    expect(unfinishedAfter([2, 3], [pending], all)).toEqual([2, 3, 5])
    expect(unfinishedAfter([2, 5], [transfer('done', '2', { time: 5 })], all)).toEqual([2])
    expect(
      unfinishedAfter(
        [5],
        [transfer('done', '2', { time: 5 }), transfer('pending', '1', { time: 5, identity: 'b' })],
        all,
      ),
    ).toEqual([5])
  })

  it('are not forgotten when an answer may leave out others of their time', () => {
    const done = transfer('done', '2', { time: 5 })
    expect(unfinishedAfter([5], [done], undefined)).toEqual([5])
    expect(unfinishedAfter([5], [done], { from: 6, to: 10 })).toEqual([5])
    expect(unfinishedAfter([5], [done], { from: 0, to: 5 })).toEqual([5])
    expect(unfinishedAfter([5], [done], { from: 5, to: 6 })).toEqual([])
  })
})
