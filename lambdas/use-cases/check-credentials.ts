import { type AskOptions, anyData, type ExchangeClient } from '../domain/client.ts'
import type { ExchangeDefinition, Power } from '../domain/exchange.ts'
import { FailureError } from '../domain/failure.ts'
import { noMarkets, questionOf, type StreamDefinition, type StreamKind } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'

export type CheckedCredentials = {
  /** What the key can do beyond reading: proven by a call that only such a key may make. */
  readonly powers: readonly Power[]
  /** Powers that could not be checked, in words. */
  readonly uncheckable: readonly string[]
  /** Recent rows of the account, of the first stream that has any. */
  readonly sample: readonly Transaction[]
}

/**
 * Proves that the exchange accepts every part of the credentials, with a signed call, and finds out whether the key
 * is too strong. With `mustKnowAccount`, looks further for rows that tell which account the key opens when the
 * probe finds none. Throws `FailureError` with the reason when the exchange refuses the key or cannot be asked.
 */
export async function checkCredentials(
  { client, clock }: CheckPorts,
  exchange: ExchangeDefinition,
  mustKnowAccount = false,
): Promise<CheckedCredentials> {
  const probe = streamOf(exchange, exchange.probe)
  const found = await recentRows({ client, clock }, probe, probe.partitions[0])
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
    sample: found.length > 0 || !mustKnowAccount ? found : await markOfAccount({ client, clock }, exchange),
  }
}

type CheckPorts = { readonly client: ExchangeClient; readonly clock: () => number }

function streamOf(exchange: ExchangeDefinition, kind: StreamKind): StreamDefinition {
  const definition = exchange.streams.find(({ stream }) => stream === kind)
  if (definition === undefined) throw new Error(`${exchange.name} has no stream ${kind}.`)
  return definition
}

/** What one question about the latest time brings: it may be a full page, which is more than enough. */
async function recentRows(
  { client, clock }: CheckPorts,
  definition: StreamDefinition,
  partition: string,
  options?: AskOptions,
): Promise<readonly Transaction[]> {
  const to = Math.ceil(clock() / definition.unit) * definition.unit
  const question = questionOf(definition, { from: to - definition.maxSpan, to }, partition, {})
  // That the exchange answers proves the key; what it answers may be beyond reading.
  const { data } = await client.ask(definition.ask(question), anyData, options)
  const rows = definition.rows.safeParse(data)
  return rows.success ? definition.normalise(rows.data.readable, { partition, markets: noMarkets }) : []
}

/** Recent rows of any stream that tells accounts apart; none when there are none, or none can be had. */
async function markOfAccount(
  ports: CheckPorts,
  exchange: ExchangeDefinition,
): Promise<readonly Transaction[]> {
  for (const kind of exchange.accountMarks) {
    if (kind === exchange.probe) continue
    const definition = streamOf(exchange, kind)
    for (const partition of definition.partitions) {
      const rows = await recentRows(ports, definition, partition, { attempts: probeAttempts }).catch(
        emptyOnFailure,
      )
      if (rows.length > 0) return rows
    }
  }
  return []
}

function emptyOnFailure(error: unknown): readonly Transaction[] {
  if (error instanceof FailureError) return []
  throw error
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
