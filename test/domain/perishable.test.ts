import { describe, expect, it } from 'vitest'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import { dueBeforeLost, onceAdvised, perishing, perishingWords } from '../../lambdas/domain/perishable.ts'
import type { StreamDefinition } from '../../lambdas/domain/stream.ts'
import { day, hour } from '../../lambdas/domain/window.ts'

const now = Date.UTC(2026, 10, 27, 12)
const opened = Date.UTC(2018, 0, 1)
type Definition = Parameters<typeof perishing>[0][number]
const fills: Definition = {
  stream: 'futures-trade',
  partitions: ['usdt-m'],
  opened,
  unit: 1_000,
  perishable: { after: 7 * day, what: 'fills lose their trade id' },
}
const reserve: Definition = {
  ...fills,
  partitions: ['usdt-m-orders'],
  reserveOf: 'usdt-m',
  perishable: { after: 30 * day, what: 'fills are no longer served' },
}
const spot: Definition = { stream: 'spot-trade', partitions: ['spot'], opened, unit: 1_000 }

function coveredFor(partition: string, change: Partial<Coverage>): Coverage {
  return { ...noCoverage('futures-trade' satisfies StreamDefinition['stream'], partition), ...change }
}

const until = (to: number) => coveredFor('usdt-m', { covered: [{ from: opened, to }], attempted: to })

describe('what perishes', () => {
  it('is what was not imported yet, from the first moment on, until it begins to be lost', () => {
    expect(perishing([spot, fills], [until(now - 2 * day)], now)).toEqual([
      {
        stream: 'futures-trade',
        since: now - 2 * day,
        at: now + 5 * day,
        what: 'fills lose their trade id',
        isUrgent: false,
      },
    ])
  })

  it('is urgent once half of the time is gone', () => {
    const urgencyAfter = (age: number) => perishing([fills], [until(now - age)], now)[0]?.isUrgent
    expect([urgencyAfter(3 * day), urgencyAfter(4 * day)]).toEqual([false, true])
  })

  it('is a failure within what is covered, too, and nothing that is lost already or that nobody can tell', () => {
    const hole = { from: now - 6 * day, to: now - 5 * day }
    const around = [
      { from: opened, to: hole.from },
      { from: hole.to, to: now },
    ]
    const sinceOf = (change: Partial<Coverage>) =>
      perishing([fills], [coveredFor('usdt-m', { covered: around, attempted: now, ...change })], now).map(
        ({ since }) => since,
      )
    expect(sinceOf({})).toEqual([hole.from])
    expect(sinceOf({ lost: [{ ...hole, reason: 'failed' }] })).toEqual([hole.from])
    expect(sinceOf({ lost: [{ ...hole, reason: 'expired' }] })).toEqual([])
    expect(sinceOf({ unverified: [{ ...hole, reason: 'indivisible' }] })).toEqual([])
  })

  it('is nothing of a product that was never opened', () => {
    expect(perishing([fills], [coveredFor('usdt-m', { note: 'not-opened' })], now)).toEqual([])
  })

  it('is only what its better has given up where a stream is a reserve', () => {
    const lost = { from: now - 20 * day, to: now - 7 * day }
    const better = coveredFor('usdt-m', {
      covered: [{ from: lost.to, to: now }],
      lost: [{ ...lost, reason: 'expired' }],
      attempted: now,
    })
    expect(perishing([fills, reserve], [better], now)).toMatchObject([
      { since: lost.from, at: now + 10 * day, what: 'fills are no longer served' },
    ])
    const told = coveredFor('usdt-m-orders', { covered: [lost], attempted: now })
    expect(perishing([fills, reserve], [better, told], now)).toEqual([])
    expect(perishing([reserve], [], now)).toEqual([])
  })
})

describe('when the next sync is due', () => {
  it('is within a quarter of the time that is left, so that several may fail', () => {
    const dueAfter = (age: number) => (dueBeforeLost([fills], [until(now - age)], now) ?? 0) - now
    expect(dueAfter(day)).toBe(36 * hour)
    expect(dueAfter(3 * day)).toBe(day)
    expect(dueAfter(5 * day)).toBe(12 * hour)
    expect(dueAfter(6.9 * day)).toBe(6 * hour)
    expect(dueAfter(30 * day)).toBe(6 * hour)
  })

  it('is soon where a perishable stream was never asked, and does not matter where nothing perishes', () => {
    expect(dueBeforeLost([fills], [], now)).toBe(now + 6 * hour)
    expect(dueBeforeLost([spot], [], now)).toBeUndefined()
  })
})

describe('the words for it', () => {
  it('say by when to import, and what is lost after that', () => {
    const [found] = perishing([fills], [until(now - 2 * day + 1)], now)
    expect(found && perishingWords(found, now)).toBe(
      'Futures fills from 2026-11-25 12:00 UTC on are not imported yet: after 2026-12-02 12:00 UTC fills lose their ' +
        'trade id. Import before then.',
    )
  })

  it('say that it is being lost where no time is left', () => {
    const [found] = perishing([fills], [until(now - 9 * day)], now)
    expect(found && perishingWords(found, now)).toBe(
      'Futures fills from 2026-11-20 12:00 UTC on are not imported yet, and the first of them are being lost: fills ' +
        'lose their trade id. Import now.',
    )
  })

  it('say what to do at once only behind the last that it is for', () => {
    const [lost] = perishing([fills], [until(now - 9 * day)], now)
    const [later] = perishing([fills], [until(now - 2 * day)], now)
    if (lost === undefined || later === undefined) throw new Error('Nothing perishes.')
    const told = [lost, { ...lost, stream: 'spot-trade' as const }, later].map((one) =>
      perishingWords(one, now),
    )
    const once = onceAdvised(told)
    expect(once.join('\n').match(/Import now\./g)).toHaveLength(1)
    expect(once[0]).toMatch(/are being lost: fills lose their trade id\.$/)
    expect(once.slice(1)).toEqual(told.slice(1))
  })
})
