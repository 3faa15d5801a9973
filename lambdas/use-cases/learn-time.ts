import { clockTolerance, type ExchangeClient } from '../domain/client.ts'
import type { Failure } from '../domain/failure.ts'

/** Why a stream that met no failure, and asked something or did not, was planned by a clock that nobody can rely on. */
export type ClockTrouble = (asked: boolean) => Failure | undefined

/**
 * Asks the exchange for its time, by which everything is planned. Where it cannot be had, our own clock has to do: then
 * nothing was learnt of a stream about which nobody was asked, nor of any when answers tell of another time after all.
 */
export async function learnTime(
  { client, clock }: { readonly client: ExchangeClient; readonly clock: () => number },
  signal: AbortSignal,
): Promise<ClockTrouble> {
  const untold = await client.learnTime({ signal })
  const ahead = client.now() - clock()
  return (asked) => {
    if (untold === undefined) return undefined
    if (Math.abs(client.now() - clock() - ahead) > clockTolerance) return { kind: 'clock-skew' }
    return asked ? undefined : untold
  }
}
