import { describe, expect, it } from 'vitest'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import type { Grain, StatementRow } from '../../lambdas/statements/row.ts'
import { merged, readingOf, start } from './cases.ts'

const grain: Grain = {
  granularity: 'transfer',
  unit: 1_000,
  fields: ['currency', 'status', 'amount'],
  decimals: {},
}

function told(status: StatementRow['status'], number = 2): StatementRow {
  const moved = { currency: 'USDT', amount: '100' }
  return {
    line: number,
    stream: 'withdrawal',
    wall: start,
    times: [start],
    ...moved,
    status,
    raw: `{"n":${number}}`,
  }
}

function served(identity: string, status: Transaction['status']): Transaction {
  const moved = { currency: 'USDT', amount: '100' }
  return { stream: 'withdrawal', time: start + 120, identity, ...moved, status, raw: '{}' }
}

const left = (api: readonly Transaction[], ...rows: readonly StatementRow[]) =>
  merged(api, [readingOf(rows, { grain })]).rows.map(({ status }) => status)

describe('a transfer that has failed', () => {
  it('is not the one of the same second that was done, whoever tells it', () => {
    expect(left([served('w1', 'failed')], told('done'))).toEqual(['done'])
    expect(left([served('w1', 'cancelled')], told('done'))).toEqual(['done'])
    expect(left([served('w1', 'done')], told('failed'))).toEqual(['failed'])
    expect(left([served('w1', 'failed'), served('w2', 'done')], told('done'))).toEqual([])
  })

  it('is the one that was still under way when the file was made, or of which the file says nothing', () => {
    expect(left([served('w1', 'failed')], told('pending'))).toEqual([])
    expect(left([served('w1', 'failed')], told(undefined))).toEqual([])
    expect(left([served('w1', 'failed')], told('cancelled'))).toEqual([])
    expect(left([served('w1', 'pending')], told('failed'))).toEqual([])
  })

  it('stays beside the one that was done where one file tells both', () => {
    expect(left([], told('failed', 2), told('done', 3)).toSorted()).toEqual(['done', 'failed'])
  })
})
