import { describe, expect, it } from 'vitest'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { retryPolicy } from '../../lambdas/domain/failure.ts'
import { checkedPowers } from '../../lambdas/domain/power-words.ts'
import {
  definitionOf,
  definitionsOf,
  hasPartition,
  isListed,
  kindsOf,
  type Markets,
  type StreamDefinition,
  streamKinds,
} from '../../lambdas/domain/stream.ts'
import { day, minute } from '../../lambdas/domain/window.ts'
import { expectRequest } from './expect-request.ts'
import { describeFamilies, requestsOf } from './families.ts'
import { describeListQuestions } from './list-questions.ts'
import { describeRows, type StreamSamples } from './served-rows.ts'
import { describeWindowQuestions } from './window-questions.ts'

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
      if (exchange.keyPage !== undefined) expect(new URL(exchange.keyPage).protocol).toBe('https:')
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
        if (stream.reads === 'windows') describeWindowQuestions(stream)
        else describeListQuestions(stream, rows?.partition)
        if (samples !== undefined && rows !== undefined) describeRows(stream, rows, samples.markets)
      })
    }
  })
}

function isTime(at: number): boolean {
  return Number.isSafeInteger(at) && at > youngest && at < Date.UTC(2100, 0)
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
