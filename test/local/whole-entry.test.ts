import { createIndexKey, itemSize } from 'dynalite/db/index.js'
import { describe, expect, it } from 'vitest'
import { getItem } from '../../lambdas/adapters/table.ts'
import { historyTable } from '../../local/history-table.ts'
import { wholeEntry } from '../../local/whole-entry.ts'
import { scriptedTable } from '../adapters/temporary-store.ts'

const keys = { PK: { S: 'p' }, SK: { S: 's' } }
const key = 'item-history~a5b0c2/70/73/'

/** Of each type that an attribute may have, with what a flipped bit makes of it. */
const item = {
  ...keys,
  dueShard: { S: '3' },
  dueAt: { N: '1700000000000' },
  share: { N: '-0.125' },
  tiny: { N: '1e-7' },
  text: { S: 'a "quoted" ü' },
  bytes: { B: 'AQID/w==' },
  is: { BOOL: true },
  none: { NULL: true },
  list: { L: [{ N: '10' }, { S: 'x' }, { M: { a: { L: [] }, b: { BOOL: false } } }] },
}

const whole = (attribute: unknown) => wholeEntry(key, JSON.stringify({ ...keys, attribute })) !== undefined

describe('an entry of the store', () => {
  it('is taken for whole as it was stored, and with any bit flipped only where dynalite and its client can read it', async () => {
    const stored = Buffer.from(JSON.stringify(item))
    expect(wholeEntry(key, stored.toString())).toEqual({ content: item })
    const { table } = scriptedTable(() => ({ Item: served }))
    const [due] = historyTable().GlobalSecondaryIndexes
    let served: unknown
    let taken = 0
    for (let bit = 0; bit < stored.length * 8; bit += 1) {
      const flipped = Buffer.from(stored)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      served = wholeEntry(key, flipped.toString())?.content
      if (served === undefined) continue
      taken += 1
      const what = `bit ${bit}: ${flipped}`
      expect(() => itemSize(served, true, true, 'SK'), what).not.toThrow()
      if ('dueShard' in Object(served) && 'dueAt' in Object(served))
        expect(() => createIndexKey(served, historyTable(), due?.KeySchema), what).not.toThrow()
      await expect(getItem(table, { PK: 'p', SK: 's' }), what).resolves.toMatchObject({ PK: 'p', SK: 's' })
    }
    // Of names and texts most flips make others, which only the sums can tell.
    expect(taken).toBeGreaterThan(200)
  })

  it.each<[string, unknown]>([
    ['a number with a letter', { N: '1q0' }],
    ['a number that is none', { N: '' }],
    ['a number that no client can hold', { N: '17000000000000000000' }],
    ['a number without a quote', { N: 5 }],
    ['a text without a quote', { S: 5 }],
    ['a truth that is a text', { BOOL: 'true' }],
    ['a nothing that is something', { NULL: false }],
    ['bytes that are none', { B: 'AQ*D' }],
    ['a list that is a map', { L: {} }],
    ['a map that is a list', { M: [] }],
    ['a map with a number that is none', { M: { a: { L: [{ N: '1.' }] } } }],
    ['a type that there is not', { R: '1' }],
    ['two types', { S: '1', N: '1' }],
    ['no type', {}],
    ['nothing', null],
  ])('is not whole with %s', (_what, attribute) => {
    expect(whole({ S: '1' })).toBe(true)
    expect(whole(attribute)).toBe(false)
  })

  it('is not whole where an index could not find it, or where it lies under the key of another', () => {
    const other = (changed: object) => wholeEntry(key, JSON.stringify({ ...item, ...changed }))
    expect(other({ dueAt: { S: '1' } })).toBeUndefined()
    expect(other({ dueShard: { N: '1' } })).toBeUndefined()
    expect(other({ SK: { S: 't' } })).toBeUndefined()
    expect(other({ PK: undefined })).toBeUndefined()
    expect(wholeEntry('index-global~history~due~x', JSON.stringify({ ...item, share: { N: '-0.1.' } }))).toBe(
      undefined,
    )
    for (const text of ['null', '[]', '"x"', '5', '{'])
      expect(wholeEntry('table~history', text)).toBeUndefined()
  })
})
