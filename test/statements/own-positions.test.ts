import { describe, expect, it } from 'vitest'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { originOf, rowsOfOwn } from '../../lambdas/statements/own-origin.ts'
import { merged, readingOf, start } from './cases.ts'

/** A closed position as an export of ours has it, which only a file told. */
const position: Transaction = {
  stream: 'futures-position',
  time: start,
  identity: 'file|abc|1',
  symbol: 'KAS-USDT',
  base: 'KAS',
  quote: 'USDT',
  side: 'sell',
  position: 'close',
  price: '0.05',
  fee: '1',
  feeCurrency: 'USDT',
  realizedPnl: '500',
  currency: 'USDT',
  raw: '{}',
  source: 'file',
  precision: 1_000,
}

const served = (identity: string, type: string, amount: string): Transaction => ({
  stream: 'futures-ledger',
  time: start + 400,
  identity,
  symbol: 'KAS-USDT',
  currency: 'USDT',
  type,
  amount,
  raw: '{}',
})

const { granularity, unit } = originOf(position)
const exported = readingOf(rowsOfOwn(2, position, { of: () => undefined }), {
  format: 'own-export',
  exportOf: 'c1',
  grain: { granularity, unit, fields: [], decimals: {} },
})

describe('a closed position that comes back in an export of ours', () => {
  it('is told by the ledger of the exchange that adds up to it, as in the file that it was first told by', () => {
    const ledger = [served('1', 'realized-pnl', '500'), served('2', 'commission', '-1')]
    expect(merged(ledger, [exported]).rows).toEqual([])
  })

  it('is the row that it was, where nothing else tells of it or what is there comes to something else', () => {
    for (const ledger of [[], [served('1', 'realized-pnl', '400')]])
      expect(merged(ledger, [exported]).rows).toMatchObject([
        { stream: 'futures-position', identity: 'file|abc|1', realizedPnl: '500', fee: '1' },
      ])
  })
})
