import { type AskOptions, anyData, type ExchangeClient } from '../domain/client.ts'
import type { ExchangeDefinition, Power } from '../domain/exchange.ts'
import { FailureError } from '../domain/failure.ts'
import { mayBeCut } from '../domain/list-proof.ts'
import {
  definitionOf,
  definitionsOf,
  type ExchangeRequest,
  firstPageOf,
  isListed,
  type KindOf,
  noMarkets,
  partitionOf,
  questionOf,
  type StreamDefinition,
  type StreamKind,
} from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { day } from '../domain/window.ts'
import { checkPowers, probeAttempts } from './check-powers.ts'
import { readAccount } from './read-account.ts'

export type CheckedCredentials = {
  /** What the key can do beyond reading: proven by a call that only such a key may make. */
  readonly powers: readonly Power[]
  /** Powers that could not be checked, in words. */
  readonly uncheckable: readonly string[]
  /** The exchange's own id of the account that the key opens, where it names one. */
  readonly account?: string
  /** The exchange says that the key is one of a sub-account. */
  readonly isSubaccount?: true
  /** Recent rows of the account, of the first stream that has any. */
  readonly sample: readonly Transaction[]
  /** What the key is served where rows of others are. */
  readonly asked: readonly Asked[]
}

/** What the key was served at the moment of a row; `served` is undefined where there was no answer. */
export type Asked = {
  readonly row: Transaction
  readonly served: readonly Transaction[] | undefined
  /** The answers held all rows of that moment. */
  readonly isWhole: boolean
  /** Epoch milliseconds. */
  readonly askedAt: number
}

/** Rows to ask for, when these are the recent rows of the key, and this its account: whether it serves them tells whose it is. */
export type FurtherRows = (
  sample: readonly Transaction[],
  account: string | undefined,
) => Promise<readonly Transaction[]>

/**
 * Proves that the exchange accepts every part of the credentials, with a signed call, and finds out whether the key
 * is too strong. With `further`, looks for rows that tell which account the key opens: recent ones of other streams when
 * the probe finds none, and then whatever `further` wants to know, gently, one question after the other. Throws `FailureError` with the reason when the exchange refuses the key or cannot be asked.
 */
export async function checkCredentials(
  { client, clock }: CheckPorts,
  exchange: ExchangeDefinition,
  further?: FurtherRows,
): Promise<CheckedCredentials> {
  // A window that ends in the exchange's future may be refused, and the key would be blamed for our clock.
  await client.learnTime()
  const found = await proveKey({ client, clock }, exchange)
  const [{ powers, unknown }, { account, isSubaccount }] = await Promise.all([
    checkPowers(client, exchange),
    readAccount(client, exchange),
  ])
  const isTold = found.length > 0 || account !== undefined
  const sample = isTold || further === undefined ? found : await markOfAccount({ client, clock }, exchange)
  const asked: Asked[] = []
  for (const row of (await further?.(sample, account)) ?? [])
    asked.push(await askAround({ client, clock }, exchange, row))
  return {
    powers,
    uncheckable: [...exchange.uncheckable, ...unknown],
    ...(account !== undefined && { account }),
    ...(isSubaccount && { isSubaccount: true }),
    sample,
    asked,
  }
}

/** Recent rows, where rows prove the key. Throws `FailureError` when the exchange refuses it. */
async function proveKey(ports: CheckPorts, exchange: ExchangeDefinition): Promise<readonly Transaction[]> {
  const { probe } = exchange
  if ('stream' in probe) {
    const [definition] = streamsOf(exchange, probe.stream)
    const [partition] = namedPartitions(definition)
    if (partition === undefined)
      throw new Error(`${exchange.name} is to be probed by a stream without names.`)
    return recentRows(ports, definition, partition)
  }
  await ports.client.ask(probe.request, probe.answer)
  return []
}

type CheckPorts = { readonly client: ExchangeClient; readonly clock: () => number }

/** Whether one question tells which rows an account has: a reserve calls them otherwise, and parts are to be listed first. */
function isTelling({ reserveOf, byParts }: StreamDefinition): boolean {
  return reserveOf === undefined && byParts === undefined
}

function streamsOf(exchange: ExchangeDefinition, kind: StreamKind): KindOf<StreamDefinition> {
  const [first, ...others] = definitionsOf(exchange, kind).filter(isTelling)
  if (first === undefined) throw new Error(`${exchange.name} has no stream ${kind}.`)
  return [first, ...others]
}

/** The partitions that the definition names itself. */
function namedPartitions({ partitions }: StreamDefinition): readonly string[] {
  return isListed(partitions) ? [] : partitions
}

function recentQuestion(definition: StreamDefinition, partition: string, now: number): ExchangeRequest {
  if (definition.reads === 'list') return definition.ask(firstPageOf(definition, partition))
  const { unit, maxSpan } = definition
  const to = Math.floor(now / unit) * unit
  return definition.ask(questionOf(definition, { from: to - maxSpan, to }, partition, {}))
}

/** What one question about the latest time brings: it may be a full page, which is more than enough. */
async function recentRows(
  { client }: CheckPorts,
  definition: StreamDefinition,
  partition: string,
  options?: AskOptions,
): Promise<readonly Transaction[]> {
  // That the exchange answers proves the key; what it answers may be beyond reading.
  const { data } = await client.ask(recentQuestion(definition, partition, client.now()), anyData, options)
  const rows = definition.rows.safeParse(data)
  return rows.success ? definition.normalise(rows.data.readable, { partition, markets: noMarkets }) : []
}

/** Recent rows of any stream that tells accounts apart; none when there are none, or none can be had. */
async function markOfAccount(
  ports: CheckPorts,
  exchange: ExchangeDefinition,
): Promise<readonly Transaction[]> {
  for (const kind of exchange.accountMarks) {
    if ('stream' in exchange.probe && exchange.probe.stream === kind) continue
    for (const definition of streamsOf(exchange, kind))
      for (const partition of namedPartitions(definition)) {
        const rows = await recentRows(ports, definition, partition, { attempts: probeAttempts }).catch(
          emptyOnFailure,
        )
        if (rows.length > 0) return rows
      }
  }
  return []
}

/** What else the key is served at the moment of this row, in the part of the stream that it is from, or in all. */
async function askAround(
  { client, clock }: CheckPorts,
  exchange: ExchangeDefinition,
  row: Transaction,
): Promise<Asked> {
  const kind = definitionsOf(exchange, row.stream)
  const whose = partitionOf(kind, row) ?? row.account
  const own = whose === undefined ? undefined : definitionOf(kind, whose)
  let askedAt = clock()
  const served: Transaction[] = []
  let isWhole = true
  let answered = false
  for (const definition of (own === undefined ? kind : [own]).filter(isTelling)) {
    for (const partition of own === undefined || whose === undefined
      ? namedPartitions(definition)
      : [whose]) {
      try {
        const question = questionAround(definition, partition, row.time)
        const { data, ...timing } = await client.ask(question, definition.rows, {
          attempts: probeAttempts,
        })
        askedAt = timing.askedAt
        const rows = definition.normalise(data.readable, { partition, markets: noMarkets })
        served.push(...rows)
        isWhole &&= data.unreadable.length === 0 && holdsMoment(definition, rows, row.time)
        answered = true
      } catch (error) {
        if (!(error instanceof FailureError)) throw error
        isWhole = false
      }
    }
  }
  return { row, served: answered ? served : undefined, isWhole, askedAt }
}

function questionAround(definition: StreamDefinition, partition: string, time: number): ExchangeRequest {
  if (definition.reads === 'list') return definition.ask(firstPageOf(definition, partition))
  const { unit, mutable, maxSpan } = definition
  // The time of a transfer may have moved since; no question may be longer than the exchange allows.
  const slack = mutable ? Math.min(day, Math.floor(maxSpan / 3)) : 0
  const from = Math.max(definition.opened, Math.floor((time - slack) / unit) * unit)
  const to = Math.floor((time + slack) / unit) * unit + unit
  return definition.ask(questionOf(definition, { from, to }, partition, {}))
}

/** Whether an answer holds all rows of this moment: one that may be cut holds them of a list as far as it goes back. */
function holdsMoment(definition: StreamDefinition, rows: readonly Transaction[], time: number): boolean {
  if (definition.reads === 'windows') return rows.length < definition.pageCap
  const { pageSizes, unit } = definition
  return !mayBeCut(rows.length, pageSizes) || rows.some((row) => row.time < Math.floor(time / unit) * unit)
}

function emptyOnFailure(error: unknown): readonly Transaction[] {
  if (error instanceof FailureError) return []
  throw error
}
