import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Family } from '../../lambdas/domain/exchange.ts'
import { type Failure, FailureError } from '../../lambdas/domain/failure.ts'
import { type RawResponse, readAnswer } from '../../lambdas/exchanges/answer.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'

const now = Date.UTC(2026, 10, 27, 1)
const minute = 60_000
const canary = 'canary-of-an-error'

const family: Family = {
  success: ['0', 'ok'],
  errors: [
    { code: '7', text: /too wide/, means: { kind: 'out-of-range' } },
    { code: '7', means: { kind: 'rejected' } },
    { code: '9', means: { kind: 'rate-limited' } },
    { status: 403, means: { kind: 'rate-limited', everybody: true, retryAfter: 5 * minute } },
    { text: /nobody home/, means: { kind: 'exchange-down' } },
  ],
  patience: { headers: ['x-reset'], text: /unblocked after (\d+)/ },
}
const bare: Family = { ...family, bare: true }

function response(text: string, more: Partial<RawResponse> = {}): RawResponse {
  return { status: 200, headers: {}, text, ...more }
}

function failure(text: string, more: Partial<RawResponse> = {}, one = family): Failure {
  try {
    readAnswer(one, response(text, more), now)
  } catch (error) {
    if (error instanceof FailureError) return error.failure
    throw error
  }
  throw new Error(`${text} was taken for an answer`)
}

describe('an answer', () => {
  it.each([
    ['{"code":0,"data":[1]}', [1]],
    ['{"code":"0","data":null}', null],
    ['{"code":"ok","msg":"fine","data":{"a":"1"}}', { a: '1' }],
    ['{"code":0}', undefined],
  ])('with a code of success is its data: %s', (text, data) => {
    for (const one of [family, bare]) expect(readAnswer(one, response(text), now)).toEqual(data)
  })

  it('without an envelope is believed only of endpoints that have none, and only when all went well', () => {
    for (const text of ['[]', '[{"code":7}]', '{}', '{"permissions":[2]}']) {
      expect(readAnswer(bare, response(text), now)).toEqual(JSON.parse(text))
      expect(failure(text).kind).toBe('bad-payload')
      for (const status of [302, 404]) expect(failure(text, { status }, bare).kind).toBe('bad-payload')
      expect(failure(text, { status: 500 }, bare).kind).toBe('exchange-down')
    }
  })

  it.each([
    '{"code":null}',
    '{"code":{}}',
    '{"msg":"hm"}',
    '{"message":1}',
    'null',
    '0',
    '"[]"',
    '<html>[]</html>',
    '',
  ])('is none where it says half of how it went, or nothing that can be read: %s', (text) => {
    for (const one of [family, bare]) expect(failure(text, {}, one).kind).toBe('bad-payload')
  })

  it('keeps every digit of its numbers', () => {
    const data = readAnswer(
      family,
      response('{"code":0,"data":[1745362930595004400,0.10,-1.2493e-07,15]}'),
      now,
    )
    expect(String(data)).toBe('1745362930595004400,0.10,-1.2493e-07,15')
  })
})

describe('an error', () => {
  it('means what the first entry says that fits its code, its status and its words', () => {
    expect(failure('{"code":7,"msg":"range too wide"}')).toEqual({ kind: 'out-of-range', code: '7' })
    expect(failure('{"code":7,"msg":"what?"}')).toEqual({ kind: 'rejected', code: '7' })
    expect(failure('{"code":7}')).toEqual({ kind: 'rejected', code: '7' })
    expect(failure('{"msg":"nobody home"}')).toEqual({ kind: 'exchange-down', code: '200' })
    expect(failure('{"code":8,"message":"nobody home"}')).toEqual({ kind: 'exchange-down', code: '200' })
  })

  it('that nobody knows is told by its status, and by its code where the status says nothing', () => {
    expect(failure('{"code":8}')).toEqual({ kind: 'rejected', code: '8' })
    expect(failure('{"code":8}', { status: 400 })).toEqual({ kind: 'rejected', code: '8' })
    expect(failure('{"code":8}', { status: 503 })).toEqual({ kind: 'exchange-down', code: '503' })
    expect(failure('<html>', { status: 429 })).toMatchObject({ kind: 'rate-limited', code: '429' })
  })

  it('of a firewall is a ban of the address for as long as the exchange is known to ban', () => {
    expect(failure('<html>', { status: 403 })).toEqual({
      kind: 'rate-limited',
      code: '403',
      everybody: true,
      retryAfter: 5 * minute,
    })
  })

  it.each([
    ['seconds in a header', { 'x-reset': '30' }, '', 30_000],
    ['the end in epoch seconds', { 'x-reset': String(now / 1_000 + 30) }, '', 30_000],
    ['the end in epoch milliseconds', { 'x-reset': String(now + 30_000) }, '', 30_000],
    ['a date', { 'Retry-After': new Date(now + 30_000).toUTCString() }, '', 30_000],
    ['the words of the error', {}, `unblocked after ${now + 30_000}`, 30_000],
    [
      'the words, by the clock of the exchange',
      { Date: new Date(now - minute).toUTCString() },
      `unblocked after ${now}`,
      minute,
    ],
    ['a header before the words', { 'x-reset': '7' }, `unblocked after ${now + 30_000}`, 7_000],
    ['words where the header is over', { 'x-reset': '0' }, `unblocked after ${now + 30_000}`, 30_000],
    ['no more than an hour of a day', { 'retry-after': '86400' }, '', 60 * minute],
  ])('says how long to wait by %s', (_what, headers, msg, retryAfter) => {
    expect(failure(JSON.stringify({ code: 9, msg }), { headers })).toMatchObject({ retryAfter })
  })

  it.each([
    ['a time that is over', {}, `unblocked after ${now - 1}`],
    ['words without a time', {}, 'unblocked after a while'],
    ['ten years', { 'x-reset': String(10 * 365 * 86_400) }, ''],
    ['something else', { 'x-reset': 'soon' }, ''],
  ])('says nothing of how long to wait by %s', (_what, headers, msg) => {
    expect(failure(JSON.stringify({ code: 9, msg }), { headers }).retryAfter).toBeUndefined()
  })

  it('leaves none of its words behind, whatever it says', () => {
    for (const status of [200, 400, 403, 418, 429, 500])
      for (const code of [7, 8, 9, null, canary.length])
        for (const msg of [canary, `too wide ${canary}`, `nobody home ${canary}`])
          expect(
            JSON.stringify(failure(JSON.stringify({ code, msg, data: canary }), { status })),
          ).not.toContain(canary)
  })
})

describe('a code', () => {
  it('is short and has no blanks: words that stand in its place are not kept', () => {
    for (const code of [`an error of ${canary}`, 'x'.repeat(25), ''])
      expect(failure(JSON.stringify({ code, msg: 'm' }))).toEqual({ kind: 'bad-payload', code: '200' })
    expect(failure('{"code":"-1121"}')).toEqual({ kind: 'rejected', code: '-1121' })
  })
})

describe('any bytes at all', () => {
  const families = [...exchanges.values()].flatMap(({ families }) => Object.values(families))
  const json = fc.oneof(
    fc.json(),
    fc
      .record(
        {
          code: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
          msg: fc.jsonValue(),
          data: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((body) => JSON.stringify(body)),
    fc.string(),
  )

  it('are an answer or a failure that has a sentence, and never anything else', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...families),
        json,
        fc.constantFrom(200, 302, 400, 403, 418, 429, 500, 503),
        fc.dictionary(fc.constantFrom('retry-after', 'Date', 'x-bm-ratelimit-reset'), fc.string()),
        (one, text, status, headers) => {
          try {
            readAnswer(one, { status, headers, text }, now)
          } catch (error) {
            if (!(error instanceof FailureError)) throw error
            const { retryAfter = 1, code = '' } = error.failure
            expect(retryAfter).toBeGreaterThan(0)
            expect(code).toMatch(/^[\w.-]{1,24}$/)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
