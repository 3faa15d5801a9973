import { describe, expect, it } from 'vitest'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { type Finding, probeExchange } from '../../local/probe/probe-exchange.ts'
import {
  bingxInMemory,
  crowdedAccount,
  documented,
  type Readings,
  start,
} from '../use-cases/bingx-in-memory.ts'

const account = crowdedAccount(start)

async function probe(change: Partial<Readings> = {}): Promise<readonly Finding[]> {
  const { client } = bingxInMemory(account, { ...documented, ...change }, () => start)
  return probeExchange(client, bingx, { onStream: () => undefined, isOver: () => false })
}

function foundIn(findings: readonly Finding[], title: string, probe: string): string | undefined {
  return findings.find((one) => one.title.startsWith(title) && one.probe === probe)?.found
}

describe('what a probe finds out about BingX', () => {
  it.each([
    [
      { lower: 'inclusive', upper: 'inclusive' },
      'the start belongs to the answer, and the end belongs to the answer',
    ],
    [
      { lower: 'inclusive', upper: 'exclusive' },
      'the start belongs to the answer, and the end does not belong to the answer',
    ],
    [
      { lower: 'exclusive', upper: 'inclusive' },
      'the start does not belong to the answer, and the end belongs to the answer',
    ],
  ] as const)('is which ends belong to an answer about whole seconds: %j', async (ends, found) => {
    expect(foundIn(await probe(ends), 'Fills of USDT-M', 'ends')).toBe(found)
  })

  it('is whether milliseconds or whole seconds are compared', async () => {
    expect(foundIn(await probe({ compares: 'seconds' }), 'Spot', 'ends')).toBe(
      'whole seconds are compared, and the end belongs to the answer',
    )
    expect(foundIn(await probe({ compares: 'milliseconds' }), 'Spot', 'ends')).toBe(
      'a row between two seconds is served by a question that begins with the first and by none that ends with it',
    )
  })

  it.each([
    [500, 'an answer holds 500 rows when 1000 are wished for'],
    [1_000, 'an answer holds 1000 rows when 1000 are wished for'],
  ] as const)('is that a page holds %i spot fills', async (spotPage, found) => {
    expect(foundIn(await probe({ spotPage }), 'Spot', 'page')).toBe(found)
  })

  it.each(['oldest', 'newest'] as const)('is that a fuller window shows its %s rows', async (order) => {
    expect(foundIn(await probe({ order }), 'Spot', 'order')).toContain(`the ${order} rows are shown`)
  })

  it('is where each list ends, and what is answered beyond', async () => {
    const findings = await probe()
    expect(foundIn(findings, 'Spot', 'reach')).toMatch(
      /more than 100\.0 days ago is answered with rows of other times$/,
    )
    expect(foundIn(findings, 'Fills of USDT-M', 'reach')).toMatch(
      /more than 7\.0 days ago is refused: out-of-range \(109400\)$/,
    )
    expect(foundIn(findings, 'Older fills', 'reach')).toMatch(/more than 30\.0 days ago is refused/)
  })

  it('is that filters are obeyed, which statuses there are, and what orders tell', async () => {
    const findings = await probe()
    expect(foundIn(findings, 'Spot', 'filter')).toMatch(/^symbol is obeyed/)
    expect(foundIn(findings, 'Deposits', 'statuses')).toBe('6 (done): 150 rows')
    expect(foundIn(findings, 'Fills of COIN-M', 'by-order')).toMatch(
      /^of 20 orders listed, 20 have fills, 0 of them/,
    )
  })
})
