import { expect, it } from 'vitest'
import type { AnswerError, ExchangeDefinition, Family } from '../../lambdas/domain/exchange.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import type { ExchangeRequest } from '../../lambdas/domain/stream.ts'
import { readAnswer } from '../../lambdas/exchanges/answer.ts'

const now = Date.UTC(2026, 10, 27)

function failureOf(family: Family, status: number, text: string) {
  try {
    readAnswer(family, { status, headers: {}, text }, now)
  } catch (error) {
    if (error instanceof FailureError) return error.failure
  }
  throw new Error(`HTTP ${status} ${text} was taken for an answer`)
}

/** What every exchange's tables of answers are held to. `words`: errors in the exchange's own words, for entries that look at them. */
export function describeFamilies(exchange: ExchangeDefinition, words: readonly string[]): void {
  for (const [name, family] of Object.entries(exchange.families)) {
    const called = name === '' ? 'most of its endpoints' : `its endpoints “${name}”`

    it(`is understood in each error that ${called} can answer: none hides another`, () => {
      const wanted = family.errors.map(({ code, status, text }) => `${code} ${status} ${text}`)
      expect(wanted).toEqual([...new Set(wanted)])
      for (const entry of family.errors) {
        expect(Object.keys(entry).length, 'an entry looks at something').toBeGreaterThan(1)
        const failure = failureOf(family, entry.status ?? 200, errorText(entry, words))
        expect(failure, JSON.stringify(entry)).toMatchObject(entry.means)
        expect(failure.code).toBe(entry.code ?? String(entry.status ?? 200))
        // What is looked for twice must not remember where it stood.
        expect(entry.text?.flags ?? '').not.toMatch(/[gy]/)
      }
    })

    it(`is not believed in what ${called} cannot mean`, () => {
      expect(family.success.length > 0 || family.bare === true, 'something is a success').toBe(true)
      for (const code of family.success) {
        expect(family.errors.map((error) => error.code)).not.toContain(code)
        expect(
          readAnswer(family, { status: 200, headers: {}, text: `{"code":"${code}","data":null}` }, now),
        ).toBe(null)
      }
      for (const text of [
        '',
        'null',
        '7',
        '"x"',
        '<html>Hello</html>',
        '[',
        '{"code":',
        '{"msg":"m"}',
        '{"code":null}',
      ])
        expect(failureOf(family, 200, text).kind, text).toBe('bad-payload')
      expect(failureOf(family, 200, '{"code":"unheard-of","msg":"m"}').kind).toBe('rejected')
      for (const text of ['[]', '{}']) {
        if (family.bare === true)
          expect(readAnswer(family, { status: 200, headers: {}, text }, now)).toEqual(JSON.parse(text))
        else expect(failureOf(family, 200, text).kind).toBe('bad-payload')
        expect(failureOf(family, 502, text).kind).toBe('exchange-down')
      }
    })
  }

  it('says how each of its questions is answered', () => {
    for (const { family = '' } of requestsOf(exchange)) expect(exchange.families).toHaveProperty([family])
  })
}

function errorText({ code, text }: AnswerError, words: readonly string[]): string {
  const told = text === undefined ? 'nothing that anybody looks for' : words.find((one) => text.test(one))
  expect(told, `the samples have words for ${text}`).toBeDefined()
  if (code === undefined && text === undefined) return '<html>a page</html>'
  return JSON.stringify({ code, msg: told })
}

/** Every question that is not one of a stream's. */
export function requestsOf(exchange: ExchangeDefinition): readonly ExchangeRequest[] {
  const { powers, probe, account } = exchange
  return [
    ...(powers.by === 'probes' ? powers.probes.map(({ request }) => request) : []),
    ...(powers.by === 'list' ? [powers.request] : []),
    ...('request' in probe ? [probe.request] : []),
    ...(account === undefined ? [] : [account.request]),
    ...(account?.mainOnly === undefined ? [] : [account.mainOnly]),
    ...exchange.marketSources.map(({ request }) => request),
    exchange.serverTime.request,
  ]
}
