import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { transactionJson } from '../../lambdas/domain/outward.ts'
import { streamKinds } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import {
  type ListedTransaction,
  listTransactions,
  type Position,
  type TransactionsQuestion,
} from '../../lambdas/use-cases/list-transactions.ts'
import { connection } from '../model/engine.ts'
import { connecting, fill, homeInMemory } from './home-in-memory.ts'

async function homeWith(...histories: readonly (readonly Transaction[])[]) {
  const home = homeInMemory()
  const ids: string[] = []
  for (const [index, rows] of histories.entries()) {
    const { connection } = await connecting(home.ports, {
      apiKey: `ACCESS-KEY-NUMBER-${index}`,
      newAccount: true,
    })
    home.put({ user: 'ada', connection: connection.id }, ...rows)
    ids.push(connection.id)
  }
  return { ...home, ids }
}

async function readAll(
  ports: ReturnType<typeof homeInMemory>['ports'],
  question: TransactionsQuestion,
): Promise<ListedTransaction[]> {
  const read: ListedTransaction[] = []
  let after: Position | undefined
  do {
    const page = await listTransactions(ports, 'ada', { ...question, after })
    expect(page.items.length).toBeLessThanOrEqual(question.limit)
    read.push(...page.items)
    expect(read.length).toBeLessThan(5_000)
    after = page.next
  } while (after !== undefined)
  return read
}

const nameOf = ({ connection, transaction }: ListedTransaction) =>
  `${connection.id} ${transaction.stream} ${transaction.identity}`

describe('listing transactions', () => {
  it('merges connections in the order of time', async () => {
    const { ports, ids } = await homeWith([fill(1, 'a'), fill(5, 'b')], [fill(3, 'c')])
    const { items, next } = await listTransactions(ports, 'ada', { limit: 10 })
    expect(items.map(({ transaction }) => transaction.identity)).toEqual(['a', 'c', 'b'])
    expect(items.map(({ connection }) => connection.id)).toEqual([ids[0], ids[1], ids[0]])
    expect(next).toBeUndefined()
  })

  it('shows every row once whatever the page size, however many rows share an instant', async () => {
    const row = fc.record({
      time: fc.integer({ min: 1, max: 4 }),
      identity: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
      stream: fc.constantFrom(...streamKinds),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { maxLength: 12 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 7 }),
        async (histories, limit) => {
          const { ports } = await homeWith(
            ...histories.map((rows) =>
              rows.map(({ time, identity, stream }) => fill(time, identity, { stream })),
            ),
          )
          const whole = await readAll(ports, { limit: 1_000 })
          const distinct = histories.map(
            (rows) => new Set(rows.map((one) => JSON.stringify(Object.values(one)))).size,
          )
          expect(whole.length).toBe(distinct.reduce((sum, size) => sum + size, 0))
          expect((await readAll(ports, { limit })).map(nameOf)).toEqual(whole.map(nameOf))
          const newestFirst = await readAll(ports, { limit, order: 'desc' })
          expect(newestFirst.map(nameOf)).toEqual(whole.map(nameOf).reverse())
          const times = whole.map(({ transaction }) => transaction.time)
          expect(times).toEqual([...times].sort((a, b) => a - b))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('goes back to where it came from when the order is turned around at a cursor', async () => {
    const { ports } = await homeWith(
      [fill(1, 'a'), fill(1, 'b'), fill(1, 'a', { stream: 'deposit' }), fill(2, 'c')],
      [fill(1, 'a'), fill(1, 'z', { stream: 'withdrawal' })],
    )
    const whole = (await readAll(ports, { limit: 100 })).map(nameOf)
    for (let limit = 1; limit < whole.length; limit += 1) {
      const { next } = await listTransactions(ports, 'ada', { limit })
      const back = await listTransactions(ports, 'ada', { limit: 100, order: 'desc', after: next })
      expect(back.items.map(nameOf)).toEqual(whole.slice(0, limit - 1).reverse())
    }
  })

  it('ends a page before it is too large for an answer, and skips nothing', async () => {
    const raw = JSON.stringify({ note: '"'.repeat(150_000) })
    const rows = Array.from({ length: 40 }, (_, index) => fill(index, `a${index}`, { raw }))
    const { ports } = await homeWith(rows)
    const names: string[] = []
    let after: Position | undefined
    do {
      const page = await listTransactions(ports, 'ada', { limit: 1_000, after })
      // As a Lambda hands it over: the body is text within JSON.
      const body = page.items.map(({ connection, transaction }) => transactionJson(connection, transaction))
      expect(JSON.stringify(body.join(',')).length).toBeLessThan(5_000_000)
      expect(page.items.length).toBeGreaterThan(0)
      names.push(...page.items.map(nameOf))
      after = page.next
    } while (after !== undefined)
    expect(new Set(names).size).toBe(40)
    expect(names).toHaveLength(40)
  })

  it('reads no more of a long history than the page needs', async () => {
    const { ports } = await homeWith(Array.from({ length: 500 }, (_, time) => fill(time + 1, 'a')))
    let served = 0
    const page: typeof ports.transactions.page = async (...asked) => {
      const answer = await ports.transactions.page(...asked)
      served += answer.items.length
      return answer
    }
    const transactions = { ...ports.transactions, page }
    const read = await listTransactions({ ...ports, transactions }, 'ada', {
      limit: 10,
      after: { time: 400, connection: 'x', stream: 'deposit', identity: 'a' },
    })
    expect(read.items.map(({ transaction }) => transaction.time)[0]).toBe(401)
    expect(served).toBeLessThanOrEqual(22)
  })

  it('shows only the connection, stream and time that were asked for', async () => {
    const { ports, ids } = await homeWith(
      [fill(1, 'a'), fill(2, 'b', { stream: 'deposit' }), fill(3, 'c')],
      [fill(2, 'd')],
    )
    const identities = async (question: Partial<TransactionsQuestion>) =>
      (await readAll(ports, { limit: 1, ...question })).map(({ transaction }) => transaction.identity)
    expect(await identities({ connection: ids[0] })).toEqual(['a', 'b', 'c'])
    expect(await identities({ stream: 'deposit' })).toEqual(['b'])
    expect(new Set(await identities({ from: 2, to: 3 }))).toEqual(new Set(['b', 'd']))
    expect(await identities({ from: 3, to: 3 })).toEqual([])
  })

  it('shows the history of disconnected connections, and nobody else’s', async () => {
    const { ports, ids } = await homeWith([fill(1, 'a')])
    expect((await listTransactions(ports, 'bob', { limit: 5 })).items).toEqual([])
    await expect(listTransactions(ports, 'bob', { limit: 5, connection: ids[0] })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('puts a name before the names that begin with it', async () => {
    const { ports, connections, put } = homeInMemory()
    for (const id of ['ab', 'a']) {
      connections.set(`ada/${id}`, { ...connection, user: 'ada', id })
      put({ user: 'ada', connection: id }, fill(1, 'xy', { stream: id === 'a' ? 'withdrawal' : 'deposit' }))
      put({ user: 'ada', connection: id }, fill(1, 'x', { stream: id === 'a' ? 'withdrawal' : 'deposit' }))
    }
    const expected = ['a withdrawal x', 'a withdrawal xy', 'ab deposit x', 'ab deposit xy']
    for (const limit of [1, 2, 10]) expect((await readAll(ports, { limit })).map(nameOf)).toEqual(expected)
  })
})
