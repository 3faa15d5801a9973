import { describe, expect, it } from 'vitest'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { jsonLinesOf } from '../../lambdas/formats/json-lines.ts'
import { owner, statementFilesHome } from './statement-files-home.ts'

const at = Date.UTC(2026, 0, 7, 11, 35, 35)

function fill(id: string, more: Partial<Transaction> = {}): Transaction {
  return {
    stream: 'spot-trade',
    time: at,
    identity: `${id}|o`,
    symbol: 'KAS-USDT',
    base: 'KAS',
    quote: 'USDT',
    side: 'buy',
    price: '0.04',
    amount: '1000',
    orderId: 'o',
    tradeId: id,
    raw: '{}',
    ...more,
  }
}

const airdrop: Transaction = {
  stream: 'spot-ledger',
  time: at,
  identity: 'file|a|1',
  type: 'airdrop',
  currency: 'KAS',
  amount: '1',
  raw: '{}',
}

/** Our own export of a connection. */
async function exportOf(id: string, ...transactions: readonly Transaction[]): Promise<string> {
  async function* rows() {
    for (const transaction of transactions)
      yield { origin: { id, exchange: 'bingx', subaccount: '' }, transaction }
  }
  const pieces: string[] = []
  for await (const piece of jsonLinesOf(rows())) pieces.push(piece)
  return pieces.join('')
}

const refused = { kind: 'refused', sentence: expect.stringContaining('an export of') }

describe('an export of ours that is brought to an account', () => {
  it('is refused where another export is there, of another connection, and no id of it is known', async () => {
    const { read, store, history } = await statementFilesHome()
    await store(await exportOf('old', fill('1'), airdrop))
    const before = await history()
    expect(await read(await exportOf('other', fill('2'), airdrop))).toMatchObject(refused)
    expect(await history()).toEqual(before)
  })

  it('is taken where it is of one connection with those that are there, or of this one', async () => {
    const { store, history } = await statementFilesHome()
    await store(await exportOf('old', fill('1')))
    await store(await exportOf('old', fill('2')))
    await store(await exportOf(owner.connection, fill('3')))
    expect(await history()).toHaveLength(3)
  })

  it('is taken where a fill or a transfer of it is told by the other export, or served here', async () => {
    const { store, stores, history } = await statementFilesHome()
    await store(await exportOf('old', fill('1'), fill('2')))
    await store(await exportOf('new', fill('2'), fill('3')))
    expect(await history()).toHaveLength(3)
    await stores.transactions.write(owner, [fill('4')])
    await store(await exportOf('newest', fill('4'), fill('5')))
    expect(await history()).toHaveLength(5)
  })

  it('is refused where the account that it was taken of is here itself', async () => {
    const { read, stores } = await statementFilesHome()
    const own = await stores.connections.find(owner.user, owner.connection)
    if (own === undefined) throw new Error('The home has no connection.')
    await stores.connections.swap(undefined, { ...own, id: 'c2', label: 'Savings' })
    expect(await read(await exportOf('c2', fill('1')))).toMatchObject({
      kind: 'refused',
      sentence: expect.stringContaining('an export of the connection “Savings”'),
    })
  })

  it('is taken beside files of the exchange, which name their account in another way', async () => {
    const { store, history } = await statementFilesHome()
    const orders =
      'UID,Order No.,Time(UTC),Pair,Type,Price,Amount,Order Value,Fee,Fee Coin,Order Type\n' +
      '1,2001,2026-02-07 11:35:35,KAS/USDT,Buy,0.04,1000,40,-1,KAS,Autonomous\n'
    await store(orders)
    await store(await exportOf('old', fill('1')))
    expect(await history()).toHaveLength(2)
  })
})
