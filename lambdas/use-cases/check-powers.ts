import { anyData, type ExchangeClient } from '../domain/client.ts'
import type { ExchangeDefinition, Power, PowerProbe } from '../domain/exchange.ts'
import { FailureError } from '../domain/failure.ts'
import type { ExchangeRequest } from '../domain/stream.ts'

/** What a key allows beyond reading, and what of it could not be told. */
export type CheckedPowers = { readonly powers: readonly Power[]; readonly unknown: readonly Power[] }

/** Probes are worth a few attempts: a key is not refused because one of them cannot be had. */
export const probeAttempts = 4

/** Finds out what the key allows, in the way that the exchange has for it. */
export async function checkPowers(
  client: ExchangeClient,
  { powers }: Pick<ExchangeDefinition, 'powers'>,
): Promise<CheckedPowers> {
  switch (powers.by) {
    case 'probes':
      return byProbes(client, powers.probes)
    case 'list': {
      const list = powers.list.safeParse(await answerTo(client, powers.request))
      return list.success
        ? { powers: [...new Set(list.data)], unknown: [] }
        : { powers: [], unknown: powers.tells }
    }
    case 'nothing':
      return { powers: [], unknown: [] }
  }
}

async function byProbes(client: ExchangeClient, probes: readonly PowerProbe[]): Promise<CheckedPowers> {
  const answers = await Promise.all(
    probes.map(async ({ power, request }) => ({ power, answer: await isAllowed(client, request) })),
  )
  const those = (wanted: Allowed) =>
    answers.flatMap(({ power, answer }) => (answer === wanted ? [power] : []))
  return { powers: those('yes'), unknown: those('unknown') }
}

type Allowed = 'yes' | 'no' | 'unknown'

async function isAllowed(client: ExchangeClient, request: ExchangeRequest): Promise<Allowed> {
  try {
    await client.ask(request, anyData, { attempts: probeAttempts })
    return 'yes'
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    return error.failure.kind === 'no-permission' ? 'no' : 'unknown'
  }
}

/** The `data` of the answer; undefined where there is none, which no list reads. */
async function answerTo(client: ExchangeClient, request: ExchangeRequest): Promise<unknown> {
  try {
    return (await client.ask(request, anyData, { attempts: probeAttempts })).data
  } catch (error) {
    if (error instanceof FailureError) return undefined
    throw error
  }
}
