import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { type Coverage, type Lacking, noCoverage } from '../../lambdas/domain/coverage.ts'
import { type Failure, FailureError } from '../../lambdas/domain/failure.ts'
import type { ExchangeRequest } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { unreadableTransaction } from '../../lambdas/domain/unreadable.ts'
import { day } from '../../lambdas/domain/window.ts'
import { spotTradeStream } from '../../lambdas/exchanges/bitrue/spot-trade.ts'
import { askWitness } from '../../lambdas/use-cases/ask-witness.ts'
import { toldTime } from '../model/told-time.ts'

const now = Date.UTC(2026, 10, 27)
const settled = now - 600_000
const gap = { from: 0, to: now - 30 * day, reason: 'saturated' as const }
const known = (more: Partial<Coverage> = {}): Coverage => ({
  ...noCoverage('spot-trade', 'XRPUSDT'),
  ...more,
})
const order = {
  orderId: '77',
  executedQty: '5.0000',
  time: now - 40 * day,
  updateTime: now - 40 * day + 1_000,
}
const fill: Transaction = {
  ...{ stream: 'spot-trade', time: now - 40 * day + 1_000, identity: '1', symbol: 'XRPUSDT', raw: '{}' },
  ...{ orderId: '77', amount: '3' },
}

async function ask(
  { before = known(), after = known({ lost: [gap] }), rows = [fill] } = {},
  answer: () => unknown = () => [order],
) {
  const asked: ExchangeRequest[] = []
  const client: ExchangeClient = {
    ...toldTime(() => now),
    ask: async <T>(request: ExchangeRequest, schema: z.ZodType<T>) => {
      asked.push(request)
      return { data: schema.parse(answer()), askedAt: now, answeredAt: now }
    },
    requests: () => asked.length,
    close: async () => undefined,
  }
  const ports = { client, signal: new AbortController().signal, stored: async () => rows }
  const lacking = await askWitness(ports, spotTradeStream, { before, now: after }, now, settled)
  return { lacking, asked }
}

const refuse = (kind: Failure['kind']) => () => {
  throw new FailureError({ kind })
}

const told: Lacking = { asked: 3, since: 7, lacking: 0, at: now - day }

describe('the witness of orders', () => {
  it('is called where fills cannot be had, and tells of those that are missing', async () => {
    const { lacking, asked } = await ask()
    expect(asked.map(({ path, params }) => [path, params])).toEqual([
      ['allOrders', { symbol: 'XRPUSDT', limit: 1_000 }],
    ])
    expect(lacking).toEqual({
      ...{ asked: 1, since: order.time, lacking: 1, at: now },
      between: { from: order.time, to: order.updateTime + 1 },
    })
  })

  it('is not called where nothing is missing, and what it told is forgotten then', async () => {
    const expired = known({ lost: [{ ...gap, reason: 'expired' }] })
    for (const after of [known(), expired]) {
      const { lacking, asked } = await ask({ before: known({ lacking: told }), after })
      expect([lacking, asked.length]).toEqual([undefined, 0])
    }
  })

  it('is called once a week, and at once where more is missing than when it was', async () => {
    const gone = { lost: [gap] }
    const lately = await ask({ before: known({ ...gone, lacking: told }) })
    expect([lately.lacking, lately.asked.length]).toEqual([told, 0])
    const weekAgo = { ...told, at: now - 8 * day }
    expect((await ask({ before: known({ ...gone, lacking: weekAgo }) })).asked).toHaveLength(1)
    const more = known({ lost: [gap, { from: now - 3 * day, to: now - 2 * day, reason: 'saturated' }] })
    expect((await ask({ before: known({ ...gone, lacking: told }), after: more })).asked).toHaveLength(1)
  })

  it('leaves what was told where it does not answer, answers something else, or a fill cannot be read', async () => {
    const before = known({ lacking: told })
    for (const kind of ['not-served', 'no-permission', 'bad-payload', 'exchange-down'] as const)
      expect((await ask({ before }, refuse(kind))).lacking, kind).toEqual(told)
    const odd = unreadableTransaction('spot-trade', { raw: '{}', time: now - 40 * day }, 'XRPUSDT')
    expect((await ask({ before, rows: [fill, odd] })).lacking).toEqual(told)
    const place = { from: now - 60 * day, to: now - day, reason: 'unreadable' as const }
    expect((await ask({ before: { ...before, lost: [place] } })).lacking).toEqual(told)
  })

  it('stops where the run is to stop', async () => {
    for (const kind of ['aborted', 'rate-limited', 'unauthorized'] as const)
      await expect(ask({}, refuse(kind)), kind).rejects.toMatchObject({ failure: { kind } })
    await expect(
      ask({}, () => {
        throw new TypeError('a bug')
      }),
    ).rejects.toThrow('a bug')
  })

  it('believes no order that does not say when it changed', async () => {
    const { lacking } = await ask({}, () => [{ ...order, updateTime: 0 }])
    expect(lacking).toMatchObject({ asked: 0, lacking: 0 })
  })
})
