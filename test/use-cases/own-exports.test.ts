import { describe, expect, it } from 'vitest'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { jsonLinesOf } from '../../lambdas/formats/json-lines.ts'
import { writeMerge } from '../../lambdas/use-cases/write-merge.ts'
import { bingxOrders, owner, statementFilesHome } from './statement-files-home.ts'

const origin = { id: owner.connection, exchange: 'bingx', subaccount: '' }
const [hour, day] = [3_600_000, 86_400_000]

type Home = Awaited<ReturnType<typeof statementFilesHome>>

/** An export of all that a store has. */
async function exportOf(home: Home): Promise<string> {
  const history = await home.history()
  async function* rows() {
    for (const transaction of history) yield { origin, transaction }
  }
  let text = ''
  for await (const piece of jsonLinesOf(rows())) text += piece
  return text
}

async function mergeAgain(home: Home): Promise<void> {
  const connection = await home.stores.connections.find(owner.user, owner.connection)
  if (connection !== undefined) await writeMerge(home.ports, connection, async () => undefined)
}

function withdrawal(id: string, time: number, more: Partial<Transaction> = {}): Transaction {
  const money = { currency: 'USDT', amount: '100', fee: '1', feeCurrency: 'USDT' }
  return {
    stream: 'withdrawal',
    time,
    identity: id,
    ...money,
    status: 'done',
    raw: `{"id":"${id}"}`,
    ...more,
  }
}

const kept = async (home: Home) => (await home.history()).map(({ identity, time }) => `${identity} ${time}`)

describe('a transfer that the exchange dated anew after an export', () => {
  const time = Date.UTC(2026, 0, 31, 20)

  it('is the one of the export, however far it went, also where a part of the history begins between', async () => {
    for (const by of [1_000, hour, 12 * hour, 3 * day, -2 * hour]) {
      const home = await statementFilesHome()
      const quiet = [withdrawal('w0', Date.UTC(2025, 11, 3)), withdrawal('w9', Date.UTC(2026, 2, 3))]
      await home.stores.transactions.write(owner, [...quiet, withdrawal('w1', time)])
      const before = await exportOf(home)
      await home.stores.transactions.write(owner, [withdrawal('w1', time, { movedTo: time + by })])
      const rows = await kept(home)
      await home.store(before)
      expect(await kept(home)).toEqual(rows)

      // Both exports, and one of them beside an exchange that never said otherwise.
      const after = await exportOf(home)
      for (const files of [
        [before, after],
        [after, before],
      ]) {
        const fresh = await statementFilesHome()
        for (const file of files) await fresh.store(file)
        expect(await fresh.history()).toHaveLength(3)
        expect((await fresh.history()).find(({ identity }) => identity === 'w1')?.movedTo).toBe(time + by)
        const served = withdrawal('w1', time + by)
        await fresh.stores.transactions.write(owner, [served])
        await mergeAgain(fresh)
        expect((await kept(fresh)).filter((one) => one.startsWith('w1'))).toEqual([`w1 ${time + by}`])
      }
    }
  })

  it('is the one of the export, too, where it is a forced order whose time is told by another clock', async () => {
    const time = Date.UTC(2026, 0, 31, 20)
    const forced = (at: number): Transaction => ({
      ...{ stream: 'forced-order', time: at, identity: 'f1', orderId: 'f1', symbol: 'E-BTC-USDT' },
      ...{
        side: 'sell',
        contracts: '39',
        realizedPnl: '-40.5',
        currency: 'USDT',
        account: 'usdt-m',
        raw: '{"id":"f1"}',
      },
    })
    for (const by of [8 * hour, -8 * hour]) {
      const files = []
      for (const at of [time, time + by]) {
        const home = await statementFilesHome()
        await home.stores.transactions.write(owner, [forced(at)])
        files.push(await exportOf(home))
      }
      const [before = '', after = ''] = files
      const fresh = await statementFilesHome()
      for (const file of [before, after]) await fresh.store(file)
      expect(await fresh.history()).toHaveLength(1)
      const served = await statementFilesHome()
      await served.stores.transactions.write(owner, [forced(time + by)])
      await served.store(before)
      expect(await kept(served)).toEqual([`f1 ${time + by}`])
    }
  })

  it('is no sign that the export is of another account, where the exchange has shown all of that time', async () => {
    const home = await statementFilesHome()
    const rows = [1, 2, 3, 4, 5].map((index) =>
      withdrawal(`w${index}`, time + index * hour, { status: 'pending' }),
    )
    await home.stores.transactions.write(owner, rows)
    const before = await exportOf(home)
    await home.stores.transactions.write(
      owner,
      rows.map((row) => ({ ...row, status: 'done', movedTo: row.time + hour / 2 })),
    )
    const partitions = home.ports.exchanges
      .get('bingx')
      ?.streams.find(({ stream }) => stream === 'withdrawal')
    const coverage = ['', ...(Array.isArray(partitions?.partitions) ? partitions.partitions : [])].map(
      (partition) => ({
        ...noCoverage('withdrawal', partition),
        covered: [{ from: time - 30 * day, to: time + 30 * day }],
      }),
    )
    Object.assign(home.ports.coverage, { load: async () => coverage })
    await home.store(before)
    expect(await kept(home)).toEqual(rows.map(({ identity, time }) => `${identity} ${time}`))
  })

  it('stays two where the exchange gave one id to two transfers', async () => {
    const home = await statementFilesHome()
    const two = [withdrawal('w1', time), withdrawal('w1', time + 5 * hour, { amount: '7' })]
    await home.stores.transactions.write(owner, two)
    const all = await exportOf(home)
    await home.store(all)
    expect(await home.history()).toHaveLength(2)
    const fresh = await statementFilesHome()
    await fresh.stores.transactions.write(owner, [two[1] ?? withdrawal('none', 0)])
    await fresh.store(all)
    expect((await fresh.history()).map(({ amount }) => amount)).toEqual(['100', '7'])
  })
})

describe('what an export has of files only', () => {
  const time = Date.UTC(2026, 0, 10, 12)
  const fill = (id: string, amount: string, quoteAmount: string, at = time): Transaction => ({
    stream: 'spot-trade',
    time: at,
    identity: `t${id}|o1`,
    symbol: 'KAS-USDT',
    base: 'KAS',
    quote: 'USDT',
    side: 'buy',
    price: '0.04',
    amount,
    quoteAmount,
    orderId: '2001',
    tradeId: id,
    raw: '{}',
  })
  const bought = async (home: Home) =>
    (await home.history())
      .filter(({ stream }) => stream === 'spot-trade')
      .reduce((sum, row) => sum + Number(row.amount), 0)

  it('is the rest of an order beside the fills that came since, and beside those that it had', async () => {
    const orders = bingxOrders('1,2001,2026-01-10 12:00:00,KAS-USDT,buy,0.04,1000,40,0,KAS,limit')
    const home = await statementFilesHome()
    await home.stores.transactions.write(owner, [fill('1', '400', '16')])
    await home.store(orders)
    const early = await exportOf(home)
    const before = await home.history()
    const fills = [fill('2', '300', '12', time + 1_000), fill('3', '300', '12', time + 2_000)]
    await home.stores.transactions.write(owner, fills)
    await mergeAgain(home)
    await home.store(early)
    expect(await bought(home)).toBe(1_000)

    for (const served of [[], [fill('1', '400', '16')], [fill('1', '400', '16'), ...fills]]) {
      const fresh = await statementFilesHome()
      await fresh.stores.transactions.write(owner, served)
      await fresh.store(early)
      expect(await bought(fresh)).toBe(1_000)
      if (served.length > 1) continue
      const rest = ({ derived }: Transaction) => derived === 'order'
      expect((await fresh.history()).filter(rest)).toEqual(before.filter(rest))
    }
  })

  it('is a fee that fills leave out and their order tells, beside the same fills and beside better ones', async () => {
    const orders = bingxOrders('1,2001,2026-01-10 12:00:00,KAS-USDT,buy,0.04,1000,40,-1,KAS,limit')
    const { quoteAmount: _value, ...half } = fill('1', '400', '16')
    const fees = async (home: Home) =>
      (await home.history()).reduce(
        (sum, { fee = '0', amount = '0' }) => [(sum[0] ?? 0) + Number(amount), (sum[1] ?? 0) + Number(fee)],
        [0, 0],
      )
    for (const served of [[half], [half, fill('2', '600', '24')]]) {
      const home = await statementFilesHome()
      await home.stores.transactions.write(owner, served)
      await home.store(orders)
      expect(await fees(home)).toEqual([1_000, 1])
      const early = await exportOf(home)
      const rest = ({ derived }: Transaction) => derived === 'order'
      const before = (await home.history()).filter(rest)
      await home.store(early)
      expect((await home.history()).filter(rest)).toEqual(before)
      const fresh = await statementFilesHome()
      await fresh.stores.transactions.write(owner, served)
      await fresh.store(early)
      expect((await fresh.history()).filter(rest)).toEqual(before)
      const paying = served.map((one) => ({
        ...one,
        fee: `${Number(one.amount) / 1_000}`,
        feeCurrency: 'KAS',
      }))
      await fresh.stores.transactions.write(owner, paying)
      await mergeAgain(fresh)
      expect(await fees(fresh)).toEqual([1_000, 1])
      const alone = await statementFilesHome()
      await alone.store(early)
      expect(await fees(alone)).toEqual([1_000, 1])
    }
  })

  it('is a fee of an order whose fills name none, beside its fills alone', async () => {
    const orders = bingxOrders('1,2001,2026-01-10 12:00:00,KAS-USDT,buy,0.04,1000,40,-1,KAS,limit')
    const koinly = `Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,Net Worth Currency,Label,Description,TxHash
2026-01-10 12:00:00,40,USDT,1000,KAS,,,,,,,
`
    const home = await statementFilesHome()
    await home.store(orders)
    await home.store(koinly)
    const early = await exportOf(home)
    const told = async (one: Home) => (await one.history()).map(({ amount, fee }) => [amount, fee])
    expect(await told(home)).toEqual(
      expect.arrayContaining([
        ['1000', undefined],
        ['0', '1'],
      ]),
    )
    await home.store(early)
    expect(await told(home)).toHaveLength(2)
    const fresh = await statementFilesHome()
    await fresh.store(early)
    expect(await told(fresh)).toEqual(await told(home))
    const served = { ...fill('1', '1000', '40'), time }
    await fresh.stores.transactions.write(owner, [served])
    await mergeAgain(fresh)
    expect(await told(fresh)).toEqual(
      expect.arrayContaining([
        ['1000', undefined],
        ['0', '1'],
      ]),
    )
    await fresh.stores.transactions.write(owner, [{ ...served, fee: '1', feeCurrency: 'KAS' }])
    await mergeAgain(fresh)
    expect(await told(fresh)).toEqual([['1000', '1']])
  })

  it('is what a file told by the minute, which the exchange tells by the millisecond', async () => {
    const koinly = `Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,Net Worth Currency,Label,Description,TxHash
2026-01-10 12:00,16,USDT,400,KAS,,,,,,,
2026-01-10 13:00,,,500,USDT,,,,,,,
`
    const home = await statementFilesHome()
    await home.store(koinly)
    const early = await exportOf(home)
    const before = (await home.history()).map(({ raw: _raw, ...row }) => row)
    const fresh = await statementFilesHome()
    await fresh.store(early)
    expect((await fresh.history()).map(({ raw: _raw, ...row }) => row)).toEqual(before)
    const served: readonly Transaction[] = [
      fill('1', '400', '16', time + 49_093),
      {
        stream: 'deposit',
        time: time + hour + 44_000,
        identity: 'd1',
        currency: 'USDT',
        amount: '500',
        status: 'done',
        raw: '{}',
      },
    ]
    for (const one of [home, fresh]) {
      await one.stores.transactions.write(owner, served)
      await mergeAgain(one)
      expect((await one.history()).map(({ source }) => source)).toEqual([undefined, undefined])
    }
    await home.store(early)
    expect(await home.history()).toHaveLength(2)
  })

  it('is the trade and the deposit of a ledger, which the exchange tells, too', async () => {
    const ledger = `Time(UTC+0),type,Amount,newAvailableAmount,Assets
2026-01-10 12:00:00,trade,-40,960,USDT
2026-01-10 12:00:00,trade,1000,1000,KAS
2026-01-10 13:00:00,deposit_income,500,1460,USDT
`
    const home = await statementFilesHome()
    await home.store(ledger)
    const early = await exportOf(home)
    const fresh = await statementFilesHome()
    await fresh.store(early)
    const unnamed = async (one: Home) =>
      (await one.history()).map(({ identity: _identity, raw: _raw, ...row }) => row)
    expect(await unnamed(fresh)).toEqual(await unnamed(home))
    const served: readonly Transaction[] = [
      fill('1', '400', '16'),
      fill('2', '600', '24'),
      {
        stream: 'deposit',
        time: time + hour,
        identity: 'd1',
        currency: 'USDT',
        amount: '500',
        status: 'done',
        raw: '{}',
      },
    ]
    await fresh.stores.transactions.write(owner, served)
    await mergeAgain(fresh)
    expect((await fresh.history()).map(({ source }) => source)).toEqual([undefined, undefined, undefined])
    await home.store(early)
    expect(await home.history()).toHaveLength(2)
  })
})
