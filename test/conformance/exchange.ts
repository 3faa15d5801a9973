import fc from 'fast-check'
import { LosslessNumber, parse } from 'lossless-json'
import { describe, expect, it } from 'vitest'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { retryPolicy } from '../../lambdas/domain/failure.ts'
import { checkedPowers } from '../../lambdas/domain/power-words.ts'
import {
  definitionOf,
  definitionsOf,
  type ExchangeRequest,
  hasPartition,
  isListed,
  kindsOf,
  type Markets,
  noMarkets,
  type Question,
  questionOf,
  type StreamDefinition,
  streamKinds,
  type WindowStream,
} from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import { expectRequest } from './expect-request.ts'
import { describeFamilies, requestsOf } from './families.ts'
import { describeListQuestions } from './list-questions.ts'

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

export type ExchangeSamples = {
  readonly markets: Markets
  /** What each source of markets answers for these markets. */
  readonly marketAnswers: Readonly<Record<'spot' | 'futures', unknown>>
  /** By `samplesName`. */
  readonly streams: Readonly<Record<string, StreamSamples>>
  /** Errors in the exchange's own words, where its definition looks at them: for each such entry one. */
  readonly errorWords?: readonly string[]
}

/** By the kind; where a kind is asked for in several ways, with the first partition of each, or what each partition is. */
function samplesName(exchange: ExchangeDefinition, { stream, partitions }: StreamDefinition): string {
  const first = isListed(partitions) ? partitions.each[0] : partitions[0]
  return definitionsOf(exchange, stream).length > 1 ? `${stream} ${first}` : stream
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

const sentence = /^[A-Z“"].*[.!)]$/s
/** What our own guarantees are made of: the plan of the engine stands on these bounds. */
const youngest = Date.UTC(2009, 0, 3)

/** What the engine relies on, whatever the exchange: one that is registered has to meet it. */
export function describeExchangeConformance(
  exchange: ExchangeDefinition,
  samples: ExchangeSamples | undefined,
): void {
  describe(`the exchange ${exchange.id}`, () => {
    it('comes with samples of its rows', () => {
      const missing = exchange.streams
        .map((one) => samplesName(exchange, one))
        .filter((one) => !samples?.streams[one]?.rows.length)
      expect(
        missing,
        `${exchange.id} needs test/exchanges/samples/${exchange.id}.ts with rows of each of these streams, ` +
          'named in test/conformance/exchange.test.ts',
      ).toEqual([])
    })

    it('says what it is, and how to make a key, in words', () => {
      expect(exchange.id).toMatch(/^[a-z][a-z0-9]*$/)
      expect(exchange.name).not.toBe('')
      expect(exchange.keyGuide.length).toBeGreaterThan(2)
      for (const { text } of exchange.keyGuide) expect(text).toMatch(sentence)
      // What refuses a key points at these.
      const steps = exchange.keyGuide.map(({ id }) => id)
      expect(steps).toEqual([...new Set(steps)])
      expect(steps).toEqual(expect.arrayContaining(['open', 'rights', 'addresses', 'copy']))
      expect(exchange.addressSeparator).toMatch(/^[,;]? ?$/)
      const names = exchange.credentials.map(({ name }) => name)
      expect(names).toEqual([...new Set(names)])
      expect(names).toEqual(expect.arrayContaining(['apiKey', 'secret']))
      for (const { name, title, hint, maxLength } of exchange.credentials) {
        expect(title, name).not.toBe('')
        expect(hint, name).not.toBe('')
        expect(maxLength, name).toBeGreaterThanOrEqual(32)
        expect(exchange.credentialVariables[name]).toMatch(/^[A-Z][A-Z0-9_]+$/)
      }
      for (const history of exchange.absent) expect(history).toMatch(sentence)
      for (const { at, what } of exchange.closing) {
        expect(at).toSatisfy(isTime)
        expect(what).toMatch(/^\S+( \S+){2,}$/)
      }
      expect(exchange.closing.map(({ at }) => at)).toEqual(exchange.closing.map(({ at }) => at).sort())
    })

    it('is reached over https only, and nowhere that it does not name', () => {
      expect(Object.keys(exchange.hosts)).not.toEqual([])
      for (const host of Object.values(exchange.hosts)) {
        const { protocol, username, search, hash, pathname } = new URL(host)
        expect([protocol, username, search, hash, pathname]).toEqual(['https:', '', '', '', '/'])
        expect(host).not.toMatch(/\/$/)
      }
      expect(Object.keys(exchange.hostVariables)).toEqual(Object.keys(exchange.hosts))
      expect(new Set(Object.values(exchange.hostVariables)).size).toBe(Object.keys(exchange.hosts).length)
      for (const host of Object.values(exchange.hostOfPath)) expect(exchange.hosts).toHaveProperty(host)
    })

    it('has a sentence with what to do for each failure that its codes can mean', () => {
      const kinds = Object.values(exchange.families).flatMap(({ errors }) =>
        errors.map(({ means }) => means.kind),
      )
      const ours = [
        'out-of-range',
        'clock-skew',
        'exchange-down',
        'bad-payload',
        'rate-limited',
        'rejected',
      ] as const
      for (const kind of new Set([...kinds, ...ours])) {
        expect(['never', 'wait', 'backoff']).toContain(retryPolicy(kind))
        // What is out of range is never told anybody: it is part of what coverage says.
        if (kind !== 'out-of-range') expect(exchange.sentences[kind], kind).toMatch(sentence)
      }
      for (const text of Object.values(exchange.sentences)) {
        expect(text).toMatch(sentence)
        expect(text).not.toMatch(/undefined|\[object|https?:/)
      }
      // Without these, a wrong key would be tried again and again, or a good one be thrown away.
      const known = new Set(kinds)
      for (const kind of ['unauthorized', 'wrong-signature', 'rate-limited', 'exchange-down'] as const)
        expect(known, kind).toContain(kind)
    })

    it('can tell whether a key works, what it may do and whose it is', () => {
      const streams = exchange.streams.map(({ stream }) => stream)
      if ('stream' in exchange.probe) expect(streams).toContain(exchange.probe.stream)
      expect(exchange.accountMarks.length).toBeGreaterThan(0)
      for (const mark of exchange.accountMarks) expect(streams).toContain(mark)
      const { powers, account } = exchange
      expect(checkedPowers(exchange).length + exchange.uncheckable.length).toBeGreaterThan(0)
      const keyed = [
        ...(powers.by === 'probes' ? powers.probes.map(({ request }) => request) : []),
        ...(powers.by === 'list' ? [powers.request] : []),
        ...('request' in exchange.probe ? [exchange.probe.request] : []),
        ...(account === undefined ? [] : [account.request, account.mainOnly ?? account.request]),
      ]
      for (const request of keyed) {
        expectRequest(request)
        expect(request.access).toBe('private')
      }
      for (const wrong of [
        undefined,
        null,
        {},
        [],
        'all',
        7,
        { permissions: null },
        { permissions: ['?'] },
      ]) {
        if (powers.by === 'list')
          expect(powers.list.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false)
        expect(account?.id.safeParse(wrong).success ?? false, JSON.stringify(wrong)).toBe(false)
      }
      expectRequest(exchange.serverTime.request)
      expect(exchange.serverTime.request.access).toBe('public')
      for (const wrong of [undefined, null, {}, [], 'now', 1_700_000_000])
        expect(exchange.serverTime.time.safeParse(wrong).success).toBe(false)
    })

    describeFamilies(exchange, samples?.errorWords ?? [])

    it('reads its markets, and refuses what is none', () => {
      for (const { product, request, markets } of exchange.marketSources) {
        expectRequest(request)
        expect(request.access, 'a catalogue outlives every key').toBe('public')
        // Several sources of one product each tell their part.
        const parts = exchange.marketSources.filter((source) => source.product === product)
        const answer = samples?.marketAnswers[product]
        expect(parts.flatMap((part) => part.markets.parse(answer))).toEqual([
          ...(samples?.markets[product].values() ?? []),
        ])
        for (const wrong of [undefined, null, {}, 'x', 7, [], { symbols: [{}] }, { symbols: null }])
          expect(markets.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false)
      }
    })

    it('names each rate limit once, and means one thing by a name', () => {
      const rates = [
        ...exchange.streams.map(({ rate }) => rate),
        ...requestsOf(exchange).flatMap(({ rate, pools = [] }) => [rate, ...pools]),
      ]
      for (const rate of rates) {
        expect(rate.calls).toBeGreaterThan(0)
        expect(rate.per).toBeGreaterThan(0)
        for (const other of rates) if (other.id === rate.id) expect(other).toEqual(rate)
      }
    })

    it('asks for each partition of a kind in one way, and can tell whose a row is where a kind has several', () => {
      for (const kind of kindsOf(exchange.streams)) {
        const [{ stream, mutable }] = kind
        expect(streamKinds).toContain(stream)
        const partitions = kind.flatMap(({ partitions }) => (isListed(partitions) ? [] : partitions))
        for (const name of partitions)
          expect(
            kind.filter((one) => hasPartition(one.partitions, name)),
            name,
          ).toHaveLength(1)
        expect(new Set(partitions).size, stream).toBe(partitions.length)
        for (const definition of kind) {
          expect(definition.mutable).toBe(mutable)
          if (partitions.length > 1 || kind.length > 1) expect(definition.partitionOf, stream).toBeDefined()
          if (definition.reserveOf === undefined) continue
          expect(hasPartition(definition.partitions, definition.reserveOf)).toBe(false)
          // Rows that are dated anew are looked for once more at the end, where a reserve may be telling them.
          expect(definition.mutable, 'a reserve whose rows change').toBe(false)
          expect(
            definitionOf(kind, definition.reserveOf)?.reserveOf,
            'a reserve of a reserve',
          ).toBeUndefined()
          expect(definitionOf(kind, definition.reserveOf), definition.reserveOf).toBeDefined()
        }
      }
    })

    it('tells a move between wallets once: by its ledger of futures, or by transfers of their own', () => {
      const kinds = new Set(exchange.streams.map(({ stream }) => stream))
      expect(kinds.has('futures-ledger') && kinds.has('wallet-transfer')).toBe(false)
    })

    for (const stream of exchange.streams) {
      const name = samplesName(exchange, stream)
      const rows = samples?.streams[name]
      describe(`its stream ${name}`, () => {
        describeFacts(stream)
        if (stream.reads === 'windows') describeQuestions(stream)
        else describeListQuestions(stream, rows?.partition)
        if (samples !== undefined && rows !== undefined) describeRows(stream, rows, samples.markets)
      })
    }
  })
}

function isTime(at: number): boolean {
  return Number.isSafeInteger(at) && at > youngest && at < Date.UTC(2100, 0)
}

/** The times that the parameters hold, in milliseconds: both ends of the filter, in whatever fields, and in one unit. */
function timesIn({ params }: ExchangeRequest, { start, end }: Question, unit: number): readonly number[] {
  const values = Object.values(params)
  const isWritten = (as: number) => values.includes(start * as) && values.includes(end * as)
  // A filter of whole seconds may be written in milliseconds.
  const written = [1, unit].find(isWritten)
  return written === undefined ? [] : [start * unit, end * unit]
}

function describeFacts(definition: StreamDefinition): void {
  const { unit, opened, partitions } = definition

  it('states facts that the engine can plan with', () => {
    expect(definition.title).not.toBe('')
    expect([1, 1_000]).toContain(unit)
    expect(definition.depth).toBeGreaterThanOrEqual(day)
    expect(opened).toSatisfy(isTime)
    expect(definition.settleLag).toBeGreaterThanOrEqual(minute)
    if (!isListed(partitions)) {
      expect(partitions.length).toBeGreaterThan(0)
      expect(new Set(partitions).size).toBe(partitions.length)
      for (const partition of partitions) expect(partition).toMatch(/^[\w-]+$/)
    }
    for (const { says, probe = 'named-like-this' } of definition.unverified) {
      expect(says).toMatch(sentence)
      expect(probe).toMatch(/^[a-z]+(-[a-z]+)*$/)
    }
  })
}

function describeQuestions(definition: WindowStream): void {
  const { unit, maxSpan, opened, partitions, splits } = definition

  it('states bounds that the engine can plan with', () => {
    expect(maxSpan % unit).toBe(0)
    expect(maxSpan).toBeGreaterThanOrEqual(hour)
    expect(definition.pageCap).toBeGreaterThan(1)
    expect(definition.lookBack).toBeGreaterThan(definition.settleLag)
    for (const end of [definition.lowerEnd, definition.upperEnd])
      if (end === 'unknown')
        expect(definition.unverified.map(({ says }) => says).join(' '), 'what is unknown is said').toMatch(
          /\bends?\b/,
        )
  })

  it('asks within its longest span, in its own unit, for the partition and the filters it was given', () => {
    const instant = fc.integer({ min: opened, max: Date.UTC(2040, 0) }).map((at) => at - (at % unit))
    const span = fc.integer({ min: 1, max: maxSpan / unit }).map((units) => units * unit)
    const filter = fc.constantFrom(undefined, ...splits.filter(({ uncapped }) => uncapped !== true))
    fc.assert(
      fc.property(instant, span, fc.constantFrom(...partitions), filter, (from, width, partition, split) => {
        const filters = split === undefined ? {} : { [split.filter]: 'VALUE' }
        const question = questionOf(definition, { from, to: from + width }, partition, filters)
        const request = (definition.byParts?.ask ?? definition.ask)(question)
        expectRequest(request)
        expect(request.access).toBe('private')
        expect(timesIn(request, question, unit), 'the ends of the filter').toHaveLength(2)
        expect(question.end, 'some exchanges refuse a question that ends where it begins').toBeGreaterThan(
          question.start,
        )
        // Right under each reading of an end that nobody knows, also one that compares milliseconds.
        const { lowerEnd, upperEnd } = definition
        expect(question.start * unit).toBe(from - (lowerEnd === 'inclusive' ? 0 : unit))
        if (upperEnd !== 'inclusive') expect(question.end * unit).toBe(from + width)
        expect((question.end - question.start) * unit).toBeLessThanOrEqual(maxSpan + unit)
        if (partitions.length > 1) expect(Object.values(request.params)).toContain(partition)
        expect(request.params).toMatchObject(filters)
        expect((definition.byParts?.ask ?? definition.ask)(question)).toEqual(request)
      }),
      { numRuns: 60 },
    )
  })

  it('asks for more than a full page where the exchange lets it say how many', () => {
    const request = definition.ask(
      questionOf(definition, { from: opened, to: opened + hour }, partitions[0] ?? '', {}),
    )
    const sizes = ['limit', 'page_size', 'pageSize', 'N', 'size'].flatMap(
      (name) => request.params[name] ?? [],
    )
    for (const size of sizes) expect(Number(size)).toBeGreaterThanOrEqual(definition.pageCap)
  })

  it('divides by filters that its questions really carry', () => {
    for (const { filter, all, catalogue, uncapped, discover } of splits) {
      const question = questionOf(definition, { from: opened, to: opened + unit }, partitions[0] ?? '', {
        [filter]: 'VALUE',
      })
      expect(definition.ask(question).params[filter], filter).toBe('VALUE')
      if (all !== undefined) expect(new Set(all).size).toBe(all.length)
      if (catalogue !== undefined) expect(['spot', 'futures']).toContain(catalogue)
      if (uncapped) expect(splits.at(-1)?.filter, 'nothing divides further than what has no cap').toBe(filter)
      if (discover !== undefined) {
        expect(discover.margins.every((margin) => margin >= 0)).toBe(true)
        expectRequest(discover.ask(question))
        for (const wrong of [undefined, null, {}, 'x', [{}], [null]])
          expect(discover.values.safeParse(wrong).success).toBe(false)
        expect(discover.values.parse([])).toEqual([])
      }
    }
  })
}

/** Served text, read as the client reads it: no digit of a number is lost. */
function served(value: unknown): unknown {
  return parse(JSON.stringify(value), undefined, (literal) =>
    /^(0|-?[1-9]\d{0,14})$/.test(literal) ? Number(literal) : new LosslessNumber(literal),
  )
}

function describeRows(definition: StreamDefinition, samples: StreamSamples, markets: Markets): void {
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
    if (definition.mutable) expect(one().status).toBeDefined()
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
