import { describe, expect, it } from 'vitest'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { describeExchange } from '../../lambdas/use-cases/describe-exchange.ts'
import { exchange } from './home-in-memory.ts'

describe('what a user is told of an exchange', () => {
  const told = describeExchange(exchange, ['192.0.2.7'], Date.parse('2026-11-26T12:00:00Z'))

  it('is which credentials it wants, and which signs in them trouble other tools', () => {
    expect(told.credentials.map(({ name, title }) => [name, title])).toEqual([
      ['apiKey', 'Access key'],
      ['secret', 'Secret key'],
      ['passphrase', 'Memo'],
    ])
    expect(told.credentials.map((field) => field.troublesome)).toEqual([undefined, undefined, ['!', '※']])
    expect(told.credentials[0]).not.toHaveProperty('troublesome')
  })

  it('is what each stream serves, in days and in the outward form of time', () => {
    expect(told.streams.map(({ stream }) => stream)).toEqual(exchange.streams.map(({ stream }) => stream))
    expect(told.streams[0]).toMatchObject({
      works: true,
      changes: false,
      window: { maxDays: 89, unitMilliseconds: 1, lowerEnd: 'unknown', upperEnd: 'unknown' },
      servedDays: 7,
      reportedDays: 90,
      askedSince: '2018-01-01T00:00:00.000Z',
      limit: { calls: 12, perMilliseconds: 2_000, scope: 'key' },
    })
  })

  it('is only what is documented where nobody reports more', () => {
    const deposits = told.streams.find(({ stream }) => stream === 'deposit')
    expect(deposits).toMatchObject({ servedDays: 90 })
    expect(deposits).not.toHaveProperty('reportedDays')
  })

  it('is what a key may do, where we call from and when the exchange closes', () => {
    expect(told.powers).toEqual({ checked: ['withdraw', 'futures-trade'], uncheckable: ['spot trading'] })
    expect(told.absent).toEqual(exchange.absent)
    expect(told.addresses).toEqual({ items: ['192.0.2.7'], separator: ',' })
    expect(told.closing.at(-1)?.at).toBe('2027-01-31T15:59:00.000Z')
  })
})

describe('what a user is told of other exchanges', () => {
  const told = (one: Parameters<typeof describeExchange>[0], at: string) =>
    describeExchange(one, [], Date.parse(at))

  it('is whether it is open, closing or closed at that moment', () => {
    expect(told(bingx, '2026-11-26T12:00:00Z').state).toBe('open')
    expect(told(exchange, '2026-11-26T12:00:00Z').state).toBe('closing')
    expect(told(exchange, '2027-02-01T00:00:00Z').state).toBe('closed')
  })

  it('is what a list is asked by, within how many days each name of it is asked, and how many rows it shows', () => {
    const spot = told(bitrue, '2026-11-26T12:00:00Z').streams.find(({ stream }) => stream === 'spot-trade')
    expect(spot).toMatchObject({ reads: 'list', partitions: [], askedWithinDays: 7, pageCap: 1_000 })
    expect(spot).toHaveProperty('partitionsOf')
  })
})
