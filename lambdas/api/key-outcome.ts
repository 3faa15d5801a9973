import type { FailureKind } from '../domain/failure.ts'
import type { LogEntry } from './app.ts'

/** What an exchange says when it does not take a key. */
const refused: ReadonlySet<string> = new Set<FailureKind>([
  'unauthorized',
  'wrong-signature',
  'forbidden-ip',
  'expired',
  'no-permission',
  'account-restricted',
  'not-opened',
  'not-served',
  'exchange-closed',
  'rejected',
])

/** What keeps an exchange from answering at all. */
const unavailable: ReadonlySet<string> = new Set<FailureKind>([
  'exchange-down',
  'rate-limited',
  'bad-payload',
  'clock-skew',
])

/**
 * What an answer to a request with a key counts as. Nothing: what we refuse ourselves, since a form that is filled in
 * wrongly says nothing about exchanges.
 */
export function keyOutcome({
  status,
  code = '',
}: Pick<LogEntry, 'status' | 'code'>): 'Connected' | 'ConnectRefused' | 'ExchangeUnavailable' | undefined {
  if (status < 300) return 'Connected'
  if (status < 500) return refused.has(code) ? 'ConnectRefused' : undefined
  return unavailable.has(code) ? 'ExchangeUnavailable' : undefined
}
