import { describe, expect, it, onTestFinished } from 'vitest'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { type Finding, probeExchange } from '../../local/probe/probe-exchange.ts'
import { generateAccount } from '../../local/simulated-bingx/account.ts'
import { everywhere, type SimulatorOptions, usualReadings } from '../../local/simulated-bingx/options.ts'
import { startSimulatedBingx } from '../../local/simulated-bingx/server.ts'
import {
  bingxInMemory,
  crowdedAccount,
  documented,
  type Readings,
  start,
} from '../use-cases/bingx-in-memory.ts'
import { hurriedBingx, openHurriedClient } from '../use-cases/bingx-over-http.ts'

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

/** More than a page of spot fills within a window, and each kind of rows of several symbols. */
const generated = generateAccount({
  seed: 5,
  now: start,
  spotFills: 700,
  spotSymbols: 2,
  futuresFills: 120,
  futuresDays: 20,
  ledgerRows: 200,
  deposits: 40,
  withdrawals: 20,
})
const held = {
  ...generated,
  deposits: generated.deposits.map((row) => ({ ...row, status: 6 as const, confirmTimes: '12/12' })),
}

type Played = Partial<Omit<SimulatorOptions, 'readings'>> & {
  readonly readings?: Partial<SimulatorOptions['readings']>
}

/** The same, of the simulated BingX and through the real client. */
async function probeOverHttp({ readings = {}, ...options }: Played = {}): Promise<readonly Finding[]> {
  const simulator = await startSimulatedBingx({
    account: held,
    clock: () => start,
    enforceLimits: false,
    readings: { ...usualReadings, ...readings },
    ...options,
  })
  onTestFinished(() => simulator.close())
  const client = openHurriedClient(simulator)
  onTestFinished(() => client.close())
  return probeExchange(client, hurriedBingx, { onStream: () => undefined, isOver: () => false })
}

const ledger = 'Ledger of USDT-M futures'

describe('what a probe finds out about the simulated BingX is the reading that is played:', () => {
  it('a symbol may be left out and is obeyed where it is named, whoever may read may read all, both ends belong to an answer', async () => {
    const findings = await probeOverHttp({ readings: everywhere({ lowerEnd: 'inclusive' }) })
    const obeyed = /^symbol is obeyed, and rows of several come without it/
    for (const title of ['Spot', 'Fills of USDT-M', 'Older fills'])
      expect(foundIn(findings, title, 'filter'), title).toMatch(obeyed)
    for (const title of ['Older fills', ledger])
      expect(foundIn(findings, title, 'permission'), title).toBe('this key is answered')
    for (const title of ['Spot', ledger, 'Withdrawals'])
      expect(foundIn(findings, title, 'ends'), title).toMatch(/the start belongs to the answer/)
    expect(foundIn(findings, 'Spot', 'page')).toBe('an answer holds 500 rows when 1000 are wished for')
    expect(foundIn(findings, 'Spot', 'order')).toMatch(/^the oldest rows are shown/)
    expect(foundIn(findings, 'Deposits', 'statuses')).toBe('6 (done): 40 rows')
  })

  it('a symbol must be named', async () => {
    const findings = await probeOverHttp({ readings: { symbol: 'required' } })
    for (const title of ['Spot', 'Fills of USDT-M', 'Older fills'])
      expect(foundIn(findings, title, 'filter'), title).toMatch(
        /^a question without symbol is refused: rejected \(100400\)/,
      )
  })

  it('older fills are those of all symbols, a credited deposit has the status 0, a fuller page shows any rows', async () => {
    const findings = await probeOverHttp({
      page: 'shuffled',
      readings: { ...everywhere({ lowerEnd: 'exclusive' }), orderFillsSymbol: 'ignored', creditedDeposit: 0 },
    })
    expect(foundIn(findings, 'Older fills', 'filter')).toMatch(/^symbol is not obeyed/)
    expect(foundIn(findings, 'Spot', 'filter')).toMatch(/^symbol is obeyed/)
    expect(foundIn(findings, 'Deposits', 'statuses')).toBe('0 (pending): 40 rows')
    expect(foundIn(findings, 'Spot', 'order')).toMatch(/^neither the oldest nor the newest rows are shown/)
    for (const title of [ledger, 'Withdrawals'])
      expect(foundIn(findings, title, 'ends'), title).toMatch(/the start does not belong to the answer/)
  })

  it('the ledger and older fills are for those who may trade, and 1 with all its confirmations is a credited deposit', async () => {
    const readings = { traders: 'ledger-and-orders', creditedDeposit: 1, spotPage: 1_000 } as const
    const findings = await probeOverHttp({ page: 'newest', readings })
    for (const title of ['Older fills', ledger])
      expect(foundIn(findings, title, 'permission'), title).toBe('this key is refused: not-served (100004)')
    expect(foundIn(findings, 'Spot', 'page')).toBe('an answer holds 700 rows when 1000 are wished for')
    expect(foundIn(findings, 'Spot', 'order')).toMatch(/^the newest rows are shown/)
    expect(foundIn(findings, 'Deposits', 'statuses')).toBe('1 (done): 40 rows')
  })
})
