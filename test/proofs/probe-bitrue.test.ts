import { describe, expect, it } from 'vitest'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { type Finding, probeExchange } from '../../local/probe/probe-exchange.ts'
import { generateAccount, type SimulatedAccount } from '../../local/simulated-bitrue/account.ts'
import type { Readings } from '../../local/simulated-bitrue/options.ts'
import { bitrueInMemory, smallSizes, start } from '../use-cases/bitrue-in-memory.ts'

/** Among those that a probe looks at: what is held, and what the catalogues name first. */
const account = generateAccount({ ...smallSizes, mostFills: 1_100, mostFuturesFills: 60, tradedContracts: 8 })

async function probe(change: Partial<Readings> = {}, of: SimulatedAccount = account, isOver = () => false) {
  const { client, requests } = bitrueInMemory(of, change, () => start)
  const findings = await probeExchange(client, bitrue, { onStream: () => undefined, isOver })
  return { findings, requests }
}

function foundIn(findings: readonly Finding[], title: string, probe: string): string | undefined {
  return findings.find((one) => one.title.startsWith(title) && one.probe === probe)?.found
}

const foundOf = async (change: Partial<Readings>, title: string, name: string) =>
  foundIn((await probe(change)).findings, title, name)

describe('what a probe finds out about Bitrue is the reading that is played:', () => {
  it.each([
    [{}, 'end-time: is not obeyed; from-id: is not obeyed; from-trade-id: is not obeyed'],
    [
      { times: 'obeyed', fromId: 'id' },
      'end-time: is obeyed, and the end belongs to the answer; from-id: is obeyed; from-trade-id: is answered with nothing',
    ],
    [
      { times: 'obeyed', upperEnd: 'exclusive', fromId: 'tradeId' },
      'end-time: is obeyed, and the end does not belong to the answer; from-id: is not obeyed; from-trade-id: is obeyed',
    ],
    [
      { times: 'emptying', fromId: 'emptying' },
      'end-time: is answered with nothing; from-id: is answered with nothing; from-trade-id: is answered with nothing',
    ],
  ] as const)('what becomes of filters, %o', async (readings, found) => {
    const { findings } = await probe(readings)
    expect(foundIn(findings, 'Spot', 'filter')).toBe(found)
    const futures = foundIn(findings, 'Fills of USDT-M', 'filter')
    expect(futures?.split(';')[0]).toBe(found.split(';')[0])
    const heeded = { obeyed: 'are obeyed', ignored: 'are not obeyed', emptying: 'are answered with nothing' }
    const { times = 'ignored' } = { times: 'ignored' as const, ...readings }
    expect(foundIn(findings, 'Transfers between the spot wallet and USDT-M', 'times')).toBe(heeded[times])
  })

  it.each([
    ['newest-first', 'the newest rows are shown, the newest first'],
    ['oldest-first', 'the newest rows are shown, the oldest first'],
    ['any', 'the newest rows are shown, in no order'],
  ] as const)('the order of rows, %s', async (order, found) => {
    expect(await foundOf({ order }, 'Spot', 'order')).toBe(found)
  })

  it.each([
    ['all', 'a question without one shows rows that are done, too; seen: 1 (done)'],
    ['first', 'a question without one shows no row that is done; seen: 1 (done)'],
  ] as const)('what is shown without a status, %s', async (defaultStatus, found) => {
    expect(await foundOf({ defaultStatus }, 'Deposits', 'statuses')).toBe(found)
  })

  it.each([
    ['apart', 'none of the other was shown'],
    ['together', 'each shows those of the other, too'],
  ] as const)('whose transfers between wallets a family shows, %s', async (families, found) => {
    expect(await foundOf({ families }, 'Transfers between the spot wallet and USDT-M', 'families')).toBe(
      found,
    )
  })

  it('how far back rows come, and what orders tell', async () => {
    const day = 86_400_000
    const { findings } = await probe({ lookBack: 50 * day })
    const [, days] =
      foundIn(findings, 'Spot', 'reach')?.match(/^a row of (\d+\.\d) days ago was served$/) ?? []
    expect(Number(days)).toBeGreaterThan(45)
    expect(Number(days)).toBeLessThanOrEqual(50)
    expect(foundIn(findings, 'Spot', 'witness')).toMatch(
      /^\d+ orders are listed, the oldest of 4\d\.\d days ago; /,
    )
  })
})

describe('a probe of Bitrue', () => {
  it('tells no name, id or amount of the account, and asks a few hundred questions at most', async () => {
    const { findings, requests } = await probe({ times: 'obeyed' })
    const told = JSON.stringify(findings)
    const secrets = [
      ...account.spotFills.flatMap((row) => [row.symbol, row.id, row.orderId, row.price]),
      ...[...account.linearFills, ...account.inverseFills].flatMap((row) => [row.contractName, row.bidId]),
      ...[...account.deposits, ...account.withdrawals].flatMap((row) => [
        row.addressTo,
        row.txid,
        row.amount,
      ]),
    ]
      .map(String)
      .filter((text) => text.length > 3)
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([])
    expect(requests.length).toBeLessThan(400)
  })

  it('finds nothing where there are no rows, or the time is over, and says so', async () => {
    const empty = generateAccount({ seed: 1, now: start, symbols: 3, coins: 2, linear: 1, inverse: 1 })
    const { findings } = await probe({}, empty)
    expect(findings.length).toBeGreaterThan(10)
    expect(new Set(findings.map(({ found }) => found))).toEqual(new Set([undefined]))
    const late = await probe({}, account, () => true)
    expect(new Set(late.findings.map(({ found }) => found))).toEqual(new Set(['nothing, the time was over']))
  })
})
