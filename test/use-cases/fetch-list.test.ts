import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { type ListStream, noMarkets } from '../../lambdas/domain/stream.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { fetchList } from '../../lambdas/use-cases/fetch-list.ts'
import { publishedDeposit } from '../exchanges/samples/bitrue.ts'

const deposits = bitrue.streams.find(
  (stream): stream is ListStream => stream.stream === 'deposit' && stream.reads === 'list',
)
if (deposits === undefined) throw new Error('Bitrue has no list of deposits')
const definition: ListStream = deposits

/** Reads the deposits of one coin from an exchange that answers its first, second, … question like this. */
async function readFrom(answer: (question: number) => readonly object[], showsAllViews = true) {
  let asked = 0
  const client: ExchangeClient = {
    ask: async <T>(_request: unknown, schema: z.ZodType<T>) => {
      asked += 1
      return { data: schema.parse(answer(asked)), askedAt: asked, answeredAt: asked }
    },
    now: () => 0,
    learnTime: async () => undefined,
    requests: () => asked,
    close: async () => undefined,
  }
  const manners = { showsAllViews, pageSizes: [10], largest: 0 }
  const ports = { client, markets: noMarkets, manners, signal: new AbortController().signal }
  const read = fetchList(ports, definition, 'xrp')
  return read.then(
    (list) => ({ asked, list }),
    (failed: unknown) => ({ asked, failed }),
  )
}

const row = (number: number) => ({ ...publishedDeposit, txid: `t${number}` })
const refused = { failure: { kind: 'bad-payload' } }

describe('a list that is read as a whole', () => {
  it('is whole once its pages end with the last row alone, and two readings agree or one page held all', async () => {
    const { asked, list } = {
      list: undefined,
      ...(await readFrom((question) => (question === 1 ? [row(1), row(2)] : [row(2)]))),
    }
    expect(list).toMatchObject({ extent: 'whole', served: 2 })
    expect(asked).toBe(2)
  })

  it('is not known to end where its last row is not shown again: nobody knows what an offset counts', async () => {
    const { list } = {
      list: undefined,
      ...(await readFrom((question) => (question === 1 ? [row(1), row(2)] : []))),
    }
    expect(list).toMatchObject({ extent: 'some', served: 2 })
  })

  it('is left to the next run where it never stands still: no reading of it is believed', async () => {
    const { failed } = {
      failed: undefined,
      // Two pages and the last row, in which every reading shows other rows than the one before.
      ...(await readFrom((question) => {
        const turn = 10 * Math.ceil(question / 3)
        return (
          [[row(turn + 3)], [row(turn + 1), row(turn + 2)], [row(turn + 2), row(turn + 3)]][question % 3] ??
          []
        )
      })),
    }
    expect(failed).toMatchObject(refused)
  })

  it('keeps rows that do not say when apart, since no question is about a time', async () => {
    const { createdAt: _when, ...timeless } = row(1)
    const { list } = {
      list: undefined,
      ...(await readFrom((question) => (question === 1 ? [timeless, row(2)] : [row(2)]))),
    }
    expect(list).toMatchObject({ extent: 'whole', served: 2, timeless: [{ raw: JSON.stringify(timeless) }] })
    expect(list?.transactions).toHaveLength(1)
  })

  it('says nothing where it holds rows of another partition: what was asked for is not heeded', async () => {
    const { failed } = {
      failed: undefined,
      ...(await readFrom((question) => (question === 1 ? [row(1), { ...row(2), symbol: 'BTC' }] : []))),
    }
    expect(failed).toMatchObject(refused)
  })

  it.each([
    ['is asked once where a transfer that is done was shown without its status', '1', 2],
    ['is asked with each status while only such were shown as have just begun', '0', 3],
    ['… or are in a status that nobody names', '3', 3],
    ['… or tell none', null, 3],
  ])('%s', async (_what, status, questions) => {
    const { asked } = await readFrom((question) => (question === 1 ? [{ ...row(1), status }] : []), false)
    expect(asked).toBe(questions)
  })

  it('keeps a row that cannot be read and says when', async () => {
    const odd = { ...row(2), amount: '--' }
    const { list } = {
      list: undefined,
      ...(await readFrom((question) => (question === 1 ? [row(1), odd] : []))),
    }
    expect(list?.transactions).toHaveLength(2)
    expect(list?.transactions[1]?.identity).toContain('unreadable')
  })
})
