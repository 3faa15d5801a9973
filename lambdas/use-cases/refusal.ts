import type { FailureKind } from '../domain/failure.ts'

/** Why a use case does not do what it was asked to do, when nothing is broken. */
export type RefusalCode =
  | FailureKind
  | 'not-found'
  | 'duplicate-connection'
  | 'key-already-used'
  | 'same-account'
  | 'account-unknown'
  | 'which-account'
  | 'key-too-strong'
  | 'disconnected'
  | 'nothing-connected'
  | 'too-soon'
  | 'idempotency-key-reused'
  | 'file-refused'
  | 'content-missing'
  | 'stale-plan'

/** The message is a sentence for the user that says what to do next; it never holds a secret. */
export class RefusedError extends Error {
  readonly code: RefusalCode
  /** The connection that stands in the way. */
  readonly connection?: string
  /** Milliseconds after which the same will not be refused for this reason. */
  readonly retryAfter?: number
  /** What was typed and is to blame, by the names of the request's fields. */
  readonly fields: readonly string[]

  constructor(
    code: RefusalCode,
    sentence: string,
    connection?: string,
    retryAfter?: number,
    fields: readonly string[] = [],
  ) {
    super(sentence)
    this.name = 'RefusedError'
    this.code = code
    this.connection = connection
    this.retryAfter = retryAfter
    this.fields = fields
  }
}
