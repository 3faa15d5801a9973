import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Timing } from '../../lambdas/domain/client.ts'
import { type DiffOptions, diff } from '../../lambdas/domain/diff.ts'
import { keyOf, type Transaction } from '../../lambdas/domain/transaction.ts'
import { unreadableTransaction } from '../../lambdas/domain/unreadable.ts'
import { day, hour } from '../../lambdas/domain/window.ts'

const at = (moment: number): Timing => ({ askedAt: moment, answeredAt: moment })
const compare = (
  stored: readonly Transaction[],
  served: readonly Transaction[],
  options: Partial<DiffOptions> = {},
) => diff(stored, served, { answer: at(1_000), ...options })

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
    expect(compare([], [fill()])).toMatchObject({ write: [fill()], new: 1, changed: 0, unchanged: 0 })
  })

  it('is nothing when the same is served again', () => {
    expect(compare([fill()], [fill(), fill()])).toMatchObject({ write: [], new: 0, changed: 0, unchanged: 1 })
  })

  it('counts a row once that one answer holds twice', () => {
    expect(compare([], [fill(), fill()])).toMatchObject({ new: 1 })
  })

  it('tells rows of one millisecond apart by identity', () => {
    expect(compare([fill()], [fill(), fill({ identity: 'b' })])).toMatchObject({ new: 1, unchanged: 1 })
  })

  it('keeps what was first served of a fill whose market was renamed', () => {
    const stored = fill({ symbol: 'MATIC_USDT', feeCurrency: 'MATIC' })
    const renamed = fill({ symbol: 'POL_USDT', feeCurrency: 'POL', raw: '{"a":2}' })
    expect(compare([stored], [renamed])).toMatchObject({ write: [], unchanged: 1 })
    expect(compare([], [stored, renamed]).write).toEqual([stored])
  })

  it('fills in a contract size that was unknown, once', () => {
    const bare = fill({ stream: 'futures-trade', contracts: '2' })
    const sized = { ...bare, contractSize: '0.1', amount: '0.2' }
    expect(compare([bare], [sized])).toMatchObject({ write: [sized], changed: 1 })
    expect(compare([bare], [sized]).write[0]?.history).toBeUndefined()
    expect(compare([sized], [bare]).write).toEqual([])
    expect(compare([sized], [{ ...bare, raw: '{"a":2}' }]).write).toMatchObject([
      { contractSize: '0.1', amount: '0.2', raw: '{"a":2}' },
    ])
  })

  it('is empty after it was written, whatever was served in whatever order', () => {
    const row = fc.record({
      time: fc.constantFrom(1, 2, 40 * day),
      identity: fc.constantFrom('a', 'b'),
      status: fc.constantFrom('pending' as const, 'done' as const, 'failed' as const),
      amount: fc.constantFrom('1', '2'),
      raw: fc.constantFrom('1', '2', '3'),
    })
    const rows = fc.array(row.map((change) => transfer(change.status, change.raw, change)))
    fc.assert(
      fc.property(rows, rows, fc.boolean(), (first, second, byId) => {
        const stored = new Map<string, Transaction>()
        const apply = (served: readonly Transaction[]) => {
          const found = compare([...stored.values()], served, { byId })
          for (const one of found.write) stored.set(keyOf(one), one)
          return found
        }
        apply(first)
        const places = [...stored.keys()]
        apply(second)
        expect([...stored.keys()].slice(0, places.length)).toEqual(places)
        const asServed = [...stored.values()].map((one) => ({
          ...one,
          time: one.movedTo ?? one.time,
          movedTo: undefined,
          history: undefined,
        }))
        for (const one of asServed) expect(compare([...stored.values()], [one], { byId }).write).toEqual([])
      }),
    )
  })
})

describe('a known row that one answer, put together from parts, holds in two states that nobody can read', () => {
  const unread = (stream: Transaction['stream'], text: object) =>
    unreadableTransaction(stream, { raw: JSON.stringify(text), time: 1 }, undefined)

  it.each([
    ['a transfer', transfer('done', '{"id":"w17"}', { identity: 'w17' }), { id: 'w17' }],
    ['a fill', fill({ identity: 'X|t1|o1', tradeId: 't1', orderId: 'o1' }), { tradeId: 't1', orderId: 'o1' }],
  ])('stays one row, and nothing is written of the second: %s', (_what, stored, ids) => {
    const states = [3, 4].map((status) => unread(stored.stream, { ...ids, status, fee: '--' }))
    for (const served of [states, [...states].reverse(), [...states, ...states]]) {
      const { write, settled } = compare([stored], served, { byId: true })
      expect(write).toMatchObject([{ identity: stored.identity, unreadableRaw: served[0]?.raw }])
      expect(new Set(settled.map(({ now }) => now)).size).toBe(1)
      expect(compare(write, served).write).toEqual([])
    }
  })

  it('is two rows where nothing but their transaction names them, which may pay for several', () => {
    const stored = transfer('done', '{}', { identity: 'BTC|0x1|1', txId: '0x1' })
    const served = [1, 2].map((amount) => unread('withdrawal', { txId: '0x1', amount, fee: '--' }))
    const { write } = compare([stored], served, { byId: true })
    expect(write.map(({ identity }) => identity)).toEqual([stored.identity, served[1]?.identity])
  })

  it('is two rows where the second has ids of its own', () => {
    const stored = transfer('done', '{"id":"w17"}', { identity: 'w17' })
    const served = ['w17', 'w18'].map((id) => unread('withdrawal', { id, fee: '--' }))
    expect(compare([stored], served, { byId: true }).write).toHaveLength(2)
  })
})

describe('a transfer that says something else', () => {
  it('takes over what came with its end, and keeps what it said before', () => {
    const done = transfer('done', '{"s":3}', { txId: '0x1' })
    expect(compare([transfer('pending', '{"s":0}')], [done])).toMatchObject({
      write: [{ ...done, history: [{ until: 1_000, status: 'pending' }] }],
      changed: 1,
    })
  })

  it.each([
    ['failed', 'done'],
    ['done', 'failed'],
    ['cancelled', 'done'],
  ] as const)('is taken over from %s to %s: the newest answer counts', (before, after) => {
    const [now] = compare([transfer(before, '1')], [transfer(after, '2')]).write
    expect(now).toMatchObject({ status: after, history: [{ until: 1_000, status: before }] })
  })

  it('stays final while an answer says pending, as one that lags behind may', () => {
    expect(compare([transfer('failed', '5')], [transfer('pending', '2')])).toMatchObject({
      write: [],
      settled: [{ now: { status: 'failed' } }],
    })
  })

  it('is not undone by an answer that is older than one that was heard, in whichever order they are stored', () => {
    const [older, newer] = [at(500), at(900)]
    const key = keyOf(transfer('done', '1'))
    const said = new Map([[key, newer]])
    expect(
      compare([transfer('done', '3')], [transfer('failed', '5')], { answer: older, said }).write,
    ).toEqual([])
    expect(
      compare([transfer('done', '3')], [transfer('failed', '5')], {
        answer: newer,
        said: new Map([[key, older]]),
      }).write,
    ).toMatchObject([{ status: 'failed' }])
  })

  it('keeps a transaction hash that a later answer leaves out', () => {
    const stored = transfer('done', '{"tx":"0x1"}', { txId: '0x1' })
    expect(compare([stored], [transfer('done', '{"tx":""}')]).write).toEqual([])
    expect(
      compare([transfer('pending', '{"s":2}', { txId: '0x1' })], [transfer('done', '{"s":3}')]).write,
    ).toMatchObject([{ status: 'done', txId: '0x1' }])
  })

  it('keeps no more of its past than the first and the latest', () => {
    let row = transfer('done', '0', { amount: '0' })
    for (let change = 1; change <= 50; change += 1)
      row = compare([row], [transfer('done', String(change), { amount: String(change) })]).write[0] ?? row
    expect(row.amount).toBe('50')
    expect(row.history).toHaveLength(20)
    expect(row.history?.at(0)?.amount).toBe('0')
    expect(row.history?.at(-1)?.amount).toBe('49')
  })

  it('loses the mark that it is missing when it is shown again, with history', () => {
    const missing = transfer('done', '1', { missingSince: 700 })
    const [now] = compare([missing], [transfer('done', '1')]).write
    expect(now?.missingSince).toBeUndefined()
    expect(now?.history).toEqual([{ until: 1_000, missingSince: 700 }])
  })
})

describe('an id whose time moves', () => {
  const pending = transfer('pending', '0', { time: 10 * day, amount: '5', address: 'A' })
  const done = transfer('done', '3', { time: 10 * day + hour, amount: '5', address: 'A', txId: '0x1' })
  const byId = true

  it('is the same row, under the time at which it was first seen, and the move is history', () => {
    const { write, new: fresh } = compare([pending], [done], { byId })
    expect(fresh).toBe(0)
    expect(write).toMatchObject([
      {
        time: 10 * day,
        movedTo: 10 * day + hour,
        status: 'done',
        history: [{ until: 1_000, time: 10 * day, status: 'pending' }],
      },
    ])
    expect(compare(write, [done], { byId })).toMatchObject({ write: [], unchanged: 1 })
  })

  it('is one row when one answer, put together from parts, holds it twice', () => {
    expect(compare([], [pending, done], { byId })).toMatchObject({ new: 1, write: [{ status: 'done' }] })
  })

  it('is two rows when the id is used again years later with other content, in whichever order they come', () => {
    const years = 900 * day
    const again = transfer('done', '9', { time: years, amount: '7', address: 'B', txId: '0x2' })
    for (const order of [
      [done, again],
      [again, done],
    ]) {
      const stored: Transaction[] = []
      for (const row of order) stored.push(...compare(stored, [row], { byId }).write)
      expect(stored.map(({ time }) => time).sort()).toEqual([done.time, years].sort())
      expect(compare(stored, order, { byId })).toMatchObject({ write: [], unchanged: 2 })
    }
  })

  it('is one row however far it moves while it says nothing that contradicts', () => {
    const far = { ...done, time: 900 * day }
    expect(compare([pending], [far], { byId })).toMatchObject({ new: 0, changed: 1 })
  })

  it('is two rows when one answer holds two that contradict each other', () => {
    const other = { ...done, amount: '6' }
    expect(compare([], [pending, other], { byId })).toMatchObject({ new: 2 })
    const stored = compare([], [pending, other], { byId }).write
    expect(compare(stored, [other, pending], { byId })).toMatchObject({ write: [], unchanged: 2 })
  })
})
