import { type ExchangeClient, stoppable } from '../domain/client.ts'
import type { Credentials } from '../domain/connection.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { FailureError } from '../domain/failure.ts'
import { checkCredentials } from './check-credentials.ts'
import type { VerifyKeyPorts } from './verify-key.ts'

export type CheckKeyPorts = {
  readonly clock: () => number
  /** Fires after so many milliseconds. */
  readonly timeIsUp: (ms: number) => AbortSignal
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

/**
 * A key is checked while somebody waits, in a function that has 29 seconds for everything. Milliseconds.
 */
const checkTime = 20_000

/**
 * Checks keys with clients of their own, unless the exchange has asked everybody to wait; tells everybody when it does.
 * An exchange that takes a question and never answers it is down as soon as the time is up.
 */
export function keyChecker({
  clock,
  timeIsUp,
  openClient,
  coolDowns,
}: CheckKeyPorts): VerifyKeyPorts['checkKey'] {
  return async (exchange, credentials, further) => {
    const wait = (await coolDowns.until(exchange.id)) - clock()
    if (wait > 0) throw new FailureError({ kind: 'rate-limited', retryAfter: wait })
    let telling = Promise.resolve()
    const client = openClient(exchange, credentials, clock() + checkTime, (until) => {
      telling = telling.then(() => coolDowns.extend(exchange.id, until)).catch(() => undefined)
    })
    try {
      const inTime = stoppable(client, timeIsUp(checkTime))
      return await checkCredentials({ client: inTime, clock }, exchange, further)
    } catch (error) {
      if (error instanceof FailureError && error.failure.kind === 'aborted')
        throw new FailureError({ kind: 'exchange-down' })
      throw error
    } finally {
      await client.close()
      await telling
    }
  }
}
