import type { AnswerError } from '../domain/exchange.ts'
import type { FailureKind } from '../domain/failure.ts'

/** A table of codes as entries of a family, for errors that are told by their code alone. */
export function byCode(kinds: Readonly<Record<string, FailureKind>>): readonly AnswerError[] {
  return Object.entries(kinds).map(([code, kind]) => ({ code, means: { kind } }))
}
