import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countExisting, writeAll } from '../../lambdas/adapters/table.ts'
import {
  connectionKey,
  coverageKey,
  guardKey,
  type Key,
  leaseKey,
  marketsKey,
  placeKey,
  placeKeys,
  runKey,
  timeOfPlace,
  transactionKey,
  transactionKeys,
} from '../../lambdas/adapters/table-keys.ts'
import type { Owner } from '../../lambdas/domain/connection.ts'
import { streamKinds } from '../../lambdas/domain/stream.ts'
import { fill } from './fill.ts'
import { type Call, scriptedTable } from './temporary-store.ts'

const owner: Owner = { user: 'ann', connection: 'c1' }

// Signs that mean something in keys, and any others.
const part = fc
  .array(
    fc.oneof(fc.constantFrom('#', '%', '23', '$', 'CONNECTION', 'USER', 'a'), fc.string({ unit: 'binary' })),
    {
      maxLength: 5,
    },
  )
  .map((pieces) => pieces.join(''))
const time = fc.integer({ min: 0, max: 9_999_999_999_999 })
const stream = fc.constantFrom(...streamKinds)

/** What a key is made of, with the key. */
const named: fc.Arbitrary<[string, Key]> = fc.oneof(
  fc
    .tuple(part, part)
    .map(([user, id]): [string, Key] => [JSON.stringify(['connection', user, id]), connectionKey(user, id)]),
  fc
    .tuple(part, part, part)
    .map(([user, exchange, hash]): [string, Key] => [
      JSON.stringify(['guard', user, exchange, hash]),
      guardKey(user, exchange, hash),
    ]),
  fc
    .tuple(part, part, time, stream, part)
    .map(([user, connection, at, kind, identity]): [string, Key] => [
      JSON.stringify(['transaction', user, connection, at, kind, identity]),
      transactionKey({ user, connection }, { stream: kind, time: at, identity }),
    ]),
  fc
    .tuple(part, part, time, stream, part)
    .map(([user, connection, at, kind, identity]): [string, Key] => [
      JSON.stringify(['place', user, connection, at, kind, identity]),
      placeKey({ user, connection }, { stream: kind, time: at, identity }),
    ]),
  fc
    .tuple(part, part, stream, part)
    .map(([user, connection, kind, partition]): [string, Key] => [
      JSON.stringify(['coverage', user, connection, kind, partition]),
      coverageKey({ user, connection }, kind, partition),
    ]),
  fc
    .tuple(part, part)
    .map(([user, connection]): [string, Key] => [
      JSON.stringify(['lease', user, connection]),
      leaseKey({ user, connection }),
    ]),
  fc
    .tuple(part, part, part)
    .map(([user, connection, id]): [string, Key] => [
      JSON.stringify(['run', user, connection, id]),
      runKey({ user, connection }, id),
    ]),
  fc
    .tuple(part, fc.nat(99))
    .map(([exchange, index]): [string, Key] => [
      JSON.stringify(['markets', exchange, index]),
      marketsKey(exchange, index),
    ]),
)

function bytes(text: string): Buffer {
  return Buffer.from(text, 'utf8')
}

describe('keys', () => {
  it('are those of the data model', () => {
    expect(connectionKey('ann', 'c1')).toEqual({ PK: 'USER#ann', SK: 'CONNECTION#c1' })
    expect(guardKey('ann', 'bitmart', 'ab')).toEqual({ PK: 'USER#ann', SK: 'KEY#bitmart#ab' })
    expect(transactionKey(owner, fill(7, 5))).toEqual({
      PK: 'USER#ann#CONNECTION#c1',
      SK: 'TX#spot-trade#0000000000005#BTC_USDT|7|order-7',
    })
    expect(placeKey(owner, fill(7, 5)).SK).toBe('ID#spot-trade#BTC_USDT|7|order-7#0000000000005')
    expect(coverageKey(owner, 'futures-trade', 'copy').SK).toBe('COVERAGE#futures-trade#copy')
    expect(leaseKey(owner).SK).toBe('LEASE')
    expect(runKey(owner, 'r1').SK).toBe('RUN#r1')
    expect(marketsKey('bitmart', 0)).toEqual({ PK: 'EXCHANGE#bitmart', SK: 'MARKETS#000' })
  })

  it('differ for whatever differs, also when names contain the separator', () => {
    fc.assert(
      fc.property(fc.array(named, { minLength: 2, maxLength: 20 }), (pairs) => {
        const names = new Set(pairs.map(([name]) => name))
        const keys = new Set(pairs.map(([, key]) => JSON.stringify(key)))
        expect(keys.size).toBe(names.size)
      }),
      { numRuns: 500 },
    )
    expect(connectionKey('ann#CONNECTION#c1', 'x').PK).not.toBe(leaseKey(owner).PK)
  })

  it('of one stream’s transactions sort by time and then by the bytes of the identity', () => {
    fc.assert(
      fc.property(time, time, stream, part, part, (a, b, kind, one, other) => {
        const first = transactionKey(owner, { stream: kind, time: a, identity: one }).SK
        const second = transactionKey(owner, { stream: kind, time: b, identity: other }).SK
        const expected = a - b || bytes(one).compare(bytes(other))
        expect(Math.sign(bytes(first).compare(bytes(second)))).toBe(Math.sign(expected))
      }),
    )
  })

  it('lie in the range of a stream and a window exactly when the row does', () => {
    const end = fc.oneof(time, fc.constantFrom(0, -1, Number.POSITIVE_INFINITY, 1e13, 0.5))
    fc.assert(
      fc.property(time, end, end, stream, stream, part, (at, from, to, kind, asked, identity) => {
        const key = bytes(transactionKey(owner, { stream: kind, time: at, identity }).SK)
        const { first, last } = transactionKeys(owner, asked, from, to)
        const inside = key.compare(bytes(first)) >= 0 && key.compare(bytes(last)) <= 0
        expect(inside).toBe(kind === asked && at >= from && at < to)
      }),
    )
  })

  it('of places tell the time of their own identity and of no other', () => {
    fc.assert(
      fc.property(time, stream, part, part, (at, kind, identity, more) => {
        const { SK } = placeKey(owner, { stream: kind, time: at, identity })
        const { first, last } = placeKeys(owner, kind, identity)
        expect(bytes(SK).compare(bytes(first)) >= 0 && bytes(SK).compare(bytes(last)) <= 0).toBe(true)
        expect(timeOfPlace(SK, kind, identity)).toBe(at)
        const longer = placeKey(owner, { stream: kind, time: at, identity: `${identity}#${more}` }).SK
        expect(timeOfPlace(longer, kind, identity)).toBeUndefined()
      }),
    )
  })

  it('refuse what the store would refuse or confuse, in a sentence', () => {
    expect(() => runKey(owner, 'x'.repeat(1_021))).toThrow('A key is 1025 bytes long, the store takes 1024')
    expect(() => runKey(owner, 'x'.repeat(1_020))).not.toThrow()
    expect(() => runKey(owner, 'é'.repeat(511))).toThrow('A key is 1026 bytes long')
    expect(() => leaseKey({ user: 'u'.repeat(2_048), connection: 'c' })).toThrow('the store takes 2048')
    expect(() => runKey(owner, '\ud800')).toThrow('not valid Unicode')
    for (const wrong of [-1, 0.5, Number.NaN, 1e13, Number.POSITIVE_INFINITY])
      expect(() => transactionKey(owner, fill(1, wrong))).toThrow('no time in milliseconds')
  })
})

function itemsOf(call: Call): readonly object[] {
  const { RequestItems } = call.input as { RequestItems: { history: object[] | { Keys: object[] } } }
  return 'Keys' in RequestItems.history ? RequestItems.history.Keys : RequestItems.history
}

function puts(count: number) {
  return Array.from({ length: count }, (_, index) => ({ put: { PK: 'p', SK: String(index), value: index } }))
}

describe('writing many items', () => {
  it('sends twenty-five at a time, four requests at once', async () => {
    let now = 0
    let most = 0
    const { table, calls } = scriptedTable(async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 5))
      now -= 1
      return { UnprocessedItems: {} }
    })
    await writeAll(table, puts(260))
    expect(calls.map((call) => itemsOf(call).length).sort()).toEqual([10, ...Array(10).fill(25)].sort())
    expect(new Set(calls.flatMap(itemsOf).map((item) => JSON.stringify(item))).size).toBe(260)
    expect(most).toBe(4)
  })

  it('sends what was left unprocessed again, with jitter that grows', async () => {
    const { table, calls, waits } = scriptedTable((call, index) => ({
      UnprocessedItems: index < 9 ? { history: itemsOf(call).slice(1) } : {},
    }))
    await writeAll(table, puts(10))
    expect(calls.map((call) => itemsOf(call).length)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(waits).toEqual([50, 100, 200, 400, 800, 1_600, 2_500, 2_500, 2_500])
  })

  it('fails when items stay unprocessed, and begins nothing new', async () => {
    const { table, calls } = scriptedTable((call) => ({
      UnprocessedItems: { history: itemsOf(call).slice(-1) },
    }))
    await expect(writeAll(table, puts(1_000))).rejects.toThrow(
      'The store did not take 1 of 25 items in 10 attempts.',
    )
    expect(calls.length).toBe(40)
  })

  it('waits for requests under way before it fails', async () => {
    const finished: number[] = []
    const { table } = scriptedTable(async (_call, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 10))
      if (index === 0) throw new Error('no connection')
      finished.push(index)
      return {}
    })
    await expect(writeAll(table, puts(200))).rejects.toThrow('no connection')
    expect(finished).toEqual([1, 2, 3])
  })

  it('lets the last of several changes to one key win', async () => {
    const { table, calls } = scriptedTable(() => ({}))
    await writeAll(table, [
      { put: { PK: 'p', SK: 'a', value: 1 } },
      { put: { PK: 'p', SK: 'b', value: 2 } },
      { put: { PK: 'p', SK: 'a', value: 3 } },
      { remove: { PK: 'p', SK: 'b' } },
    ])
    expect(calls.flatMap(itemsOf)).toEqual([
      { PutRequest: { Item: { PK: { S: 'p' }, SK: { S: 'a' }, value: { N: '3' } } } },
      { DeleteRequest: { Key: { PK: { S: 'p' }, SK: { S: 'b' } } } },
    ])
  })

  it('says which item is too large before it sends anything', async () => {
    const { table, calls } = scriptedTable(() => ({}))
    const large = { PK: 'p', SK: 'TX#1', raw: 'é'.repeat(210_000) }
    await expect(writeAll(table, [...puts(30), { put: large }])).rejects.toThrow(
      'The item TX#1 has 411 KB, a stored item may have 400 KB',
    )
    expect(calls).toEqual([])
  })

  it('sends nothing for nothing', async () => {
    const { table, calls } = scriptedTable(() => ({}))
    await writeAll(table, [])
    expect(await countExisting(table, [])).toBe(0)
    expect(calls).toEqual([])
  })
})

describe('counting keys', () => {
  it('asks for a hundred at a time and again for what was left out', async () => {
    const { table, calls } = scriptedTable((call) => {
      const keys = itemsOf(call)
      const left = keys.length > 60 ? keys.slice(60) : []
      return {
        Responses: { history: keys.slice(0, 60).map(() => ({ SK: { S: 'x' } })) },
        UnprocessedKeys: left.length === 0 ? {} : { history: { Keys: left } },
      }
    })
    const keys = Array.from({ length: 250 }, (_, index) => runKey(owner, String(index)))
    expect(await countExisting(table, [...keys, ...keys])).toBe(250)
    expect(calls.map((call) => itemsOf(call).length).sort((a, b) => a - b)).toEqual([40, 40, 50, 100, 100])
  })
})
