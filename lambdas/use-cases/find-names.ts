import type { ExchangeClient } from '../domain/client.ts'
import type { Connection } from '../domain/connection.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { FailureError } from '../domain/failure.ts'
import { changedHoldings, type Holdings, noHoldings, sameHoldings } from '../domain/holdings.ts'
import { isQuiet, type Names, noNames } from '../domain/rotation.ts'
import {
  type Hint,
  isListed,
  type ListedPartitions,
  type ListStream,
  type Markets,
} from '../domain/stream.ts'
import type { FileHistory } from '../statements/file-history.ts'

type Owner = { readonly user: string; readonly connection: string }

export type FindNamesPorts = {
  readonly client: Pick<ExchangeClient, 'ask'>
  readonly clock: () => number
  readonly markets: Markets
  /** What the account held when it was last looked at; without it, no change of a balance is noticed. */
  readonly holdings?: {
    load(owner: Owner): Promise<Holdings | undefined>
    /** Throws `lease-lost` when a newer run has taken over. */
    save(owner: Owner, holdings: Holdings, epoch: number): Promise<void>
  }
  /** What statement files name: looked up only for a connection that has some. */
  readonly fileHistory?: { load(owner: Owner): Promise<FileHistory | undefined> }
}

/** What makes partitions likely, and since when (epoch milliseconds): what was asked since then need not be asked at once. */
type Since = { readonly hint: Hint; readonly since: number }

/** A changed balance is only an addition: history must not wait long for it. */
const holdingsAttempts = 3

/**
 * The names of partitions that only run time knows, by definition: what the catalogue lists, and what the user or his
 * statement files named, coins that were moved and balances that changed make likely. Where there are no such partitions nothing
 * is asked.
 */
export async function findNames(
  ports: FindNamesPorts,
  exchange: ExchangeDefinition,
  connection: Pick<Connection, 'user' | 'id' | 'symbols' | 'files'>,
  epoch: number,
  /** What is known of all kinds, by now. */
  coverage: () => readonly Coverage[],
): Promise<(definition: ListStream) => Names> {
  if (!exchange.streams.some(({ partitions }) => isListed(partitions))) return () => noNames
  const { user, id, symbols = [] } = connection
  const changed = await findChanged(ports, exchange, { user, connection: id }, epoch)
  const hints: readonly Since[] = [
    ...(await filedNames(ports, connection)),
    ...symbols.flatMap((word) => meant(word).map((hint) => ({ hint, since: 0 }))),
    ...movedCoins(exchange, coverage()),
    ...Object.entries(changed).map(([coin, since]) => ({ hint: { coin }, since })),
  ]
  return (definition) => {
    const { partitions } = definition
    if (!isListed(partitions)) return noNames
    const hinted = new Map<string, number>()
    const suggest = (name: string, since: number) => hinted.set(name, Math.max(since, hinted.get(name) ?? 0))
    for (const { hint, since } of hints)
      for (const name of partitions.suggestedBy(hint, ports.markets)) suggest(name, since)
    const filled = alsoHave(definition, partitions, coverage(), ports.clock())
    for (const { name, since } of filled) suggest(name, since)
    const said = symbols.map((word): readonly [string, readonly string[]] => [
      word,
      [...new Set(meant(word).flatMap((hint) => partitions.suggestedBy(hint, ports.markets)))],
    ])
    const { gone } = ports.markets
    return {
      listed: partitions.listed(ports.markets),
      ...(gone && { gone }),
      hinted,
      ...(filled.length > 0 && { isOpen: true as const }),
      said: new Map(said),
    }
  }
}

async function filedNames(
  { fileHistory }: Pick<FindNamesPorts, 'fileHistory'>,
  { user, id, files }: Pick<Connection, 'user' | 'id' | 'files'>,
): Promise<readonly Since[]> {
  const history = files ? await fileHistory?.load({ user, connection: id }) : undefined
  return (history?.hints ?? []).flatMap(({ symbol, coin, since }) => [
    ...(symbol === undefined ? [] : [{ hint: { symbol }, since }]),
    ...(coin === undefined ? [] : [{ hint: { coin }, since }]),
  ])
}

/** A word of the user may be a symbol or a coin. */
function meant(word: string): readonly Hint[] {
  return [{ symbol: word }, { coin: word }]
}

/** Coins of which transfers are stored: who moved a coin may have traded it. */
function movedCoins({ streams }: ExchangeDefinition, coverage: readonly Coverage[]): readonly Since[] {
  const byCoin = streams.flatMap(({ stream, partitions }) =>
    isListed(partitions) && (stream === 'withdrawal' || stream === 'deposit')
      ? [{ stream, has: partitions.has }]
      : [],
  )
  return coverage
    .filter((part) => !isQuiet(part))
    .filter(({ stream, partition }) => byCoin.some((one) => one.stream === stream && one.has(partition)))
    .map(({ partition, seen }) => ({ hint: { coin: partition }, since: seen?.until ?? 0 }))
}

/** The partitions that have rows of the kind that is asked for first. One whose older time was never asked for is asked at once. */
function alsoHave(
  { stream, older }: ListStream,
  { alsoOf, has }: ListedPartitions,
  coverage: readonly Coverage[],
  now: number,
): readonly { readonly name: string; readonly since: number }[] {
  const own = new Map(coverage.filter((part) => part.stream === stream).map((part) => [part.partition, part]))
  return coverage
    .filter((part) => part.stream === alsoOf && has(part.partition) && !isQuiet(part))
    .map(({ partition, seen }) => {
      const isOwed = older !== undefined && own.get(partition)?.reasked === undefined
      return { name: partition, since: isOwed ? now : (seen?.until ?? 0) }
    })
}

/** The coins whose balance changed lately, and when that was noticed. */
async function findChanged(
  { client, clock, holdings }: FindNamesPorts,
  { holdings: source }: ExchangeDefinition,
  owner: Owner,
  epoch: number,
): Promise<Holdings['changed']> {
  if (source === undefined || holdings === undefined) return {}
  const before = (await holdings.load(owner)) ?? noHoldings
  try {
    const { data } = await client.ask(source.request, source.coins, { attempts: holdingsAttempts })
    const now = changedHoldings(before, data, clock())
    if (!sameHoldings(before, now)) await holdings.save(owner, now, epoch)
    return now.changed
  } catch (error) {
    // Whatever ends the run ends its first question for history, too.
    if (error instanceof FailureError && error.failure.kind !== 'lease-lost') return before.changed
    throw error
  }
}
