import { Big } from 'big.js'
import { describe, expect, test } from 'vitest'
import {
  demoAccount,
  demoSizes,
  generateAccount,
  type SimulatedAccount,
  tradingEnd,
} from '../../../local/simulated-bitmart/account.ts'
import { day, now } from './caller.ts'

const account = demoAccount(now)
const burstTime = busiest(account.spotFills.map((row) => row.createTime))
const burstSecond = busiest(account.futuresFills.map((row) => Math.floor(row.create_time / 1000)))

describe('the demo account', () => {
  test('has as many rows as it says', () => {
    expect(account.spotFills).toHaveLength(1450)
    expect(account.futuresFills).toHaveLength(900)
    expect(account.transfers.filter((row) => row.operation_type === 'withdraw')).toHaveLength(137)
    expect(account.transfers.filter((row) => row.operation_type === 'deposit')).toHaveLength(41)
    expect(account.ledger).toHaveLength(demoSizes.ledgerRows)
  })

  test('has 450 spot fills in one millisecond, one order of them alone more than a page', () => {
    const burst = account.spotFills.filter((row) => row.createTime === burstTime)
    expect(burst).toHaveLength(450)
    expect(new Set(burst.map((row) => row.symbol)).size).toBeGreaterThan(5)
    expect(new Set(burst.map((row) => row.orderMode))).toEqual(new Set(['spot', 'iso_margin']))
    expect(Math.max(...counts(burst.map((row) => row.orderId)).values())).toBeGreaterThan(200)
  })

  test('has 260 futures fills in one second, its first and last millisecond included, most in one account', () => {
    const burst = account.futuresFills.filter((row) => Math.floor(row.create_time / 1000) === burstSecond)
    expect(burst).toHaveLength(260)
    expect(burst.map((row) => row.create_time % 1000)).toEqual(expect.arrayContaining([0, 999]))
    const accounts = counts(burst.map((row) => row.account))
    expect(accounts.get('futures')).toBeGreaterThan(200)
    expect(accounts.get('copy_trading')).toBeGreaterThan(0)
  })

  test('has a self-trade: one trade id, two orders, bought and sold', () => {
    const [sold, bought] = [...groups(account.spotFills, (row) => row.tradeId).values()]
      .filter((rows) => rows.length > 1)
      .flat()
      .sort((a, b) => (a.side < b.side ? 1 : -1))
    expect(bought).toMatchObject({ side: 'buy', symbol: sold?.symbol, size: sold?.size })
    expect(sold?.side).toBe('sell')
    expect(sold?.orderId).not.toBe(bought?.orderId)
  })

  test('has no two fills with the same symbol, trade id and order id', () => {
    const spot = account.spotFills.map((row) => `${row.symbol} ${row.tradeId} ${row.orderId}`)
    const futures = account.futuresFills.map((row) => `${row.symbol} ${row.trade_id} ${row.order_id}`)
    expect(new Set(spot).size).toBe(spot.length)
    expect(new Set(futures).size).toBe(futures.length)
  })

  test('pays fees in a third coin', () => {
    expect(
      account.spotFills.some((row) => row.feeCoinName === 'BMX' && !row.symbol.split('_').includes('BMX')),
    ).toBe(true)
  })

  test('trades coins with awkward names and coins that ccxt renames', () => {
    const symbols = new Set(account.spotFills.map((row) => row.symbol))
    for (const symbol of ['1INCH_USDT', '$PAC_USDT', 'usdk_USDT', 'xSUSHI_ETH', 'BP_USDT', 'TRU_USDT'])
      expect(symbols).toContain(symbol)
  })

  test('has amounts of more than twenty digits and amounts that end in zeros', () => {
    const digits = (text: string) => text.replace(/\D/g, '').replace(/^0+/, '').length
    expect(account.spotFills.some((row) => digits(row.size) > 20 && digits(row.notional) > 20)).toBe(true)
    expect(account.spotFills.some((row) => row.size.endsWith('00'))).toBe(true)
    expect(account.transfers.some((row) => digits(row.arrival_amount) > 20)).toBe(true)
    expect(account.transfers.some((row) => row.arrival_amount.endsWith('00000000'))).toBe(true)
  })

  test('trades a pair and a contract that the public catalogue no longer lists', () => {
    const pairs = account.spotSymbols.map((row) => row.symbol)
    const contracts = account.contracts.map((row) => row.symbol)
    expect(missing(account.spotFills, pairs)).toEqual(['GONE_USDT'])
    expect(missing(account.futuresFills, contracts)).toEqual(['OLDUSDT'])
  })

  test('has groups of three fills in a millisecond', () => {
    const groupsOfThree = [...counts(account.spotFills.map((row) => row.createTime)).values()]
    expect(groupsOfThree.filter((count) => count === 3).length).toBeGreaterThan(20)
  })

  test('has rows in the last and in the first millisecond of a day, in spot, futures and ledger', () => {
    for (const times of [
      account.spotFills.map((row) => row.createTime),
      account.futuresFills.map((row) => row.create_time),
      account.ledger.map((row) => Number(row.time)),
    ]) {
      expect(times.some((time) => time % day === 0)).toBe(true)
      expect(times.some((time) => time % day === day - 1)).toBe(true)
    }
  })

  test('has withdrawals of two years in every status, unfinished ones only of the newest days', () => {
    const withdrawals = account.transfers.filter((row) => row.operation_type === 'withdraw')
    expect(new Set(withdrawals.map((row) => row.status))).toEqual(new Set([0, 1, 2, 3, 4, 5]))
    const oldest = Math.min(...withdrawals.map((row) => row.apply_time))
    expect(now - oldest).toBe(730 * day)
    expect(withdrawals.filter((row) => row.status < 3).every((row) => row.apply_time > now - 2.5 * day)).toBe(
      true,
    )
    expect(withdrawals.filter((row) => row.status < 2).every((row) => row.tx_id === '')).toBe(true)
  })

  test('has transfers that share a millisecond, and deposits that carry their network', () => {
    const times = counts(account.transfers.map((row) => `${row.operation_type} ${row.apply_time}`))
    expect([...times.values()].some((count) => count > 1)).toBe(true)
    expect(
      account.transfers.some((row) => row.operation_type === 'deposit' && row.currency === 'USDT-TRC20'),
    ).toBe(true)
  })

  test('has ledger rows of every flow in both accounts, and rows that are equal in every field', () => {
    const kinds = new Set(account.ledger.map((row) => `${row.flow_type} ${row.account}`))
    expect(kinds.size).toBe(10)
    const twins = [...counts(account.ledger.map((row) => JSON.stringify(row))).values()]
    expect(twins.filter((count) => count > 1).length).toBeGreaterThanOrEqual(5)
    expect(account.ledger.some((row) => row.flow_type === 1 && row.symbol === '')).toBe(true)
  })

  test('writes futures fees as contracts times contract size times price times rate', () => {
    const row = account.futuresFills.find((fill) => fill.symbol === 'BTCUSDT' && fill.exec_type === 'Taker')
    expect(row?.paid_fees).toBe(
      new Big(row?.price ?? 0)
        .times(row?.vol ?? 0)
        .times('0.001')
        .times('0.0006')
        .toFixed(),
    )
  })

  test('has nothing that is younger than an hour or older than its days', () => {
    const times = account.spotFills.map((row) => row.createTime)
    expect(Math.max(...times)).toBeLessThanOrEqual(now - 3_600_000)
    expect(Math.min(...times)).toBeGreaterThanOrEqual(now - 80 * day)
  })
})

describe('a generated account', () => {
  test('is the same for the same seed and another for another', () => {
    const make = (seed: number): SimulatedAccount =>
      generateAccount({ seed, now, spotFills: 50, futuresFills: 50, ledgerRows: 50, withdrawals: 9 })
    expect(make(1)).toEqual(make(1))
    expect(make(1)).not.toEqual(make(2))
  })

  test.each([0, 1, 2, 7, 333])('has exactly %i rows of each kind', (count) => {
    const made = generateAccount({
      seed: 4,
      now,
      spotFills: count,
      futuresFills: count,
      ledgerRows: count,
      withdrawals: count,
      deposits: count,
      spotBurst: 500,
      futuresBurst: 3,
    })
    expect(made.spotFills).toHaveLength(count)
    expect(made.futuresFills).toHaveLength(count)
    expect(made.ledger).toHaveLength(count)
    expect(made.transfers).toHaveLength(2 * count)
  })
})

function groups<Row>(rows: readonly Row[], by: (row: Row) => string): Map<string, Row[]> {
  const found = new Map<string, Row[]>()
  for (const row of rows) found.set(by(row), [...(found.get(by(row)) ?? []), row])
  return found
}

function counts<Value>(values: readonly Value[]): Map<Value, number> {
  const found = new Map<Value, number>()
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1)
  return found
}

function busiest(values: readonly number[]): number {
  return [...counts(values)].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0]
}

function missing(rows: readonly { symbol: string }[], listed: readonly string[]): string[] {
  return [...new Set(rows.map((row) => row.symbol))].filter((symbol) => !listed.includes(symbol))
}

test('the account of the demo stops trading when BitMart’s trading ended, and deposits a month earlier', () => {
  const today = demoAccount(Date.UTC(2026, 10, 26))
  const traded = [
    ...today.spotFills.map(({ createTime }) => createTime),
    ...today.futuresFills.map(({ create_time }) => create_time),
    ...today.ledger.map(({ time }) => Number(time)),
  ]
  expect(traded).toHaveLength(demoSizes.spotFills + demoSizes.futuresFills + demoSizes.ledgerRows)
  expect(Math.max(...traded)).toBeLessThanOrEqual(tradingEnd)
  const times = (kind: string) =>
    today.transfers.flatMap(({ operation_type, apply_time }) => (operation_type === kind ? [apply_time] : []))
  expect(Math.max(...times('deposit'))).toBeLessThan(Date.UTC(2026, 6, 26, 1, 30))
  expect(Math.max(...times('withdraw'))).toBeGreaterThan(tradingEnd)
})
