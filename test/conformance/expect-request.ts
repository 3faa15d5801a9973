import { expect } from 'vitest'
import type { ExchangeRequest } from '../../lambdas/domain/stream.ts'

/** What every request of every exchange is to fulfil. */
export function expectRequest(request: ExchangeRequest): void {
  expect(request.path).toMatch(/^[\w-]+(\/[\w-]+)*$/)
  expect(['GET', 'POST']).toContain(request.method)
  expect(request.rate.calls).toBeGreaterThan(0)
  expect(request.rate.per).toBeGreaterThan(0)
  expect(['key', 'account', 'address']).toContain(request.rate.scope)
  for (const [name, value] of Object.entries(request.params)) {
    expect(name).not.toBe('')
    if (typeof value === 'number') expect(value, name).toSatisfy(Number.isSafeInteger)
  }
}
