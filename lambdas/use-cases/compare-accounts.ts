import type { Connection, Owner } from '../domain/connection.ts'
import { type Coverage, partsOf } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { definitionsOf, type StreamKind } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { hour, intersect, type Window } from '../domain/window.ts'
import type { Asked, CheckedCredentials } from './check-credentials.ts'
import { ownerOf } from './find-connection.ts'
import type { PageQuestion } from './list-transactions.ts'

/**
 * Whether a key opens the account of a connection. Where the exchange names the accounts of both, that decides. Otherwise rows
 * tell: `same`, it serves a row that
 * is stored; `other`, it serves rows of complete time that are not stored, or does not serve those that it would have to;
 * `unknown`, nothing could be compared.
 */
export type AccountVerdict = 'same' | 'other' | 'unknown'

export type CompareAccountsPorts = {
  readonly hash: (text: string) => string
  readonly transactions: {
    has(owner: Owner, transactions: readonly Transaction[]): Promise<number>
    byId(owner: Owner, stream: StreamKind, identity: string): Promise<readonly Transaction[]>
    page(owner: Owner, question: PageQuestion): Promise<{ items: readonly Transaction[] }>
  }
  readonly coverage: { load(owner: Owner): Promise<readonly Coverage[]> }
}

/** Of each connection so many stored rows are asked for, and of all together; somebody waits for the answer. */
const mostOfEach = 6
const mostOfAll = 24

/** So many of a stream's newest rows are looked at for some to ask for: the newest are the longest served. */
const newest = 40

/** An account by the rows that are stored of it. */
type Candidate = {
  readonly connection: Connection
  readonly coverage: readonly Coverage[]
  readonly marks: readonly Transaction[]
}

/**
 * What the check of a key has to ask to tell whether the key opens one of the accounts, and the verdict on each of them once
 * it has. `only recent rows`: for keys of which that was asked before.
 */
export function compareAccounts(
  ports: CompareAccountsPorts,
  exchange: ExchangeDefinition,
  connections: readonly Connection[],
  effort: 'thorough' | 'only recent rows',
) {
  const verdicts = new Map<string, AccountVerdict>()
  const open: Candidate[] = []

  return {
    /** The rows to ask for, when these are the recent rows of the key, and this is the exchange's id of its account. */
    async further(
      sample: readonly Transaction[],
      account: string | undefined,
    ): Promise<readonly Transaction[]> {
      for (const connection of connections) {
        const named = verdictByName(ports, connection, account)
        if (named !== undefined) {
          verdicts.set(connection.id, named)
          if (named === 'same') return []
          continue
        }
        const coverage = await ports.coverage.load(ownerOf(connection))
        const verdict = await verdictOn(ports, exchange, { connection, coverage, marks: [] }, sample)
        verdicts.set(connection.id, verdict)
        if (verdict === 'same') return []
        if (verdict === 'unknown' && effort === 'thorough')
          open.push({ connection, coverage, marks: await marksOf(ports, exchange, connection) })
      }
      const each = Math.min(mostOfEach, Math.ceil(mostOfAll / Math.max(1, open.length)))
      return open.flatMap(({ marks }) => marks.slice(0, each)).slice(0, mostOfAll)
    },

    async verdicts({ sample, asked }: CheckedCredentials): Promise<ReadonlyMap<string, AccountVerdict>> {
      for (const candidate of open)
        verdicts.set(
          candidate.connection.id,
          await verdictOnAnswers(ports, exchange, candidate, sample, asked),
        )
      return verdicts
    },
  }
}

/** What is kept of the exchange's id of an account: enough to know it again. */
export function accountMark(
  hash: (text: string) => string,
  { user, exchange }: Pick<Connection, 'user' | 'exchange'>,
  account: string,
): string {
  return hash(JSON.stringify(['account', user, exchange, account]))
}

/** Undefined where the exchange has not named the accounts of both. */
function verdictByName(
  { hash }: CompareAccountsPorts,
  connection: Connection,
  account: string | undefined,
): AccountVerdict | undefined {
  if (connection.account === undefined || account === undefined) return undefined
  return connection.account === accountMark(hash, connection, account) ? 'same' : 'other'
}

/** Rows whose ids no other account has, the newest first. What only a file tells has an id of ours, by which nobody can ask for it. */
async function marksOf(
  { transactions }: CompareAccountsPorts,
  exchange: ExchangeDefinition,
  connection: Connection,
): Promise<readonly Transaction[]> {
  const found = await Promise.all(
    exchange.accountMarks.map(async (stream) => {
      const { items } = await transactions.page(ownerOf(connection), { stream, order: 'desc', limit: newest })
      const served = items.filter(({ source }) => source === undefined)
      const places = new Set([0, Math.floor(served.length / 2), served.length - 1])
      return [...places].flatMap((place) => served[place] ?? [])
    }),
  )
  return found.flat().sort((a, b) => b.time - a.time)
}

/** What rows tell that the key serves, of time that may be complete. */
async function verdictOn(
  ports: CompareAccountsPorts,
  exchange: ExchangeDefinition,
  { connection, coverage }: Candidate,
  served: readonly Transaction[],
): Promise<AccountVerdict> {
  if (served.length === 0) return 'unknown'
  if (await isAnyStored(ports, exchange, ownerOf(connection), served)) return 'same'
  const due = served.some((row) => covers(completeWindows(exchange, coverage, row.stream), row.time))
  return due ? 'other' : 'unknown'
}

async function verdictOnAnswers(
  ports: CompareAccountsPorts,
  exchange: ExchangeDefinition,
  candidate: Candidate,
  sample: readonly Transaction[],
  asked: readonly Asked[],
): Promise<AccountVerdict> {
  const answers = asked.filter(({ row }) => candidate.marks.includes(row))
  if (answers.some(({ row, served }) => served?.some((one) => isSame(one, row)))) return 'same'
  const shown = answers.flatMap(({ served }) => served ?? [])
  const verdict = await verdictOn(ports, exchange, candidate, shown)
  if (verdict !== 'unknown') return verdict
  // A row that this account would have to be shown, and is not: it is of another.
  const missing = answers.some(({ row, served, isWhole, askedAt }) => {
    if (served === undefined || !isWhole) return false
    const isServed = [...sample, ...shown].some(
      ({ stream, time }) => stream === row.stream && time <= row.time,
    )
    const isYoung = definitionsOf(exchange, row.stream).every(
      ({ depth }) => row.time > askedAt - depth + hour,
    )
    return isServed || isYoung
  })
  return missing ? 'other' : 'unknown'
}

/** By what the exchange calls it: names of markets change, and so do times of transfers. */
function isSame(a: Transaction, b: Transaction): boolean {
  return a.stream === b.stream && a.identity === b.identity
}

async function isAnyStored(
  { transactions }: CompareAccountsPorts,
  exchange: ExchangeDefinition,
  owner: Owner,
  served: readonly Transaction[],
): Promise<boolean> {
  if ((await transactions.has(owner, served)) > 0) return true
  const mutable = new Set(exchange.streams.flatMap(({ stream, mutable }) => (mutable ? [stream] : [])))
  for (const { stream, identity } of served.filter((row) => mutable.has(row.stream)).slice(0, mostOfEach))
    if ((await transactions.byId(owner, stream, identity)).length > 0) return true
  return false
}

/** What every partition of the stream covers: a row does not tell which of them it came from. */
function completeWindows(
  exchange: ExchangeDefinition,
  known: readonly Coverage[],
  stream: StreamKind,
): readonly Window[] {
  const [first, ...rest] = definitionsOf(exchange, stream)
    // Rows of a reserve go by other names: none of them is looked for.
    .filter(({ reserveOf }) => reserveOf === undefined)
    .flatMap((definition) => partsOf(definition, known))
    .map(({ part }) => part)
    // What was never asked for covers nothing; what the exchange does not serve is no part of the history.
    .filter((part) => part?.note === undefined)
    .map((part) => part?.covered ?? [])
  return rest.reduce((common, covered) => intersect(common, covered), first ?? [])
}

function covers(windows: readonly Window[], time: number): boolean {
  return windows.some(({ from, to }) => from <= time && time < to)
}
