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
  const both = ['inclusive', 'exclusive'] as const
  const belongs = { inclusive: 'belongs to the answer', exclusive: 'does not belong to the answer' }
  it.each(both.flatMap((lower) => both.map((upper) => ({ lower, upper }))))(
    'is which ends belong to an answer, and whether milliseconds or whole seconds are compared: %j',
    async (ends) => {
      const said = `the start ${belongs[ends.lower]}, and the end ${belongs[ends.upper]}`
      for (const compares of ['milliseconds', 'seconds'] as const) {
        const findings = await probe({ ...ends, compares })
        const compared = compares === 'seconds' ? 'whole seconds' : compares
        expect(foundIn(findings, 'Fills of USDT-M', 'ends')).toBe(said)
        expect(foundIn(findings, 'Spot', 'ends')).toBe(`${compared} are compared, ${said}`)
        expect(foundIn(findings, 'Deposits', 'ends')).toMatch(new RegExp(`${said}$`))
      }
    },
  )

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

  it('is whether the key is told as one of a sub-account, and never of which account', async () => {
    const main = await probe()
    expect(foundIn(main, 'Account', 'account')).toBe(
      'an id is told to this key, which is not refused as that of a sub-account',
    )
    expect(foundIn(await probe({ keyOf: 'sub-account' }), 'Account', 'account')).toBe(
      'an id is told to this key, which is refused as that of a sub-account',
    )
    expect(JSON.stringify(main)).not.toContain('16789005')
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
