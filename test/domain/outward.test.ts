import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeTransaction, isoTime, transactionJson } from '../../lambdas/domain/outward.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'

const connection = { id: 'c0ffee', exchange: 'bitmart', subaccount: '' }

const fill: Transaction = {
  stream: 'spot-trade',
  time: 1695658457836,
  identity: '182342999769370687|183270218784142990',
  symbol: 'ADA_USDT',
  price: '0.245948',
  amount: '20.710000000000000000001',
  raw: '{"tradeId":182342999769370687,"fee":0.10,"note":"a \\n b"}',
}

describe('a transaction outside', () => {
  it('has an id made of connection, stream, time and identity, and its time in ISO 8601 with milliseconds', () => {
    expect(describeTransaction(connection, fill)).toMatchObject({
      id: 'c0ffee:spot-trade:1695658457836:182342999769370687|183270218784142990',
      connection: 'c0ffee',
      time: '2023-09-25T16:14:17.836Z',
    })
  })

  it('embeds the raw row as the exact text that the exchange served', () => {
    expect(transactionJson(connection, fill)).toBe(
      '{"id":"c0ffee:spot-trade:1695658457836:182342999769370687|183270218784142990","connection":"c0ffee",' +
        '"exchange":"bitmart","stream":"spot-trade","time":"2023-09-25T16:14:17.836Z","symbol":"ADA_USDT",' +
        '"price":"0.245948","amount":"20.710000000000000000001",' +
        '"raw":{"tradeId":182342999769370687,"fee":0.10,"note":"a \\n b"}}',
    )
  })

  it('says what it said before, where it is dated now, and since when it is not shown', () => {
    const changed: Transaction = {
      ...fill,
      movedTo: fill.time + 1,
      missingSince: fill.time + 2,
      unreadableSince: fill.time + 2,
      unreadableRaw: '{"side":5}',
      history: [{ until: fill.time + 3, time: fill.time, status: 'pending' }],
    }
    expect(JSON.parse(transactionJson(connection, changed))).toMatchObject({
      movedTo: '2023-09-25T16:14:17.837Z',
      missingSince: '2023-09-25T16:14:17.838Z',
      unreadableSince: '2023-09-25T16:14:17.838Z',
      unreadableRaw: '{"side":5}',
      history: [{ until: '2023-09-25T16:14:17.839Z', time: '2023-09-25T16:14:17.836Z', status: 'pending' }],
    })
  })

  it('is one line even when the exchange served several', () => {
    const line = transactionJson(connection, { ...fill, raw: '{\r\n  "fee": 0.10\n}' })
    expect(line).not.toMatch(/[\r\n]/)
    expect(JSON.parse(line).raw).toEqual({ fee: 0.1 })
  })

  it('names the sub-account only where there is one', () => {
    expect(JSON.parse(transactionJson(connection, fill))).not.toHaveProperty('subaccount')
    expect(JSON.parse(transactionJson({ ...connection, subaccount: 'desk' }, fill)).subaccount).toBe('desk')
  })

  it('writes every instant as the platform does', () => {
    const latest = 8.64e15
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: latest }), (time) => {
        expect(isoTime(time)).toBe(new Date(time).toISOString())
      }),
    )
  })
})
