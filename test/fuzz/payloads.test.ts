import { createServer } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { checkSize } from '../../lambdas/adapters/table.ts'
import { transactionKey } from '../../lambdas/adapters/table-keys.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import { anyData, type ExchangeClient } from '../../lambdas/domain/client.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { transactionJson } from '../../lambdas/domain/outward.ts'
import { type NormaliseContext, noMarkets } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { type ServedRows, unreadableTransaction } from '../../lambdas/domain/unreadable.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { temporaryStore } from '../adapters/temporary-store.ts'
import { bitmartSamples } from '../exchanges/samples/bitmart.ts'
import { demoCredentials } from '../model/engine.ts'
import { announce, effort } from './effort.ts'
import { mutated, oddJson } from './odd-json.ts'

/** What exchanges answer, read by the real client: every JSON there is either parses or is refused cleanly. */

const owner = { user: 'ada', connection: 'c1' }
let answer = ''
let client: ExchangeClient
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
})

beforeAll(async () => {
  announce()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  client = openExchangeClient(bitmart, demoCredentials, {
    hosts: { spot: url, swap: url },
    clock: () => 1_700_000_000_000,
    sleep: async () => undefined,
    random: () => 0,
    timeout: 60_000,
  })
})
afterAll(async () => {
  await client.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const rate = { id: 'fuzz', calls: 1_000_000, per: 1_000, scope: 'key' } as const

/** What the client makes of a body; undefined where it refuses it as it should. */
async function ask<T>(body: string, schema: z.ZodType<T>): Promise<T | undefined> {
  answer = body
  try {
    const request = {
      access: 'private',
      method: 'GET',
      path: 'contract/private/trades',
      params: {},
      rate,
    } as const
    return (await client.ask(request, schema, { attempts: 1 })).data
  } catch (error) {
    expect(error).toBeInstanceOf(FailureError)
    // Nothing went wrong on the way: whatever is refused is refused for what it is.
    if (error instanceof FailureError) expect(error.failure.kind).not.toBe('exchange-down')
    return undefined
  }
}

describe('the envelope of an answer', () => {
  it('is read or refused, whatever it is', async () => {
    const sample = { code: 1000, message: 'OK', trace: 't', data: [] }
    await fc.assert(
      fc.asyncProperty(fc.oneof(oddJson, mutated(sample)), async (body) => {
        fc.pre(!/"code":"?(30014|30016)/.test(body))
        await ask(body, anyData)
      }),
      effort(300),
    )
  })

  it('is refused when it is cut anywhere, or holds bytes that are no text', async () => {
    const whole = Buffer.from(JSON.stringify({ code: 1000, message: 'grüße 🙂', data: [{ a: '1.0' }] }))
    for (let length = 0; length < whole.length; length += 3)
      expect(await ask(whole.subarray(0, length).toString('latin1'), anyData)).toBeUndefined()
  })

  it('is refused when it is deeper than anything can be read', async () => {
    for (const depth of [100, 1_000, 3_000, 5_000, 10_000, 100_000, 1_000_000]) {
      for (const body of [
        '['.repeat(depth) + ']'.repeat(depth),
        `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
        `{"code":1000,"data":${'['.repeat(depth)}${']'.repeat(depth)}}`,
        `{"code":1000,"data":[{"tradeId":${'['.repeat(depth)}${']'.repeat(depth)}}]}`,
      ])
        for (const stream of bitmart.streams.slice(0, 1)) await ask(body, stream.rows)
    }
  })
})

describe.each(bitmart.streams)('rows of $stream', (definition) => {
  const samples = bitmartSamples.streams[definition.stream]
  if (samples === undefined) throw new Error('no samples')
  const { rows: sampleRows, wrap = (rows: readonly unknown[]) => rows } = samples
  const data = wrap(sampleRows)
  const contexts = definition.partitions.flatMap((partition) =>
    [noMarkets, bitmartSamples.markets].map((markets) => ({ partition, markets })),
  )
  /** What the engine makes of an answer: of a row that cannot be read, what is kept of it. */
  const transactionsOf = (rows: ServedRows<unknown>, context: NormaliseContext): readonly Transaction[] => [
    ...definition.normalise(rows.readable, context),
    ...rows.unreadable.map(({ raw, time = 1_700_000_000_000 }) =>
      unreadableTransaction(definition.stream, { raw, time }, context.partition),
    ),
  ]
  const bodies = fc.oneof(
    { weight: 1, arbitrary: oddJson },
    { weight: 6, arbitrary: mutated(data) },
    {
      weight: 2,
      arbitrary: fc
        .array(mutated(sampleRows[0]), { maxLength: 4 })
        .map((rows) => JSON.stringify(wrap(['@'])).replace('"@"', () => rows.join(','))),
    },
  )

  it('are read or refused, and what is read can be stored and told', async () => {
    let read = 0
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const rows = await ask(`{"code":1000,"data":${body}}`, definition.rows)
        if (rows === undefined) return
        for (const context of contexts)
          for (const transaction of transactionsOf(rows, context)) {
            read += 1
            expectStorable(transaction)
          }
      }),
      effort(150),
    )
    expect(read).toBeGreaterThan(0)
  })

  it('come out of the store as they went in', async () => {
    const { table } = await temporaryStore()
    const store = transactionStore(table)
    const found = new Map<string, Transaction>()
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const rows = await ask(`{"code":1000,"data":${body}}`, definition.rows)
        if (rows === undefined) return
        for (const context of contexts)
          for (const transaction of transactionsOf(rows, context))
            found.set(JSON.stringify(transactionKey(owner, transaction)), transaction)
      }),
      effort(60),
    )
    const written = [...found.values()]
    await store.write(owner, written)
    const kept = []
    for await (const transaction of store.each(owner)) kept.push(transaction)
    const byKey = (a: Transaction, b: Transaction) => (keyText(a) < keyText(b) ? -1 : 1)
    expect(kept.sort(byKey)).toEqual(written.map(withoutAbsent).sort(byKey))
  })
})

const keyText = (transaction: Transaction) => JSON.stringify(transactionKey(owner, transaction))

/** What is absent is not stored, which is the same. */
function withoutAbsent(transaction: Transaction): Transaction {
  const { stream, time, identity, raw, ...rest } = transaction
  const present = Object.entries(rest).filter(([, value]) => value !== undefined)
  return { stream, time, identity, raw, ...Object.fromEntries(present) }
}

function expectStorable(transaction: Transaction): void {
  const item = { ...transactionKey(owner, transaction), ...transaction }
  checkSize(item)
  for (const value of Object.values(transaction))
    expect(['string', 'number', 'undefined']).toContain(typeof value)
  const told = transactionJson({ id: 'c1', exchange: 'bitmart', subaccount: '' }, transaction)
  expect(() => JSON.parse(told)).not.toThrow()
  expect(told).not.toMatch(/\p{Surrogate}/u)
}

describe('every other answer', () => {
  const { marketSources, serverTime, streams } = bitmart
  const others: readonly [string, z.ZodType, unknown][] = [
    ...marketSources.map(({ product, markets }): [string, z.ZodType, unknown] => [
      `the ${product} markets`,
      markets,
      bitmartSamples.marketAnswers[product],
    ]),
    ['the time', serverTime.time, { server_time: 1_700_000_000_000 }],
    ...streams.flatMap(({ stream, splits }) =>
      splits.flatMap(({ discover }): [string, z.ZodType, unknown][] =>
        discover === undefined
          ? []
          : [[`the orders of ${stream}`, discover.values, [{ orderId: '1', order_id: '1' }]]],
      ),
    ),
  ]
  it.each(others)('%s: is read or refused', async (_what, schema, sample) => {
    expect(await ask(JSON.stringify({ code: 1000, data: sample }), schema)).toBeDefined()
    await fc.assert(
      fc.asyncProperty(fc.oneof(oddJson, mutated(sample)), async (body) => {
        const parsed = await ask(`{"code":1000,"data":${body}}`, schema)
        if (parsed !== undefined) expect(JSON.stringify(parsed)).not.toMatch(/\p{Surrogate}/u)
      }),
      effort(100),
    )
  })
})
