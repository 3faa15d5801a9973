import type { ExchangeClient } from '../../lambdas/domain/client.ts'

/** The part of a client that tells the exchange's time, of an exchange that tells it at once. */
export function toldTime(now: () => number): Pick<ExchangeClient, 'now' | 'learnTime'> {
  return { now, learnTime: async () => undefined }
}
