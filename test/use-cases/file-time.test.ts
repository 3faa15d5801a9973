import { describe, expect, it } from 'vitest'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { futuresTellers, ledgerTimeOf, type ToldMoney } from '../../lambdas/domain/futures-money.ts'
import { provenTime } from '../../lambdas/domain/proven-time.ts'
import { statementOf } from '../../lambdas/domain/statement.ts'
import { kindsOf } from '../../lambdas/domain/stream.ts'
import { monthOf, noSum } from '../../lambdas/domain/sums.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { countMonths } from '../../lambdas/use-cases/count-months.ts'
import { fileTime } from '../../lambdas/use-cases/file-time.ts'
import { knownOf } from '../../lambdas/use-cases/list-connections.ts'
import { describeCoverage } from '../../lambdas/use-cases/read-coverage.ts'
import { mergeAfterSync } from '../../lambdas/use-cases/write-merge.ts'
import { bingxOrders, owner, statementFilesHome } from './statement-files-home.ts'

const january = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 1, 1) }
/** Served by the exchange, and told by no file. */
const other: Transaction = {
  stream: 'spot-trade',
  time: Date.UTC(2026, 0, 20),
  identity: 'other',
  symbol: 'BTC-USDT',
  orderId: '9',
  amount: '1',
  raw: '{}',
}
const order = '1,2001,2026-01-07 11:35:35,KAS/USDT,Buy,0.04,1000,40,-1,KAS,Autonomous'

describe('time that a file attests', () => {
  it('is told beside what is covered, on the word of its owner, and leaves the state as it is', async () => {
    const { stores, ports, store } = await statementFilesHome()
    await store(bingxOrders(order), {}, january)
    const connection = await stores.connections.find('ann', 'c1')
    if (connection === undefined) throw new Error('There is no connection.')
    const files = await fileTime(ports, connection)
    const exchange = ports.exchanges.get('bingx')
    if (exchange === undefined || files === undefined) throw new Error('Nothing is known.')
    const described = describeCoverage(exchange, [], connection, Date.UTC(2026, 2, 1), undefined, files)
    expect(described.attested).toEqual([
      { stream: 'spot-trade', from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z', by: 'owner' },
    ])
    expect(described.state).toBe('incomplete')
    const told =
      'Spot fills: 2026-01-01 00:00 to 2026-02-01 00:00 UTC is attested by a file, of which its owner says that it is whole. ' +
      'The exchange has not served all of it.'
    expect(described.sentences).toContain(told)
    const statement = statementOf([{ name: 'mine', exchange, coverage: [], files }], january)
    expect(statement).toMatchObject({ state: 'incomplete', sentences: expect.arrayContaining([told]) })
  })

  it('ends where the file came to us, whatever its owner says', async () => {
    const { stores, ports, store, home } = await statementFilesHome()
    await store(bingxOrders(order), {}, { from: january.from, to: Date.UTC(2040, 0, 1) })
    const connection = await stores.connections.find('ann', 'c1')
    if (connection === undefined) throw new Error('There is no connection.')
    const [claim] = (await fileTime(ports, connection))?.claims ?? []
    expect(claim?.windows).toEqual([{ from: january.from, to: home.now }])
  })

  it('is withdrawn as soon as the exchange serves a row of it that the file does not tell', async () => {
    const { stores, ports, store } = await statementFilesHome()
    await store(bingxOrders(order), {}, january)
    await stores.transactions.write(owner, [other])
    await store(bingxOrders(order), {}, january)
    const files = await fileTime(ports, { user: 'ann', id: 'c1', files: true })
    expect(files?.claims).toEqual([
      {
        stream: 'spot-trade',
        by: 'owner',
        windows: [],
        withdrawn: { why: 'refuted', at: other.time },
      },
    ])
  })

  it('is compared again after a sync that changed rows beside it, and stays withdrawn where nothing was compared', async () => {
    const { stores, ports, store } = await statementFilesHome()
    const own = { user: 'ann', id: 'c1', files: true } as const
    const connection = async () => {
      const found = await stores.connections.find('ann', 'c1')
      if (found === undefined) throw new Error('There is no connection.')
      return found
    }
    const goOn = async () => undefined
    expect(await mergeAfterSync(ports, await connection(), goOn)).toBeUndefined()
    expect(await countMonths({ ...ports, fileHistory: stores.fileHistory }, 'ann', 'c1')).toEqual([])
    await store(bingxOrders(order), {}, january)
    expect(await mergeAfterSync(ports, await connection(), goOn)).toBeUndefined()
    await stores.transactions.write(owner, [other])
    const synced = (...times: readonly number[]) => ({
      ...ports,
      sums: {
        load: async () => [
          {
            stream: 'spot-trade' as const,
            version: 1,
            touched: [],
            months: times.map((time) => ({ ...noSum, count: 1, month: monthOf({ time }) })),
          },
        ],
      },
    })
    expect(await mergeAfterSync(synced(other.time), await connection(), goOn)).toMatchObject({ removed: 0 })
    const withdrawn = { why: 'refuted', at: other.time }
    expect((await fileTime(ports, own))?.claims).toMatchObject([{ withdrawn }])
    expect(await mergeAfterSync(synced(other.time), await connection(), goOn)).toBeUndefined()
    const both = synced(other.time, Date.UTC(2025, 11, 31))
    await mergeAfterSync(both, await connection(), goOn)
    expect((await fileTime(ports, own))?.claims).toMatchObject([{ withdrawn }])
    const history = await stores.fileHistory.load(owner)
    if (history === undefined) throw new Error('Nothing is known of files.')
    await stores.fileHistory.save(owner, { ...history, isOwed: true })
    expect(await mergeAfterSync(both, await connection(), goOn)).toEqual({ written: 0, removed: 0 })
    expect((await stores.fileHistory.load(owner))?.isOwed).toBe(false)
  })

  it('lies between the first and the last moment of a file whose running balance no row breaks: of those it may lack some', async () => {
    const { ports, store } = await statementFilesHome()
    const ledger = (...rows: readonly string[]) =>
      ['Time(UTC+0),type,Amount,newAvailableAmount,Assets', ...rows, ''].join('\n')
    // Two alike at the second where the files meet, of which each file has one.
    const [first, meeting, last] = ['2026-01-07 11:00:00', '2026-01-08 11:00:00', '2026-01-09 11:00:00']
    await store(ledger(`${first},Airdrop,10,10,USDT`, `${meeting},Airdrop,10,20,USDT`))
    await store(ledger(`${meeting},Airdrop,10,30,USDT`, `${last},Airdrop,10,40,USDT`))
    const files = await fileTime(ports, { user: 'ann', id: 'c1', files: true })
    const between = (from: string, to: string) => ({
      stream: 'spot-ledger',
      by: 'balance',
      windows: [{ from: Date.parse(`${from}Z`) + 1_000, to: Date.parse(`${to}Z`) }],
    })
    expect(files?.claims).toHaveLength(2)
    expect(files?.claims).toEqual(expect.arrayContaining([between(first, meeting), between(meeting, last)]))
    await store(ledger(`${first},Airdrop,10,10,BTC`, `${first},Airdrop,10,20,BTC`))
    expect(await fileTime(ports, { user: 'ann', id: 'c1', files: true })).toEqual(files)
    await store(ledger(`${first},Airdrop,10,10,ETH`, `${last},Airdrop,10,30,ETH`))
    expect(await fileTime(ports, { user: 'ann', id: 'c1', files: true })).toEqual(files)
  })

  it('is not asked for where a connection has no files', async () => {
    const fileHistory = { load: () => Promise.reject(new Error('It was asked for.')) }
    expect(await fileTime({ fileHistory }, { user: 'ann', id: 'c1' })).toBeUndefined()
  })
})

describe('a row of a file from before the account was used, as its owner says', () => {
  it('takes his word back, whichever was first, until it is taken back or the exchange tells it', async () => {
    const { stores, ports, store, takeBack, home } = await statementFilesHome()
    const bingx = ports.exchanges.get('bingx')
    if (bingx === undefined) throw new Error('There is no such exchange.')
    const since = january.to
    const covered = bingx.streams.flatMap(({ stream, partitions }) =>
      Array.isArray(partitions)
        ? partitions.map((partition) => ({
            ...noCoverage(stream, partition),
            covered: [{ from: since, to: home.now }],
            attempted: home.now,
          }))
        : [],
    )
    const reading = { ...ports, coverage: { load: async () => covered } }
    const connection = async () => {
      const found = await stores.connections.find('ann', 'c1')
      if (found === undefined) throw new Error('There is no connection.')
      return found
    }
    const said = async () => {
      const mine = await connection()
      const { known, word } = await knownOf(reading, mine)
      const files = await fileTime(ports, mine)
      const api = describeCoverage(bingx, covered, mine, home.now, undefined, files)
      const { accountSince } = mine
      const exported = statementOf(
        [
          {
            name: 'mine',
            exchange: bingx,
            coverage: covered,
            accountSince,
            ...(files !== undefined && { files }),
          },
        ],
        {},
      )
      expect(new Set([known?.completeness, api.state, exported.state]).size).toBe(1)
      return { state: api.state, by: word?.refutedBy }
    }
    const told = Date.UTC(2026, 0, 7, 11, 35, 35)
    await store(bingxOrders(order))
    expect((await said()).state).toBe('incomplete')
    await stores.connections.change(await connection(), { accountSince: since })
    expect(await said()).toEqual({ state: 'incomplete', by: told })
    await takeBack(bingxOrders(order))
    expect(await said()).toEqual({ state: 'complete', by: undefined })
    await store(bingxOrders(order, '1,2002,2026-02-07 11:35:35,KAS/USDT,Buy,0.04,1000,40,-1,KAS,Autonomous'))
    expect(await said()).toEqual({ state: 'incomplete', by: told })
    await stores.connections.change(await connection(), { accountSince: told })
    expect((await said()).by).toBeUndefined()
  })
})

describe('months', () => {
  it('count the rows of files with those of the exchange', async () => {
    const { stores, ports, store } = await statementFilesHome()
    await store(bingxOrders(order))
    const counted = await countMonths({ ...stores, ...ports }, 'ann', 'c1')
    expect(counted).toMatchObject([{ stream: 'spot-trade', rows: 1 }])
  })
})

describe('the time that an exchange is known to have served whole', () => {
  const [kind] = kindsOf(bitmart.streams).filter(([{ stream }]) => stream === 'futures-trade')
  const part = (partition: string, covered: readonly { from: number; to: number }[]) => ({
    ...noCoverage('futures-trade', partition),
    covered,
    attempted: january.to,
  })

  it('is what all parts have in common, and nothing while one was never asked for', () => {
    if (kind === undefined) throw new Error('There is no such kind.')
    const [one = '', other = ''] = kind.flatMap(({ partitions }) =>
      Array.isArray(partitions) ? partitions : [],
    )
    const half = { from: january.from, to: Date.UTC(2026, 0, 15) }
    expect(provenTime(kind, [part(one, [january])])).toEqual([])
    expect(provenTime(kind, [part(one, [january]), part(other, [half])])).toEqual([half])
  })
})

describe('the ledger of futures that files have', () => {
  const fill = {
    stream: 'futures-trade',
    symbol: 'KAS-USDT',
    time: january.from,
    identity: 'a',
    raw: '{}',
  } as const
  const tellers = (...ofFiles: readonly ToldMoney[]) => futuresTellers(ledgerTimeOf([], ofFiles), [])
  const profits = { part: 'profit', market: 'KASUSDT', ...january } as const
  const fees = { ...profits, part: 'fee' } as const

  it('tells only what fills do not say themselves, since a file may be filtered', () => {
    const said = { ...fill, realizedPnl: '123.45', fee: '0.7' }
    const told = tellers(profits, fees)
    expect(told.ofFill(said)).toEqual({ profit: true, fee: true })
    expect(told.ofFill(fill)).toEqual({ profit: false, fee: false })
    expect(tellers().ofFill(fill)).toEqual({ profit: true, fee: true })
    expect(told.ofFill({ ...fill, time: january.to + day })).toEqual({ profit: true, fee: true })
    expect(told.ofFill({ ...fill, fee: '0.7' })).toEqual({ profit: false, fee: true })
  })

  it('tells nothing of other markets, and no profits where it has fees alone', () => {
    expect(tellers(fees).ofFill(fill)).toEqual({ profit: true, fee: false })
    expect(tellers({ ...profits, market: 'BTCUSDT' }, fees).ofFill(fill)).toEqual({
      profit: true,
      fee: false,
    })
    const { market: _market, ...ofAny } = profits
    expect(tellers(ofAny).ofFill(fill)).toEqual({ profit: false, fee: true })
  })
})
