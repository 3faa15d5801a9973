import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AskOptions, ExchangeClient } from '../../lambdas/domain/client.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import {
  type ExchangeRequest,
  noMarkets,
  type Split,
  type WindowStream,
} from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { fetchDenseWindow, fetchWindow } from '../../lambdas/use-cases/fetch-window.ts'
import { toldTime } from '../model/told-time.ts'

const [spot] = bitmart.streams
if (spot === undefined) throw new Error('no stream')

const served = z.object({ time: z.number(), identity: z.string(), orderId: z.string().optional() })
type Served = z.output<typeof served>
const rate = { id: 'all', calls: 1, per: 1, scope: 'key' } as const

const byOrder: Split = {
  filter: 'orderId',
  of: (row) => row.orderId,
  uncapped: true,
  discover: {
    margins: [0],
    ask: () => ({ access: 'private', method: 'GET', path: 'orders', params: {}, rate }),
    values: z.array(z.string()),
  },
}

/** Pages of three rows, whole milliseconds, and orders to divide an instant by. */
const definition: WindowStream = {
  ...spot,
  unit: 1,
  lowerEnd: 'inclusive',
  upperEnd: 'exclusive',
  pageCap: 3,
  splits: [byOrder],
  ask: ({ start, end, filters }) => ({
    access: 'private',
    method: 'GET',
    path: 'fills',
    params: { start, end, ...filters },
    rate,
  }),
  rows: z.array(served).transform((readable) => ({ readable, unreadable: [] })),
  normalise: (rows) =>
    z
      .array(served)
      .parse(rows)
      .map((row): Transaction => ({ ...row, stream: 'spot-trade', raw: '{}' })),
}

const rows = (time: number, ...orders: readonly (string | undefined)[]): readonly Served[] =>
  orders.map((orderId, index) => ({ time, identity: `${orderId}/${index}`, orderId }))

/** An exchange whose answers are written by the test: data, or what it fails with. */
function clientOf(answer: (request: ExchangeRequest, options?: AskOptions) => unknown): ExchangeClient {
  let clock = 0
  return {
    ask: async (request, schema, options) => {
      const askedAt = ++clock
      return { data: schema.parse(answer(request, options)), askedAt, answeredAt: ++clock }
    },
    ...toldTime(() => clock),
    requests: () => clock,
    close: async () => undefined,
  }
}

const instant = { from: 10, to: 11 }
const nothingElse = { rows: [], symbols: [], until: 1_000 }
const identities = ({ transactions }: { readonly transactions: readonly Transaction[] }) =>
  transactions.map(({ identity }) => identity).sort()

function fetching(answer: Parameters<typeof clientOf>[0], window = { from: 0, to: 100 }) {
  return fetchWindow({ client: clientOf(answer), markets: noMarkets }, definition, 'spot', window)
}

function fetchingDense(answer: Parameters<typeof clientOf>[0], known: typeof nothingElse | object = {}) {
  return fetchDenseWindow({ client: clientOf(answer), markets: noMarkets }, definition, 'spot', instant, {
    ...nothingElse,
    ...known,
  })
}

describe('asking for a window', () => {
  it('is over when the page is not full', async () => {
    expect(await fetching(() => rows(50, 'a', 'b'))).toMatchObject({ outcome: 'complete', served: 2 })
  })

  it('is divided further when the page is full', async () => {
    const fetched = await fetching(() => rows(50, 'a', 'b', 'c'))
    expect(fetched.outcome).toBe('full')
    if (fetched.outcome === 'full') expect(fetched.pieces.length).toBeGreaterThan(1)
    expect(await fetching(() => rows(10, 'a', 'b', 'c'), instant)).toMatchObject({ outcome: 'dense' })
  })

  it.each([
    ['an older', -2],
    ['a younger', 101],
  ])('says nothing of the window when %s row comes with it, full page or not', async (_when, time) => {
    for (const others of [[], rows(50, 'a'), rows(50, 'a', 'b')])
      expect(await fetching(() => [...others, ...rows(time, 'c')])).toMatchObject({
        outcome: 'astray',
        served: others.length + 1,
      })
  })

  it('takes rows of the unit after the window for its own, where the end of a filter may be part of the answer', async () => {
    expect(await fetching(() => rows(100, 'a', 'b', 'c'))).toMatchObject({ outcome: 'full' })
    expect(await fetching(() => rows(-1, 'a', 'b', 'c'))).toMatchObject({ outcome: 'full' })
  })
})

describe('asking for an instant that no question holds', () => {
  /** Serves up to a page of the instant, and every row of an order; the list of orders is the test's. */
  const serving =
    (held: readonly Served[], listed: () => readonly string[]) =>
    ({ path, params }: ExchangeRequest): unknown =>
      path === 'orders'
        ? listed()
        : params.orderId === undefined
          ? held.slice(0, 3)
          : held.filter(({ orderId }) => orderId === params.orderId)

  const crowd = rows(10, 'a', 'a', 'b', 'c', 'c')

  it('is whole without further questions when it is not full any more', async () => {
    const asked: string[] = []
    const fetched = await fetchingDense(({ path }) => {
      asked.push(path)
      return rows(10, 'a', 'b')
    })
    expect(fetched).toMatchObject({ served: 2, proven: true, saturated: false })
    expect(asked).toEqual(['fills'])
  })

  it('finds the rows of orders that a list or other windows name, and proves nothing by it', async () => {
    const listed = await fetchingDense(serving(crowd, () => ['c']))
    expect(identities(listed)).toEqual(crowd.map(({ identity }) => identity).sort())
    expect(listed).toMatchObject({ proven: false, saturated: false })
    const elsewhere = { rows: [{ stream: 'spot-trade', time: 9, identity: 'i', orderId: 'c', raw: '{}' }] }
    expect(
      identities(
        await fetchingDense(
          serving(crowd, () => []),
          elsewhere,
        ),
      ),
    ).toEqual(identities(listed))
  })

  it('goes on with the orders that it knows when the list cannot be had', async () => {
    const fetched = await fetchingDense(
      serving(crowd, () => {
        throw new FailureError({ kind: 'exchange-down' })
      }),
    )
    expect(identities(fetched)).toEqual(['a/0', 'a/1', 'b/2'])
    expect(fetched).toMatchObject({ proven: false, saturated: true })
  })

  it.each([
    ['it was stopped', new FailureError({ kind: 'aborted' })],
    ['the list meets a bug', new TypeError('a bug')],
  ])('ends there when %s', async (_why, error) => {
    const asked: string[] = []
    const ending = fetchingDense((request) => {
      asked.push(request.path)
      return serving(crowd, () => {
        throw error
      })(request)
    })
    await expect(ending).rejects.toBe(error)
    expect(asked).toEqual(['fills', 'orders'])
  })

  it('asks by no order for rows that name none, and keeps them', async () => {
    const nameless = [...rows(10, undefined, ''), ...rows(10, 'a', 'a')]
    const asked: unknown[] = []
    const fetched = await fetchingDense((request) => {
      if (request.path === 'fills') asked.push(request.params.orderId)
      return serving(nameless, () => [])(request)
    })
    expect(asked).toEqual([undefined, 'a'])
    expect(identities(fetched)).toEqual(['/1', 'a/0', 'a/1', 'undefined/0'])
    expect(fetched.proven).toBe(false)
  })

  it('is saturated when an order fills a page exactly: nobody can tell whether there are more of it', async () => {
    const held = [...rows(10, 'a', 'a', 'a'), ...rows(10, 'b')]
    const fetched = await fetchingDense(serving(held, () => ['b']))
    expect(fetched.transactions).toHaveLength(4)
    expect(fetched).toMatchObject({ proven: false, saturated: true })
  })

  it('loses nothing but the parts that the exchange takes no question about, and says which it may lack', async () => {
    const bySymbol: Split = { filter: 'orderId', of: (row) => row.orderId, catalogue: 'spot' }
    const listed = (id: string) => ({ symbol: id, base: id, quote: 'X' })
    const markets = { ...noMarkets, spot: new Map(['a', 'b', 'offline'].map((id) => [id, listed(id)])) }
    const fetch = (page: readonly Served[]) =>
      fetchDenseWindow(
        {
          client: clientOf(({ params }) => {
            if (params.orderId === 'offline') throw new FailureError({ kind: 'rejected', code: '100490' })
            return params.orderId === undefined ? page : rows(10, String(params.orderId))
          }),
          markets,
        },
        { ...definition, splits: [bySymbol] },
        'spot',
        instant,
        nothingElse,
      )
    const unlisted = await fetch([...rows(10, 'a'), ...rows(10, 'b'), ...rows(10, 'c')])
    expect(identities(unlisted)).toEqual(['a/0', 'b/0', 'c/0'])
    expect(unlisted).toMatchObject({ proven: false, saturated: false })
    const shown = await fetch([...rows(10, 'a'), ...rows(10, 'b'), ...rows(10, 'offline')])
    expect(identities(shown)).toEqual(['a/0', 'b/0', 'offline/0'])
    expect(shown).toMatchObject({ proven: false, saturated: true })
  })

  it('is saturated where nothing but time divides', async () => {
    const ports = { client: clientOf(serving(crowd, () => [])), markets: noMarkets }
    const undivided = { ...definition, splits: [] }
    const fetched = await fetchDenseWindow(ports, undivided, 'spot', instant, nothingElse)
    expect(fetched).toMatchObject({ served: 3, proven: false, saturated: true })
  })
})
