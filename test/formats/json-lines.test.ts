import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { StoredRow } from '../../lambdas/domain/export-format.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { jsonLinesOf } from '../../lambdas/formats/json-lines.ts'

const connection = { id: 'c0ffee', exchange: 'bitmart', subaccount: 'desk' }

const futuresFill: Transaction = {
  stream: 'futures-trade',
  time: 1695961596692,
  identity: 'BTCUSDT|6212604014|230930336848609',
  symbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  side: 'sell',
  price: '26910.4',
  amount: '0.001',
  quoteAmount: '26.9104',
  fee: '0.01614624',
  feeCurrency: 'USDT',
  role: 'taker',
  orderId: '230930336848609',
  tradeId: '6212604014',
  contracts: '1',
  contractSize: '0.001',
  position: 'close',
  realizedPnl: '-0.0003',
  account: 'futures',
  raw: '{"trade_id":6212604014.0,"note":"line one\\nline two ※"}',
}

const withdrawal: Transaction = {
  stream: 'withdrawal',
  time: 1588867374000,
  identity: '1679952',
  currency: 'BMX',
  amount: '59.000000000000',
  fee: '1.000000000000',
  feeCurrency: 'BMX',
  status: 'pending',
  raw: '{"withdraw_id":"1679952"}',
}

async function* served(transactions: readonly Transaction[]): AsyncIterable<StoredRow> {
  for (const transaction of transactions) yield { origin: connection, transaction }
}

function written(...transactions: readonly Transaction[]): Promise<string> {
  return text(jsonLinesOf(served(transactions)))
}

describe('JSON Lines', () => {
  it('writes every field of the outward contract under its name, and none that has no meaning', async () => {
    const [first, second] = (await written(futuresFill, withdrawal)).trimEnd().split('\n')
    expect(JSON.parse(first ?? '')).toEqual({
      id: 'c0ffee:futures-trade:1695961596692:BTCUSDT|6212604014|230930336848609',
      connection: 'c0ffee',
      exchange: 'bitmart',
      subaccount: 'desk',
      stream: 'futures-trade',
      time: '2023-09-29T04:26:36.692Z',
      symbol: 'BTCUSDT',
      base: 'BTC',
      quote: 'USDT',
      side: 'sell',
      price: '26910.4',
      amount: '0.001',
      quoteAmount: '26.9104',
      fee: '0.01614624',
      feeCurrency: 'USDT',
      role: 'taker',
      orderId: '230930336848609',
      tradeId: '6212604014',
      contracts: '1',
      contractSize: '0.001',
      position: 'close',
      realizedPnl: '-0.0003',
      account: 'futures',
      raw: { trade_id: 6212604014, note: 'line one\nline two ※' },
    })
    expect(JSON.parse(second ?? '')).toEqual({
      id: 'c0ffee:withdrawal:1588867374000:1679952',
      connection: 'c0ffee',
      exchange: 'bitmart',
      subaccount: 'desk',
      stream: 'withdrawal',
      time: '2020-05-07T16:02:54.000Z',
      amount: '59.000000000000',
      fee: '1.000000000000',
      feeCurrency: 'BMX',
      currency: 'BMX',
      status: 'pending',
      raw: { withdraw_id: '1679952' },
    })
  })

  it('keeps the number literals of the raw row', async () => {
    expect(await written(futuresFill)).toContain('"raw":{"trade_id":6212604014.0,')
  })

  it('ends every line with a line feed, and is empty for an empty history', async () => {
    expect((await written(futuresFill, withdrawal)).match(/\n/g)).toHaveLength(2)
    expect(await written()).toBe('')
  })

  it('takes no more rows than one chunk of whole lines needs', async () => {
    let taken = 0
    async function* endless(): AsyncIterable<StoredRow> {
      for (;;) {
        taken++
        yield { origin: connection, transaction: withdrawal }
      }
    }
    for await (const chunk of jsonLinesOf(endless())) {
      expect(chunk.endsWith('\n')).toBe(true)
      expect(chunk.match(/\n/g)).toHaveLength(taken)
      expect(chunk.length).toBeLessThan(40_000)
      break
    }
    expect(taken).toBeLessThan(200)
  })
})
