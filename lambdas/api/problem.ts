import type { KeyStep } from '../domain/exchange.ts'
import type { RefusalCode, RefusedError } from '../use-cases/refusal.ts'
import type { FieldProblem } from '../use-cases/submission.ts'

type RequestProblem =
  | 'unauthenticated'
  | 'invalid-request'
  | 'malformed-json'
  | 'forbidden-origin'
  | 'method-not-allowed'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'internal-error'

export type ProblemCode = RefusalCode | RequestProblem

export type ProblemKind = {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503
  readonly title: string
  /** What a program can do about it; `{id}` is the connection that stands in the way. */
  readonly remedy?: string
  /** The step of the exchange's key guide at which it is put right. */
  readonly step?: KeyStep['id']
}

const replaceKey = 'That is PUT /v1/connections/{id}/credentials.'
const connectAgain = 'That is POST /v1/connections.'

/** Every problem that the API answers with, by its `code`. */
export const problems: Readonly<Record<ProblemCode, ProblemKind>> = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  'forbidden-origin': { status: 403, title: 'Another web page may not use this server' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This address does not do that' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },

  'duplicate-connection': { status: 409, title: 'This key is connected already' },
  'key-already-used': { status: 409, title: 'This key belongs to another connection' },
  'same-account': { status: 409, title: 'This account is connected already', remedy: replaceKey },
  'account-unknown': {
    status: 409,
    title: 'Nobody can tell which account this key opens',
    remedy:
      'To say so, send "newAccount": true when connecting, or "sameAccount": true when replacing the key, which is ' +
      'PUT /v1/connections/{id}/credentials.',
  },
  'which-account': {
    status: 409,
    title: 'Only you know which account this file is of',
    remedy:
      'Send the id of such an account as "connection" where it is a file of that account, or "newAccount": true where it is of another.',
  },
  disconnected: {
    status: 409,
    title: 'This connection has no key',
    remedy: `${connectAgain} A first key of an account that came in files is given by PUT /v1/connections/{id}/credentials.`,
  },
  'nothing-connected': { status: 409, title: 'There is no account yet', remedy: connectAgain },
  busy: { status: 409, title: 'This connection is being worked on' },
  'too-soon': { status: 429, title: 'This connection was synced just now' },

  'key-too-strong': {
    status: 422,
    title: 'This key can do more than read',
    step: 'rights',
    remedy: 'To use it all the same, send "allowPowerfulKey": true with it.',
  },
  'file-refused': { status: 422, title: 'This file cannot be taken' },
  'content-missing': { status: 409, title: 'The content of this file is not there yet' },
  'stale-plan': { status: 409, title: 'The history has changed since this plan was made' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key belongs to another request' },
  'different-account': {
    status: 422,
    title: 'This key opens another account',
    remedy: connectAgain,
  },
  unauthorized: { status: 422, title: 'The key is wrong' },
  'key-missing': { status: 422, title: 'The vault no longer holds the key', remedy: replaceKey },
  'wrong-signature': { status: 422, title: 'The secret or the passphrase is wrong' },
  'forbidden-ip': { status: 422, title: 'The key is bound to other addresses', step: 'addresses' },
  expired: { status: 422, title: 'The key has expired', step: 'open' },
  'no-permission': { status: 422, title: 'The key may not read the history', step: 'rights' },
  'account-restricted': { status: 422, title: 'The exchange has restricted the account' },
  'not-opened': { status: 422, title: 'The account never opened this product' },
  'not-served': { status: 422, title: 'This kind of key is not served' },
  'out-of-range': { status: 422, title: 'The exchange does not serve this time' },
  'exchange-closed': { status: 422, title: 'The exchange has closed' },
  rejected: { status: 422, title: 'The exchange refused the question' },

  'clock-skew': { status: 503, title: 'The exchange refuses our clock' },
  'rate-limited': { status: 503, title: 'The exchange asks to wait' },
  'exchange-down': { status: 503, title: 'The exchange cannot be reached' },
  'bad-payload': { status: 503, title: 'The exchange answered something undocumented' },
  'window-saturated': { status: 503, title: 'The exchange holds more than it shows' },
  stalled: { status: 503, title: 'The sync got nowhere' },
  'lease-lost': { status: 503, title: 'Another sync took over' },
  aborted: { status: 503, title: 'The server is stopping' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
}

export type ProblemDetails = {
  readonly type: string
  readonly title: string
  readonly status: ProblemKind['status']
  readonly detail: string
  readonly code: ProblemCode
  /** The connection that stands in the way. */
  readonly connection?: string
  /** The step of the exchange's key guide at which it is put right. */
  readonly step?: KeyStep['id']
  /** `detail` without what is for programs, where it says how to send the request otherwise. */
  readonly sentence?: string
  readonly errors?: readonly { readonly field: string; readonly detail: string }[]
}

/** The media type of RFC 9457. */
export const problemType = 'application/problem+json'

/** An RFC 9457 problem. `type` leads to its description on the page of the API. */
export function problemDetails(
  code: ProblemCode,
  detail: string,
  more: Pick<ProblemDetails, 'connection' | 'step' | 'sentence' | 'errors'> = {},
): ProblemDetails {
  const { title, status } = problems[code]
  return { type: `/docs#${code}`, title, status, detail, code, ...more }
}

/** The answer that tells it. */
export function problemResponse(problem: ProblemDetails, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': problemType, ...headers },
  })
}

export function refusalProblem({ code, message, connection, fields }: RefusedError): ProblemDetails {
  const { remedy, step }: ProblemKind = problems[code]
  const told = remedy?.replace('{id}', connection ?? '{id}')
  return problemDetails(code, told === undefined ? message : `${message} ${told}`, {
    ...(connection !== undefined && { connection }),
    ...(step !== undefined && { step }),
    ...(told !== undefined && { sentence: message }),
    ...(fields.length > 0 && { errors: fields.map((field) => ({ field, detail: message })) }),
  })
}

/** Thrown for a request with fields that cannot be taken; each is named. */
export class InvalidRequestError extends Error {
  readonly problems: readonly FieldProblem[]

  constructor(problems: readonly FieldProblem[]) {
    super('The request is not valid.')
    this.name = 'InvalidRequestError'
    this.problems = problems
  }
}

/** Thrown for what is wrong with a request before its fields can be looked at. */
export class RequestError extends Error {
  readonly code: RequestProblem

  constructor(code: RequestProblem, sentence: string) {
    super(sentence)
    this.name = 'RequestError'
    this.code = code
  }
}

export function invalidProblem({ problems: errors }: InvalidRequestError): ProblemDetails {
  const detail = errors.map(({ field, problem }) => `${field} ${problem}.`).join(' ')
  return problemDetails('invalid-request', detail, {
    errors: errors.map(({ field, problem }) => ({ field, detail: problem })),
  })
}
