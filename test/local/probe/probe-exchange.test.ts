import { describe, expect, it, onTestFinished } from 'vitest'
import { day } from '../../../lambdas/domain/window.ts'
import { type Finding, probeExchange } from '../../../local/probe/probe-exchange.ts'
import { generateAccount } from '../../../local/simulated-bitmart/account.ts'
import type { SimulatorOptions } from '../../../local/simulated-bitmart/options.ts'
import { hurried, openTestClient, startSimulatedBitmart } from '../../model/engine.ts'

const now = Date.UTC(2026, 7, 20, 12)

/** More than a page of each kind, and none of it old. */
const account = generateAccount({
  seed: 3,
  now,
  spotFills: 300,
  futuresFills: 250,
  ledgerRows: 200,
  withdrawals: 20,
  days: 60,
})

async function probe(options: Partial<SimulatorOptions> = {}): Promise<readonly Finding[]> {
  const simulator = await startSimulatedBitmart({
    clock: () => now,
    account,
    enforceLimits: false,
    ...options,
  })
  onTestFinished(() => simulator.close())
  const exchange = hurried()
  const client = openTestClient(exchange, simulator)
  onTestFinished(() => client.close())
  return probeExchange(client, exchange, { onStream: () => undefined, isOver: () => false })
}

const foundOf = (findings: readonly Finding[], title: RegExp, probe: string, partition?: string) =>
  findings.find(
    (one) =>
      title.test(one.title) &&
      one.probe === probe &&
      (partition === undefined || one.partition === partition),
  )?.found

describe('what a probe finds out about BitMart', () => {
  it.each([
    ['inclusive', 'inclusive', 'the start belongs to the answer, and the end belongs to the answer'],
    ['inclusive', 'exclusive', 'the start belongs to the answer, and the end does not belong to the answer'],
    ['exclusive', 'inclusive', 'the start does not belong to the answer, and the end belongs to the answer'],
  ] as const)('is which ends are played: %s and %s', async (lowerEnd, upperEnd, found) => {
    const findings = await probe({ lowerEnd, upperEnd })
    expect(foundOf(findings, /^Spot/, 'ends')).toBe(found)
    expect(foundOf(findings, /ledger/i, 'ends', 'futures')).toBe(found)
  })

  it.each([
    ['newest', 'the newest rows are shown'],
    ['oldest', 'the oldest rows are shown'],
  ] as const)('is which rows of a full page are shown: the %s', async (page, found) => {
    expect(foundOf(await probe({ page }), /^Spot/, 'order')).toContain(found)
  })

  it.each([
    [100 as const, 'an answer holds 100 rows when 200 are wished for'],
    [1_000 as const, 'an answer holds 200 rows when 200 are wished for'],
  ])('is that a page of transfers holds up to %i rows', async (transferCap, found) => {
    const transfers = account.transfers.slice(0, 1).flatMap((one) =>
      Array.from({ length: 250 }, (_, index) => ({
        ...one,
        operation_type: 'deposit' as const,
        withdraw_id: '',
        deposit_id: `${7_000 + index}`,
        apply_time: now - day - index * 1_000,
      })),
    )
    const findings = await probe({ transferCap, account: { ...account, transfers } })
    expect(foundOf(findings, /^Deposits/, 'page')).toBe(found)
  })

  it('is from which age on questions are refused, to the hour', async () => {
    const findings = await probe({
      lookBack: { fills: 100 * day, ledger: 100 * day, transfers: 100 * day },
      beyondLookBack: 'refused',
    })
    expect(foundOf(findings, /^Spot/, 'reach')).toMatch(
      /^a row of \d+\.\d days ago was served; a question that begins more than 100\.0 days ago is refused: out-of-range \(50041\)$/,
    )
  })

  it('is whether a question may be longer than those of an import', async () => {
    const spanOf = async (maxSpotSpan?: number) =>
      foundOf(await probe({ maxSpotSpan, account: calm }), /^Spot/, 'span')
    const calm = { ...account, spotFills: account.spotFills.slice(0, 150) }
    expect(await spanOf(90 * day)).toBe('178.0 days are refused: out-of-range (50041)')
    expect(await spanOf()).toBe('178.0 days are answered whole')
  })

  it('is nothing where nothing is refused, and where there is no row to tell by', async () => {
    const empty = { ...account, spotFills: [], futuresFills: [], ledger: [], transfers: [] }
    const findings = await probe({ account: empty })
    expect(foundOf(findings, /^Spot/, 'reach')).toBe('no row was served, and nothing older was refused')
    expect(foundOf(findings, /^Spot/, 'ends')).toBeUndefined()
    expect(foundOf(findings, /^Spot/, 'order')).toBeUndefined()
  })

  it('tells no id, amount, address or symbol of the account', async () => {
    const told = JSON.stringify(await probe())
    const secrets = [
      ...account.spotFills.flatMap((one) => [one.tradeId, one.orderId, one.symbol, one.size]),
      ...account.futuresFills.flatMap((one) => [one.trade_id, one.order_id, one.symbol]),
      ...account.transfers.flatMap((one) => [one.address, one.tx_id, one.arrival_amount]),
    ].filter((text) => typeof text === 'string' && text.length > 3)
    expect(secrets.length).toBeGreaterThan(500)
    expect(secrets.filter((secret) => told.includes(String(secret)))).toEqual([])
  })

  it('stops when the time is over, and says so', async () => {
    const simulator = await startSimulatedBitmart({ clock: () => now, account, enforceLimits: false })
    onTestFinished(() => simulator.close())
    const client = openTestClient(hurried(), simulator)
    onTestFinished(() => client.close())
    const findings = await probeExchange(client, hurried(), { onStream: () => undefined, isOver: () => true })
    expect(new Set(findings.map(({ found }) => found))).toEqual(new Set(['nothing, the time was over']))
    expect(client.requests()).toBeLessThan(3)
  })
})
