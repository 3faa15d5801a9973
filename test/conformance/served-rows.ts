import fc from 'fast-check'
import { LosslessNumber, parse } from 'lossless-json'
import { expect, it } from 'vitest'
import { isListed, type Markets, noMarkets, type StreamDefinition } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'

/** Rows of one stream as the exchange serves them, and what its fields mean. */
export type StreamSamples = {
  readonly rows: readonly object[]
  /** The partition that they were served for, where the definition does not name it. */
  readonly partition?: string
  /** Rows that come along and belong to another stream, so that nothing is made of them here. */
  readonly elsewhere?: readonly object[]
  /** What the exchange wraps the list of rows into, where it does. */
  readonly wrap?: (rows: readonly unknown[]) => unknown
  /** The field that holds the time, in milliseconds unless `written` says otherwise. */
  readonly time: string
  /** How else the time is written: what it means, and what could be mistaken for it. */
  readonly written?: { readonly means: (text: string) => number; readonly mistaken: readonly unknown[] }
  /** What is answered where there are no rows, besides an empty list. */
  readonly nothing?: readonly unknown[]
  /** The filters by which the exchange divides an answer, each with the field of a row that it looks at. */
  readonly filters: Readonly<Record<string, string>>
  /** Fields that tell rows apart: another value is another row. */
  readonly identifying: readonly string[]
  /** Fields that say nothing about which row it is, with values that they may turn to. */
  readonly mutable: Readonly<Record<string, readonly unknown[]>>
  /** Which field of a row is which amount of a transaction, letter by letter; `-field` where the sign is the other one. */
  readonly amounts: Partial<Readonly<Record<AmountField, string>>>
}

type AmountField = {
  [Name in keyof Transaction]-?: Name extends
    | 'price'
    | 'amount'
    | 'quoteAmount'
    | 'fee'
    | 'contracts'
    | 'realizedPnl'
    ? Name
    : never
}[keyof Transaction]

/** What every row of a stream is to fulfil, by samples of it. */
export function describeRows(definition: StreamDefinition, samples: StreamSamples, markets: Markets): void {
  const wrap = samples.wrap ?? ((rows: readonly unknown[]) => rows)
  const [named = ''] = isListed(definition.partitions) ? [] : definition.partitions
  const context = { partition: samples.partition ?? named, markets }
  const parseRows = (rows: readonly unknown[]) => definition.rows.parse(served(wrap(rows))).readable
  const read = (rows: readonly unknown[], known = markets) =>
    definition.normalise(parseRows(rows), { ...context, markets: known })
  const accepts = (rows: readonly unknown[]) =>
    definition.rows.parse(served(wrap(rows))).unreadable.length === 0
  const first: Readonly<Record<string, unknown>> = { ...samples.rows[0] }
  const one = (change: object = {}): Transaction => {
    const [transaction] = read([{ ...first, ...change }])
    if (transaction === undefined) throw new Error('a sample that nothing was made of')
    return transaction
  }

  it('makes one transaction of each row, in the order served, and none of rows that belong elsewhere', () => {
    const transactions = read(samples.rows)
    expect(transactions).toHaveLength(samples.rows.length)
    expect(transactions.map(({ raw }) => JSON.parse(raw))).toEqual(samples.rows)
    for (const { stream } of transactions) expect(stream).toBe(definition.stream)
    expect(read(samples.elsewhere ?? [])).toEqual([])
    expect(read([])).toEqual([])
  })

  it('normalises without changing what it is given, and the same way each time', () => {
    const rows = deepFreeze(parseRows(samples.rows))
    const before = structuredClone(rows)
    const once = definition.normalise(rows, context)
    expect(definition.normalise(rows, context)).toEqual(once)
    expect(rows).toEqual(before)
  })

  it('keeps the row as served, fields that nobody knows included', () => {
    const odd = { ...first, 'a field of tomorrow': [null, { deep: '1.10' }], '': 0 }
    expect(JSON.parse(read([odd])[0]?.raw ?? '')).toEqual(odd)
    const exact = JSON.stringify(wrap([first])).replace(
      /\}(?=[^}]*\]|\]\})/,
      ',"exact":10.50000000000000000001}',
    )
    const { readable } = definition.rows.parse(
      parse(exact, undefined, (literal) => new LosslessNumber(literal)),
    )
    expect(definition.normalise(readable, context)[0]?.raw).toContain('"exact":10.50000000000000000001')
  })

  it('reads times exactly, and refuses what could be mistaken for one', () => {
    const { means = Number, mistaken = [] } = samples.written ?? {}
    const time = means(String(first[samples.time]))
    expect(one().time).toBe(time)
    expect(String(one().time)).toMatch(/^\d{13}$/)
    for (const wrong of [
      ...mistaken,
      Math.floor(time / 1_000),
      time * 1_000,
      time + 0.5,
      -time,
      null,
      '',
      'x',
      {},
      [],
      true,
      undefined,
    ])
      expect(accepts([{ ...first, [samples.time]: wrong }]), String(wrong)).toBe(false)
  })

  it('keeps each amount letter by letter, as text or as a number, and refuses what is none', () => {
    for (const [name, served] of Object.entries(samples.amounts)) {
      const isOpposite = served.startsWith('-')
      const field = served.replace(/^-/, '')
      const amountOf = (value: unknown) =>
        Object.entries(one({ [field]: value })).find(([key]) => key === name)?.[1]
      for (const text of [
        '0',
        '1',
        '0.00509358',
        '100.00000000',
        '123456789012345678901234567890.123456789',
        '1E-8',
      ])
        expect(amountOf(text), field).toBe(isOpposite ? opposite(text) : text)
      expect(amountOf(15), field).toBe(isOpposite ? '-15' : '15')
      for (const wrong of ['ten', '1,5', '0x10', 'NaN', 'Infinity', '1 000', ' 1', {}, [], true])
        expect(accepts([{ ...first, [field]: wrong }]), `${field} ${JSON.stringify(wrong)}`).toBe(false)
    }
  })

  it('tells rows apart by what makes them different, and by nothing else', () => {
    for (const field of samples.identifying) {
      expect(one({ [field]: 1_700_000_000_001 }).identity, field).not.toBe(one().identity)
      for (const wrong of [{}, [], true])
        expect(accepts([{ ...first, [field]: wrong }]), `${field} ${JSON.stringify(wrong)}`).toBe(false)
    }
    for (const [field, values] of Object.entries(samples.mutable))
      for (const value of values)
        expect(one({ [field]: value }).identity, `${field} ${value}`).toBe(one().identity)
    if (definition.mutable && definition.stream !== 'forced-order') expect(one().status).toBeDefined()
  })

  it('never takes two different rows for one, whatever their ids hold', () => {
    const texts = samples.identifying.filter(
      (field) => typeof first[field] === 'string' && field !== samples.time,
    )
    const ids = texts.filter((field) => accepts([{ ...first, [field]: 'a|b' }]))
    const part = fc.string({
      unit: fc.constantFrom('a', '|', '%', '#', '7', 'c'),
      minLength: 1,
      maxLength: 6,
    })
    for (const left of ids)
      for (const right of ids.filter((field) => field !== left)) {
        expect(one({ [left]: 'a|b', [right]: 'c' }).identity).not.toBe(
          one({ [left]: 'a', [right]: 'b|c' }).identity,
        )
        expect(one({ [left]: 'a|', [right]: 'c' }).identity).not.toBe(
          one({ [left]: 'a%7c', [right]: 'c' }).identity,
        )
      }
    const row = fc.record(Object.fromEntries(ids.map((field) => [field, part])))
    fc.assert(
      fc.property(row, row, (left, right) => {
        const same = ids.every((field) => left[field] === right[field])
        expect(one(left).identity === one(right).identity).toBe(same)
      }),
      { numRuns: 100 },
    )
  })

  it('says the same of a row whichever other rows are served with it', () => {
    const others = samples.rows.map((row) => ({ ...row, [samples.identifying[0] ?? '']: '909' }))
    const alone = new Map(samples.rows.map((row) => [JSON.stringify(row), read([row])[0]?.identity]))
    for (const rows of [[...others, ...samples.rows], [...samples.rows].reverse()])
      for (const { raw, identity } of read(rows)) if (alone.has(raw)) expect(identity).toBe(alone.get(raw))
  })

  it('needs no catalogue: without one it leaves open what it cannot know', () => {
    const bare = read(samples.rows, noMarkets)
    expect(bare.map(({ identity, time, raw }) => ({ identity, time, raw }))).toEqual(
      read(samples.rows).map(({ identity, time, raw }) => ({ identity, time, raw })),
    )
    for (const { contracts, amount, contractSize } of bare)
      if (contracts !== undefined) expect([amount, contractSize]).toEqual([undefined, undefined])
  })

  it('names the coin of every fee, or leaves it open', () => {
    for (const { fee, feeCurrency } of read(samples.rows))
      if (fee === undefined) expect(feeCurrency).toBeUndefined()
  })

  it('divides by filters that the exchange has, and knows the value of each row', () => {
    const splits = definition.reads === 'windows' ? definition.splits : []
    expect(splits.map(({ filter }) => filter).sort()).toEqual(Object.keys(samples.filters).sort())
    for (const transaction of read(samples.rows)) {
      const row = new Map<string, unknown>(Object.entries(JSON.parse(transaction.raw)))
      for (const { filter, of, all } of splits) {
        const value = of(transaction) ?? ''
        // A coin may be served with its network behind it.
        const told = String(row.get(samples.filters[filter] ?? '') ?? '')
        expect([told, told.slice(0, told.lastIndexOf('-'))], filter).toContain(value)
        if (all !== undefined && value !== '') expect(all, filter).toContain(value)
      }
    }
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'rows'],
    ['a number', 7],
    ['an object', {}],
    ['rows by number', { 0: samples.rows[0] }],
  ])('refuses %s', (_what, data) => {
    const read = data === undefined ? undefined : served(data)
    const isNothing = samples.nothing?.includes(data) ?? false
    expect(definition.rows.safeParse(read).success).toBe(isNothing)
  })

  it('takes for no rows what is answered where there are none', () => {
    for (const data of [wrap([]), ...(samples.nothing ?? [])])
      expect(definition.rows.parse(served(data))).toEqual({ readable: [], unreadable: [] })
  })

  it.each([
    ['null', null],
    ['text', 'row'],
    ['a list around the row', [samples.rows[0]]],
    ['a row without any field', {}],
    ['a row whose time is none', { ...samples.rows[0], [samples.time]: 'x' }],
    ['a row whose id is none', { ...samples.rows[0], [samples.identifying[0] ?? '']: {} }],
  ])('reads every row beside %s, which it keeps as it was served', (_what, bad) => {
    const { readable, unreadable } = definition.rows.parse(served(wrap([bad, ...samples.rows])))
    expect(definition.normalise(readable, context)).toEqual(read(samples.rows))
    expect(unreadable.map(({ raw }) => JSON.parse(raw))).toEqual([bad])
  })

  it('says when a row happened that cannot be read, where the row says it', () => {
    const field = samples.identifying.find((name) => name !== samples.time) ?? ''
    const { unreadable } = definition.rows.parse(
      served(wrap([{ ...first, [field]: {} }, { [samples.time]: 7 }])),
    )
    expect(unreadable.map(({ time }) => time)).toEqual([one().time, undefined])
  })

  it('keeps the beginning of a row that is too large or too deep for the store', () => {
    const large = { ...first, note: 'x'.repeat(400_000) }
    const [kept] = definition.rows.parse(served(wrap([large]))).unreadable
    expect(kept?.raw.length).toBeLessThan(2_000)
    expect(JSON.parse(kept?.raw ?? '')).toContain('xxx')
    expect(kept?.time).toBe(one().time)
  })
}

/** Served text, read as the client reads it: no digit of a number is lost. */
function served(value: unknown): unknown {
  return parse(JSON.stringify(value), undefined, (literal) =>
    /^(0|-?[1-9]\d{0,14})$/.test(literal) ? Number(literal) : new LosslessNumber(literal),
  )
}

/** The same amount with the other sign, in plain notation, of those that are tried above. */
function opposite(text: string): string {
  if (text === '0') return '0'
  return `-${text === '1E-8' ? '0.00000001' : text}`
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}
