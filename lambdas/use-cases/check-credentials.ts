import { anyData, type ExchangeClient } from '../domain/client.ts'
import type { ExchangeDefinition, Power } from '../domain/exchange.ts'
import { FailureError } from '../domain/failure.ts'
import { noMarkets, questionOf } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'

export type CheckedCredentials = {
  /** What the key can do beyond reading: proven by a call that only such a key may make. */
  readonly powers: readonly Power[]
  /** Powers that could not be checked, in words. */
  readonly uncheckable: readonly string[]
  /** Recent rows of the account: they tell which account a key opens. */
  readonly sample: readonly Transaction[]
}

/**
 * Proves that the exchange accepts every part of the credentials, with a signed call, and finds out whether the key
 * is too strong. Throws `FailureError` with the reason when the exchange refuses the key or cannot be asked.
 */
export async function checkCredentials(
  { client, clock }: { readonly client: ExchangeClient; readonly clock: () => number },
  exchange: ExchangeDefinition,
): Promise<CheckedCredentials> {
  const probe = exchange.streams.find(({ stream }) => stream === exchange.probe)
  const partition = probe?.partitions[0]
  if (probe === undefined || partition === undefined) throw new Error(`${exchange.name} names no probe.`)
  const to = Math.ceil(clock() / probe.unit) * probe.unit
  const question = questionOf(probe, { from: to - probe.maxSpan, to }, partition, {})
  const { data } = await client.ask(probe.ask(question), probe.rows)
  const answers = await Promise.all(
    exchange.powerProbes.map(async ({ power, request }) => ({
      power,
      answer: await hasPower(client, request),
    })),
  )
  return {
    powers: answers.flatMap(({ power, answer }) => (answer === 'yes' ? [power] : [])),
    uncheckable: [
      ...exchange.uncheckable,
      ...answers.flatMap(({ power, answer }) => (answer === 'unknown' ? [power] : [])),
    ],
    sample: probe.normalise(data, { partition, markets: noMarkets }),
  }
}

/** Probes are worth a few attempts: a key is not refused because one of them cannot be had. */
const probeAttempts = 4

async function hasPower(
  client: ExchangeClient,
  request: ExchangeDefinition['powerProbes'][number]['request'],
): Promise<'yes' | 'no' | 'unknown'> {
  try {
    await client.ask(request, anyData, { attempts: probeAttempts })
    return 'yes'
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    return error.failure.kind === 'no-permission' ? 'no' : 'unknown'
  }
}
