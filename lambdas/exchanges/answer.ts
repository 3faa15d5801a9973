import { LosslessNumber, parse } from 'lossless-json'
import { z } from 'zod'
import type { AnswerError, Family } from '../domain/exchange.ts'
import { type Failure, FailureError } from '../domain/failure.ts'
import { day, hour } from '../domain/window.ts'
import { sentAt } from './exchange-time.ts'

/** What came over the wire, whole. */
export type RawResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

const text = z.string()
/** Codes go into failures, which are stored and logged: what is longer or has blanks is no code, but somebody's words. */
const code = z.union([text, z.number().transform(String)]).pipe(z.string().regex(/^[\w.-]{1,24}$/))

/** An answer that names how it went. A field of another type is none. */
const envelope = z.looseObject({
  code: code.optional().catch(undefined),
  msg: text.optional().catch(undefined),
  message: text.optional().catch(undefined),
  data: z.unknown().optional(),
})

/**
 * The `data` of a successful answer, or what came without an envelope where the family says that it may. The exchange's
 * code decides, never the HTTP status alone. `now` is the exchange's time, epoch milliseconds. Throws `FailureError`.
 */
export function readAnswer(family: Family, response: RawResponse, now: number): unknown {
  const body = parseExactly(response.text)
  const told = envelope.safeParse(body)
  if (told.success) {
    const { code, data } = told.data
    if (code !== undefined && family.success.includes(code)) return data
  }
  if (family.bare === true && isBare(body) && response.status < 300) return body
  throw new FailureError(failureOf(family, response, told.success ? told.data : {}, now))
}

/** An object that says something of itself is no list of rows, even without the code that it should have. */
function isBare(body: unknown): boolean {
  if (Array.isArray(body)) return true
  if (typeof body !== 'object' || body === null || body instanceof LosslessNumber) return false
  return ['code', 'msg', 'message'].every((name) => !Object.hasOwn(body, name))
}

type Told = { readonly code?: string; readonly msg?: string; readonly message?: string }

function failureOf(family: Family, response: RawResponse, told: Told, now: number): Failure {
  const { status } = response
  const words = told.msg ?? told.message
  const known = family.errors.find((error) => fits(error, status, told.code, words))
  const code = known?.code ?? String(status)
  const failure = known === undefined ? failureOfStatus(status, told.code) : { ...known.means, code }
  if (failure.kind !== 'rate-limited') return failure
  return {
    ...failure,
    retryAfter: patienceOf(family, response, words, now) ?? failure.retryAfter,
    // For an address that went on after many a 429: whatever the key, nobody may call from it.
    ...(status === 418 && { everybody: true }),
  }
}

function fits(error: AnswerError, status: number, code: string | undefined, words = ''): boolean {
  return (
    (error.status === undefined || error.status === status) &&
    (error.code === undefined || error.code === code) &&
    (error.text === undefined || error.text.test(words))
  )
}

/** What is left where the exchange's definition knows nothing: a 403 or 5xx page is the network in front of it. */
function failureOfStatus(status: number, unknown: string | undefined): Failure {
  const code = String(status)
  if (status === 429 || status === 418) return { kind: 'rate-limited', code }
  if (status >= 500 || status === 403) return { kind: 'exchange-down', code }
  return unknown === undefined ? { kind: 'bad-payload', code } : { kind: 'rejected', code: unknown }
}

/** Asked to wait for longer, we look again after this long. Milliseconds. */
const longestPatience = hour

/** More is no answer to the question of how long to wait. Milliseconds. */
const unbelievable = 365 * day

/** Milliseconds that the exchange asks us to wait, where it says so believably. */
function patienceOf(
  { patience = {} }: Family,
  response: RawResponse,
  words = '',
  now: number,
): number | undefined {
  // By the exchange's clock, which is what a date is told by.
  const sent = sentAt(response) ?? now
  const headers = new Map(
    Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const waits = [
    ...['retry-after', ...(patience.headers ?? [])].flatMap((name) => waitsIn(headers.get(name) ?? '', sent)),
    Number(patience.text?.exec(words)?.[1]) - sent,
  ]
  const believable = waits.find((wait) => wait > 0 && wait < unbelievable)
  return believable === undefined ? undefined : Math.min(believable, longestPatience)
}

/** A wait in seconds, or its end in epoch seconds or milliseconds: they differ too much to be mistaken. Or a date. */
function waitsIn(value: string, sent: number): readonly number[] {
  const number = Number(value)
  if (!/^\s*\d+(\.\d+)?\s*$/.test(value)) return [Date.parse(value) - sent]
  return [number * 1_000, number * 1_000 - sent, number - sent]
}

const exactInteger = /^(0|-?[1-9]\d{0,14})$/

/** Parses JSON so that no digit is lost; undefined when the text is not JSON. */
function parseExactly(text: string): unknown {
  try {
    return parse(text, undefined, (literal) =>
      exactInteger.test(literal) ? Number(literal) : new LosslessNumber(literal),
    )
  } catch {
    return undefined
  }
}
