import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import {
  isListed,
  type ListStream,
  type Markets,
  noMarkets,
  type WindowStream,
} from '../../lambdas/domain/stream.ts'
import { fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { readAccount } from '../../lambdas/use-cases/read-account.ts'
import { experiments, type Survey, survey } from './findings.ts'
import { type Lab, openLab } from './lab.ts'
import { countOf, type Look, listExperiments, lookAt, tellsAll } from './list-findings.ts'
import { type ListLab, likelyNames, openListLab } from './list-lab.ts'

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
  const findings = [...(await settleAccount(client, exchange))]
  let markets: Markets | undefined
  const catalogue = async () => {
    markets ??= await fetchMarkets({ client, clock: client.now, catalogue: keptNowhere }, exchange, 0)
    return markets
  }
  for (const definition of exchange.streams) {
    if (definition.reads === 'list') {
      around.onStream(definition.title)
      findings.push(
        ...(await probeList({ client, markets: await catalogue() }, exchange, definition, around)),
      )
      continue
    }
    for (const partition of definition.partitions) {
      around.onStream(titleOf(definition, partition))
      const lab = openLab({ client, markets: noMarkets }, definition, partition)
      const known = definition.byParts === undefined ? await survey(lab, around.isOver) : []
      findings.push(...(await settle(lab, known, around.isOver)))
    }
  }
  return findings
}

const keptNowhere = { load: async () => undefined, save: async () => undefined }

/** Asks the partition that has the most rows of those that are looked at; none of its names is told. */
async function probeList(
  ports: { readonly client: ExchangeClient; readonly markets: Markets },
  exchange: ExchangeDefinition,
  definition: ListStream,
  { isOver }: { readonly isOver: () => boolean },
): Promise<readonly Finding[]> {
  let best: { readonly lab: ListLab; readonly look: Look } | undefined
  for (const partition of isOver() ? [] : await likelyNames(ports, exchange, definition)) {
    if (isOver()) break
    const lab = openListLab(ports, definition, partition)
    const look = await lookAt(lab)
    if (best === undefined || countOf(look) > countOf(best.look)) best = { lab, look }
    if (tellsAll(look, lab)) break
  }
  const { title, partitions, unverified } = definition
  const findings: Finding[] = []
  for (const { says, probe } of unverified) {
    const experiment = listExperiments.get(probe ?? '')
    if (probe === undefined || experiment === undefined) continue
    const found = isOver() ? 'nothing, the time was over' : best && (await experiment(best.lab, best.look))
    findings.push({ title, partition: isListed(partitions) ? partitions.each[0] : 'all', says, probe, found })
  }
  return findings
}

/** What a key is told of the account that it opens; never which one that is. */
async function settleAccount(
  client: ExchangeClient,
  exchange: ExchangeDefinition,
): Promise<readonly Finding[]> {
  const { unverified = [] } = exchange.account ?? {}
  if (unverified.length === 0) return []
  const { account, isSubaccount } = await readAccount(client, exchange)
  const told = account === undefined ? 'no id is told' : 'an id is told'
  const asked = isSubaccount ? 'refused as that of a sub-account' : 'not refused as that of a sub-account'
  const found = `${told} to this key, which is ${asked}`
  return unverified.flatMap(({ says, probe }) =>
    probe === undefined ? [] : [{ title: 'Account', partition: '', says, probe, found }],
  )
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
