import { expect, it } from 'vitest'
import { keyOutcome } from '../../lambdas/api/key-outcome.ts'

it.each([
  [201, undefined, 'Connected'],
  [422, 'wrong-signature', 'ConnectRefused'],
  [422, 'forbidden-ip', 'ConnectRefused'],
  [422, 'key-too-strong', undefined],
  [400, 'invalid-request', undefined],
  [401, 'unauthenticated', undefined],
  [409, 'duplicate-connection', undefined],
  [503, 'exchange-down', 'ExchangeUnavailable'],
  [503, 'rate-limited', 'ExchangeUnavailable'],
  [503, 'bad-payload', 'ExchangeUnavailable'],
  [500, 'InternalError', undefined],
])('An answer %i with %s to a request with a key counts as %s', (status, code, outcome) => {
  expect(keyOutcome({ status, ...(code !== undefined && { code }) })).toBe(outcome)
})
