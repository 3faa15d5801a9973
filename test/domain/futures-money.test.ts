import { describe, expect, it } from 'vitest'
import { meaningOf } from '../../lambdas/domain/accounting.ts'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day, minute } from '../../lambdas/domain/window.ts'
import {
  coverageOf as coverage,
  fill,
  futuresAddUp,
  origin,
  row,
  start,
  sumOf,
  tellersOf,
} from '../model/futures-sums.ts'

const silenceOf = (known: readonly Coverage[], stored: readonly Transaction[], one: Transaction) =>
  meaningOf(origin, one, tellersOf(known, stored)).silence

describe('profit and fees of futures', () => {
  const ledger = coverage({ futures: [{ from: start, to: start + day }] })

  it('are told by the fills where the ledger is not known, both in the settlement coin and in the wallet of the account', () => {
    const early = fill(start - day, { account: 'copy_trading' })
    const { events, silence } = meaningOf(origin, early, tellersOf(ledger, [early]))
    expect(silence).toBeUndefined()
    expect(events).toMatchObject([
      {
        kind: 'gain',
        cause: 'realized-pnl',
        received: { amount: '12.5', coin: 'USDT' },
        wallet: 'copy_trading',
      },
      { kind: 'loss', cause: 'commission', sent: { amount: '0.016', coin: 'USDT' }, wallet: 'copy_trading' },
    ])
  })

  it('are told by the ledger where it is known, even where it has no row of them', () => {
    const one = fill(start + 5 * minute)
    expect(silenceOf(ledger, [one], one)).toBe('told-by-ledger')
  })

  it('are told by the fills where nothing was ever read of the ledger, or it is not served', () => {
    const one = fill(start)
    expect(sumOf([], [one])).toBe('12.484')
    expect(sumOf(coverage({ futures: [{ from: 0, to: day }] }, { note: 'not-served' }), [one])).toBe('12.484')
  })

  it('are not told a second time by rows that lie astray in time for which the ledger is not known', () => {
    const early = start - day
    const rows = [row(early, 'realized-pnl', '12.5'), row(early, 'commission', '-0.016')]
    const stored = [fill(early), ...rows]
    expect(sumOf(ledger, stored)).toBe('12.484')
    expect(rows.map((one) => silenceOf(ledger, stored, one))).toEqual(['told-by-fill', 'told-by-fill'])
  })

  it('are told by rows of time for which the ledger is not known, where no fill tells them', () => {
    const early = start - day
    const rows = [row(early, 'realized-pnl', '-107'), row(early, 'commission', '-0.5')]
    expect(sumOf(ledger, rows)).toBe('-107.5')
    const another = fill(early, { symbol: 'ETHUSDT', realizedPnl: '1', fee: '0' })
    expect(sumOf(ledger, [another, ...rows])).toBe('-106.5')
    const without = fill(early, { realizedPnl: undefined, fee: '0.5' })
    expect(sumOf(ledger, [without, ...rows])).toBe('-107.5')
    expect(sumOf(ledger, [fill(early - 11_000, { realizedPnl: '2', fee: '0' }), ...rows])).toBe('-105.5')
  })

  it('leave funding, liquidation and moves to the ledger wherever it is', () => {
    const early = start - day
    for (const type of ['funding', 'liquidation', 'transfer', 'flow-type-9'])
      expect(silenceOf(ledger, [], row(early, type, '-1'))).toBeUndefined()
  })

  it('are told by the fills of an account that has no ledger, however well that of another is known', () => {
    const known = [...ledger, { ...noCoverage('futures-trade', 'coin-m'), attempted: start }]
    const [theirs, ours] = [fill(start + minute, { account: 'coin-m' }), fill(start + minute)]
    expect(silenceOf(known, [theirs, ours], theirs)).toBeUndefined()
    expect(silenceOf(known, [theirs, ours], ours)).toBe('told-by-ledger')
  })

  it('are told by rows alone where the exchange says that there are no fills', () => {
    const known = [{ ...noCoverage('futures-trade', 'futures'), note: 'not-served' as const }]
    expect(sumOf(known, [row(start, 'commission', '-1')])).toBe('-1')
  })

  it('are told by the ledger at a moment that was collected part by part, or is too crowded to be had whole', () => {
    const moment = { from: start, to: start + 1 }
    const one = fill(start)
    const parts = coverage({ futures: [] }, { unverified: [{ ...moment, reason: 'indivisible' }] })
    expect(silenceOf(parts, [], one)).toBe('told-by-ledger')
    const crowded = coverage({ futures: [] }, { lost: [{ ...moment, reason: 'saturated' }] })
    expect(silenceOf(crowded, [], one)).toBe('told-by-ledger')
    const doubted = coverage({ futures: [] }, { unverified: [{ ...moment, reason: 'beyond-depth' }] })
    expect(silenceOf(doubted, [], one)).toBeUndefined()
  })

  it('of a row that names no account are told by the ledger where that of every account is known', () => {
    const window = { from: start, to: start + day }
    const one = fill(start + minute * 5, { account: undefined })
    expect(silenceOf(coverage({ futures: [window], copy_trading: [window] }), [], one)).toBe('told-by-ledger')
    expect(silenceOf(coverage({ futures: [window], copy_trading: [] }), [], one)).toBeUndefined()
  })

  it('say so where a fill names no profit, no fee or no coin, and tell what it names', () => {
    const told = (more: Partial<Transaction>) => meaningOf(origin, fill(0, more), tellersOf([], []))
    expect(told({ realizedPnl: undefined })).toMatchObject({
      events: [{ cause: 'commission' }],
      silence: 'unclear',
    })
    expect(told({ fee: undefined })).toMatchObject({
      events: [{ cause: 'realized-pnl' }],
      silence: 'unclear',
    })
    expect(told({ feeCurrency: undefined })).toEqual({ events: [], silence: 'unclear' })
    expect(told({ realizedPnl: '0', fee: '0.00', feeCurrency: undefined })).toEqual({
      events: [],
      silence: 'zero',
    })
    expect(told({ realizedPnl: '-3', fee: '-0.5' }).events).toMatchObject([
      { kind: 'loss', cause: 'realized-pnl', sent: { amount: '3' } },
      { kind: 'gain', cause: 'rebate', received: { amount: '0.5' } },
    ])
  })
})

describe('where ledger time begins or ends', () => {
  const ledger = coverage({ futures: [{ from: start, to: start + day }] })
  const end = start + day

  it('a fill just before is told by its rows just after the beginning, and once', () => {
    const stored = [
      fill(start - 3),
      row(start, 'realized-pnl', '12.500'),
      row(start + 40, 'commission', '-0.0160'),
    ]
    expect(sumOf(ledger, stored)).toBe('12.484')
    expect(silenceOf(ledger, stored, stored[0] as Transaction)).toBe('told-by-ledger')
  })

  it('a fill just before is told by itself when its rows are not there', () => {
    const other = [
      fill(start + 5),
      row(start + 9, 'realized-pnl', '12.5'),
      row(start + 9, 'commission', '-0.016'),
    ]
    expect(sumOf(ledger, [fill(start - 3, { realizedPnl: '7' }), ...other])).toBe('19.468')
  })

  it('one part of a fill may be told by the ledger, and the other by the fill', () => {
    const stored = [fill(start - 3), row(start + 1, 'commission', '-0.016')]
    expect(sumOf(ledger, stored)).toBe('12.484')
    const told = meaningOf(origin, stored[0] as Transaction, tellersOf(ledger, stored))
    expect(told.events).toMatchObject([{ cause: 'realized-pnl' }])
    expect(told).not.toHaveProperty('silence')
  })

  it('a fill just before the end tells itself when its rows are dated after it, stored or not', () => {
    const late = [row(end + 2, 'realized-pnl', '12.5'), row(end + 2, 'commission', '-0.016')]
    expect(sumOf(ledger, [fill(end - 5), ...late])).toBe('12.484')
    expect(sumOf(ledger, [fill(end - 5)])).toBe('12.484')
    expect(silenceOf(ledger, [fill(end - 5), ...late], late[0] as Transaction)).toBe('told-by-fill')
  })

  it('a row that is for several fills, as amounts show, tells for all of them', () => {
    const fills = [1, 2, 3].map((n) => fill(start - n * 100, { realizedPnl: '0', fee: `0.0${n}` }))
    expect(sumOf(ledger, [...fills, row(start + 1, 'commission', '-0.06')])).toBe('-0.06')
    const last = [1, 2, 3].map((n) => fill(end - n * 100, { realizedPnl: '0', fee: `0.0${n}` }))
    expect(sumOf(ledger, [...last, row(end - 1, 'commission', '-0.06')])).toBe('-0.06')
    expect(sumOf(ledger, [...last, row(end + 1, 'commission', '-0.06')])).toBe('-0.06')
  })

  it('rows of another account or symbol tell nothing of a fill', () => {
    const one = fill(start - 3, { realizedPnl: '0' })
    for (const more of [{ account: 'copy_trading' }, { symbol: 'ETHUSDT' }]) {
      const known = coverage({
        futures: [{ from: start, to: end }],
        copy_trading: [{ from: start, to: end }],
      })
      const stored = [one, row(start + 1, 'commission', '-0.016', more)]
      expect(meaningOf(origin, one, tellersOf(known, stored)).events).toHaveLength(1)
    }
  })
})

describe('the sum of all profit and fees', () => {
  it('is the true one, whichever time the ledger covers', () => {
    futuresAddUp({ numRuns: 500 })
  })
})
