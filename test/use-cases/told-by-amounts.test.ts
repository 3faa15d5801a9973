import { describe, expect, it } from 'vitest'
import { openDigest } from '../../lambdas/adapters/identity.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day } from '../../lambdas/domain/window.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { defaultAccounts } from '../../lambdas/formats/journal-accounts.ts'
import { writeExport } from '../../lambdas/use-cases/write-export.ts'
import { bingxOrders, owner, statementFilesHome } from './statement-files-home.ts'

type Home = Awaited<ReturnType<typeof statementFilesHome>>

const at = Date.UTC(2026, 0, 10, 12)

/** What the statement of an export in Koinly's form says, a sentence a line. */
async function statementOf({ ports, stores, home }: Home): Promise<string> {
  let statement = ''
  await writeExport(
    {
      ...ports,
      ...stores,
      coverage: ports.coverage,
      openDigest,
      exchanges,
      formats,
      accountNames: defaultAccounts,
      clock: () => home.now,
    },
    owner.user,
    { format: 'koinly', period: {}, timezone: 'UTC' },
    {
      history: async ({ content }) => {
        for await (const _ of content);
        return 'whole'
      },
      beside: async (role, { content }) => {
        for await (const part of content)
          if (role === 'statement') statement += new TextDecoder().decode(part)
      },
    },
  )
  return statement
}

async function sumsOf(
  served: readonly Transaction[],
  files: readonly string[],
  covered: readonly Transaction['stream'][] = [],
) {
  const home = await statementFilesHome()
  await home.stores.transactions.write(owner, served)
  const coverage = covered.map((stream) => ({
    ...noCoverage(stream, 'usdt-m'),
    covered: [{ from: at - 30 * day, to: at + 30 * day }],
  }))
  Object.assign(home.ports, { coverage: { ...home.ports.coverage, load: async () => coverage } })
  const plans = []
  for (const file of files) {
    const read = await home.read(file)
    if (read.kind === 'read') plans.push(read.plan)
    await home.store(file)
  }
  const statement = await statementOf(home)
  const [, sums] = /adds up to[^:]*: (.*)\./.exec(statement) ?? []
  return { sums: sums ?? 'nothing', statement, plan: plans.at(-1), plans }
}

const positions = (line: string) =>
  `UID,Order No,category,marginType,margin,leverage,openPrice,closePrice,direction,stopLossPrice,takeProfitPrice,closeType,orderType,openTime(UTC+0),closeTime(UTC+0),fundingFee,fees,Realized PNL\n${line}\n`
const position =
  '1,77,KAS,USDT,10,5,0.04,0.05,long,,,manual,market,2026-01-05 12:00:00,2026-01-10 12:00:00,0,1,500'
const futuresLedger = (...lines: readonly string[]) =>
  `Time(UTC+0),type,Details,Amount,newAvailableAmount,Assets,Futures\n${lines.join('\n')}\n`

describe('money of files', () => {
  it('that a position of standard futures made is in no ledger of perpetual ones, whatever that has of the time', async () => {
    const { sums, plan } = await sumsOf([], [positions(position)], ['futures-ledger'])
    expect(sums).toBe('499 USDT')
    expect(plan?.streams).toMatchObject([{ stream: 'futures-position', new: 1, known: 0, mayBeTwice: 0 }])
    const transfer = futuresLedger('2026-01-07 00:00:00,transfer,,100,199,USDT,')
    expect((await sumsOf([], [positions(position), transfer])).sums).toBe('499 USDT')
    expect((await sumsOf([], [transfer, positions(position)])).sums).toBe('499 USDT')
  })

  it('that an order made is told once beside the fills of it in a file that names no order', async () => {
    const koinly = (...lines: readonly string[]) =>
      `Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,Net Worth Currency,Label,Description,TxHash\n${lines.join('\n')}\n`
    const fills = koinly(
      '2026-01-07 11:35:35,16,USDT,400,KAS,0.4,KAS,,,,,',
      '2026-01-07 11:35:38,24,USDT,600,KAS,0.6,KAS,,,,,',
    )
    const order = bingxOrders('1,2001,2026-01-07 11:35:35,KAS/USDT,Buy,0.04,1000,40,-1,KAS,Autonomous')
    const larger = bingxOrders('1,2001,2026-01-07 11:35:35,KAS/USDT,Buy,0.04,1500,60,-1.5,KAS,Autonomous')
    // Two fills of one second look alike in all they say.
    const alike = koinly(...Array<string>(2).fill('2026-01-07 11:35:35,20,USDT,500,KAS,0.5,KAS,,,,,'))
    expect((await sumsOf([], [alike, order])).sums).toBe((await sumsOf([], [alike])).sums)
    expect((await sumsOf([], [order, alike])).sums).toBe((await sumsOf([], [alike])).sums)
    const both = await sumsOf([], [fills, order])
    expect(both.sums).toBe((await sumsOf([], [fills])).sums)
    expect((await sumsOf([], [order, fills])).sums).toBe(both.sums)
    expect((await sumsOf([], [fills, larger])).statement).toContain('In doubt, 1 row: ')
  })

  it('that fills of one moment moved counts once beside a tool that joins or splits them, bought or sold', async () => {
    const time = Date.UTC(2026, 0, 10, 12, 6, 55)
    const fill = (side: 'buy' | 'sell', amount: number): Transaction => ({
      stream: 'spot-trade',
      time: time + amount,
      identity: `t${amount}|o1`,
      symbol: 'DOT-USDT',
      base: 'DOT',
      quote: 'USDT',
      side,
      price: '0.25',
      amount: `${amount}`,
      quoteAmount: `${amount / 4}`,
      fee: `${amount / 1_000}`,
      feeCurrency: 'BGX',
      orderId: 'o1',
      tradeId: `t${amount}`,
      raw: '{}',
    })
    const koinly = (side: 'buy' | 'sell', ...amounts: readonly number[]) => {
      const lines = amounts.map((amount) => {
        const [coins, money] = [`${amount},DOT`, `${amount / 4},USDT`]
        const moved = side === 'sell' ? `${coins},${money}` : `${money},${coins}`
        return `2026-01-10 12:06:55,${moved},${amount / 1_000},BGX,,,,,`
      })
      return `Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,Net Worth Currency,Label,Description,TxHash\n${lines.join('\n')}\n`
    }
    for (const [side, truth] of [
      ['buy', ['-0.04 BGX', '-10 USDT', '40 DOT']],
      ['sell', ['-0.04 BGX', '-40 DOT', '10 USDT']],
    ] as const) {
      const joined = await sumsOf([fill(side, 35), fill(side, 5)], [koinly(side, 40)])
      const split = await sumsOf([fill(side, 40)], [koinly(side, 35, 5)])
      for (const { sums, plan } of [joined, split]) {
        expect(sums.split(', ').sort()).toEqual(truth)
        expect(plan?.streams).toMatchObject([{ new: 0, contradicting: 0, mayBeTwice: 0 }])
      }
    }
    const part = await sumsOf([fill('sell', 35)], [koinly('sell', 40)])
    expect(part.plan?.streams).toMatchObject([{ new: 1, mayBeTwice: 1 }])
    expect(part.statement).toContain('In doubt, 1 row: ')
  })
})
