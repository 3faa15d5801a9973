import type { ExchangeClient } from '../domain/client.ts'
import type { Credentials } from '../domain/connection.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { FailureError } from '../domain/failure.ts'
import { checkCredentials } from './check-credentials.ts'
import type { VerifyKeyPorts } from './verify-key.ts'

export type CheckKeyPorts = {
  readonly clock: () => number
  /** No attempt is made after `deadline`, epoch milliseconds. */
  readonly openClient: (
    exchange: ExchangeDefinition,
    credentials: Credentials,
    deadline: number,
    /** Called when the exchange asks everybody to wait until then (epoch milliseconds). */
    onCoolDown: (until: number) => void,
  ) => ExchangeClient
  readonly coolDowns: {
    until(exchange: string): Promise<number>
    extend(exchange: string, until: number): Promise<void>
  }
}

/** A key is checked while somebody waits. Milliseconds. */
const checkTime = 22_000

/** Checks keys with clients of their own, unless the exchange has asked everybody to wait; tells everybody when it does. */
export function keyChecker({ clock, openClient, coolDowns }: CheckKeyPorts): VerifyKeyPorts['checkKey'] {
  return async (exchange, credentials, further) => {
    const wait = (await coolDowns.until(exchange.id)) - clock()
    if (wait > 0) throw new FailureError({ kind: 'rate-limited', retryAfter: wait })
    let telling = Promise.resolve()
    const client = openClient(exchange, credentials, clock() + checkTime, (until) => {
      telling = telling.then(() => coolDowns.extend(exchange.id, until)).catch(() => undefined)
    })
    try {
      return await checkCredentials({ client, clock }, exchange, further)
    } finally {
      await client.close()
      await telling
    }
  }
}
