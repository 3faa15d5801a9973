import { describe, expect, it } from 'vitest'
import { historyEnvironment, keysEnvironment } from '../../lambdas/api/env.ts'
import { plannerEnvironment, workerEnvironment } from '../../lambdas/sync/env.ts'

const worker = {
  TABLE_NAME: 'history',
  QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/syncs',
  SECRET_PREFIX: 'exchange-history/dev/',
  ENVELOPE_TABLE: '',
  STATEMENT_BUCKET: 'statements',
  MAX_DELIVERIES: '4',
  CELL: '',
  NIGHT_BEGINS: '22',
  NIGHT_HOURS: '6',
}

describe('the variables of a function', () => {
  it('are read once, numbers as numbers', () => {
    expect(workerEnvironment.parse({ ...worker, PATH: '/bin' })).toEqual({
      ...worker,
      MAX_DELIVERIES: 4,
      CELL: undefined,
      NIGHT_BEGINS: 22,
      NIGHT_HOURS: 6,
    })
  })

  it.each([
    ['TABLE_NAME', ''],
    ['TABLE_NAME', undefined],
    ['QUEUE_URL', 'syncs'],
    ['STATEMENT_BUCKET', undefined],
    ['NIGHT_BEGINS', '24'],
    ['NIGHT_HOURS', '0'],
    ['NIGHT_HOURS', '1.5'],
    ['MAX_DELIVERIES', 'many'],
  ])('stop the function at its start when they are wrong: %s=%s', (name, value) => {
    expect(() => workerEnvironment.parse({ ...worker, [name]: value })).toThrow(name)
  })

  it('say of which cell a worker is, where there are several', () => {
    expect(workerEnvironment.parse({ ...worker, CELL: '44' }).CELL).toBe(44)
    for (const CELL of ['0', 'one', '1.5', undefined])
      expect(() => workerEnvironment.parse({ ...worker, CELL })).toThrow('CELL')
  })

  it('list the addresses of each cell to bind, none where there are none', () => {
    const history = {
      ...worker,
      SYNC_COOL_DOWN_SECONDS: '300',
      EXPORT_QUEUE_URL: worker.QUEUE_URL,
      EXPORT_BUCKET: 'exports',
    }
    expect(historyEnvironment.parse({ ...history, ADDRESSES: '' }).ADDRESSES).toEqual([[]])
    const two = historyEnvironment.parse({ ...history, ADDRESSES: '192.0.2.1,192.0.2.2' })
    expect(two.ADDRESSES).toEqual([['192.0.2.1', '192.0.2.2']])
    const cells = historyEnvironment.parse({ ...history, ADDRESSES: '192.0.2.1,192.0.2.2;192.0.2.3' })
    expect(cells.ADDRESSES).toEqual([['192.0.2.1', '192.0.2.2'], ['192.0.2.3']])
    expect(() => historyEnvironment.parse(history)).toThrow('ADDRESSES')
    expect(() => keysEnvironment.parse(history)).toThrow('SECRET_KEY_ARN')
    expect(plannerEnvironment.parse(worker)).toEqual({ TABLE_NAME: 'history', QUEUE_URL: worker.QUEUE_URL })
  })
})
