import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { noMarkets, type WindowStream } from '../../lambdas/domain/stream.ts'
import { experiments, type Survey, survey } from './findings.ts'
import { type Lab, openLab } from './lab.ts'

/** What was found out about one sentence that nobody could verify. */
export type Finding = {
  readonly title: string
  readonly partition: string
  readonly says: string
  readonly probe: string
  /** Undefined where the account has not enough rows to tell. */
  readonly found: string | undefined
}

/**
 * Tries everything that nobody could verify about an exchange, stream by stream, within the limits that the exchange sets. What
 * comes of it tells no secret, id, amount or address, and no day on which something was done.
 */
export async function probeExchange(
  client: ExchangeClient,
  exchange: ExchangeDefinition,
  around: { readonly onStream: (title: string) => void; readonly isOver: () => boolean },
): Promise<readonly Finding[]> {
  await client.learnTime()
  const findings: Finding[] = []
  for (const definition of exchange.streams) {
    // What a list shows of its exchange shows in every answer.
    if (definition.reads === 'list') continue
    for (const partition of definition.partitions) {
      around.onStream(titleOf(definition, partition))
      const lab = openLab({ client, markets: noMarkets }, definition, partition)
      const known = definition.byParts === undefined ? await survey(lab, around.isOver) : []
      findings.push(...(await settle(lab, known, around.isOver)))
    }
  }
  return findings
}

async function settle(lab: Lab, known: Survey, isOver: () => boolean): Promise<readonly Finding[]> {
  const { definition, partition } = lab
  const findings: Finding[] = []
  for (const { says, probe } of definition.unverified) {
    const experiment = experiments.get(probe ?? '')
    if (probe === undefined || experiment === undefined) continue
    const found = isOver() ? 'nothing, the time was over' : await experiment(lab, known)
    findings.push({ title: titleOf(definition, partition), partition, says, probe, found })
  }
  return findings
}

function titleOf({ title, partitions }: WindowStream, partition: string): string {
  return partitions.length > 1 ? `${title}, ${partition}` : title
}
