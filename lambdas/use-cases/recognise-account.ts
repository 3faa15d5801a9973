import type { Connection } from '../domain/connection.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { endsThePartition, type Failure, FailureError, retryPolicy } from '../domain/failure.ts'
import { promisedFrom, settledAt } from '../domain/list-coverage.ts'
import { isUnchanged, oldestUnit } from '../domain/list-proof.ts'
import { hasPartition, type ListStream, type StreamKind } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { isUnreadable } from '../domain/unreadable.ts'
import { intersect, type Window } from '../domain/window.ts'
import { fetchList, type Listed, type ListPorts } from './fetch-list.ts'

type Owner = { readonly user: string; readonly connection: string }

export type RecogniseAccountPorts = Omit<ListPorts, 'manners'> & {
  readonly transactions: {
    stored(owner: Owner, stream: StreamKind, window: Window): Promise<readonly Transaction[]>
  }
}

/** Fewer rows that are missing, or that should have been shown before, are no sign of anything. */
const fewestStrange = 3

/** So many lists are asked for at most: an account that is the same is recognised by the first that shows anything. */
const mostAsked = 24

/** A list that showed rows before. */
type Known = { readonly definition: ListStream; readonly part: Coverage }

/** What one list tells: whether a row of it is stored, and how many say that it is another account's. */
type Testimony = 'same' | { readonly strange: number }

/**
 * Whether the key still opens the account whose history is stored, before anything that it shows is stored with it. Lists carry no
 * time, so that those of another account look like any other. One known row among them is enough. Where none is shown, rows that
 * should be, and rows that should have been shown before, tell that the key opens `different-account`; once that was so, only a known
 * row takes it back. Returns why nothing may be believed, or undefined.
 */
export async function recogniseAccount(
  ports: RecogniseAccountPorts,
  exchange: Pick<ExchangeDefinition, 'streams'>,
  connection: Pick<Connection, 'user' | 'id' | 'reason'>,
  coverage: readonly Coverage[],
): Promise<Failure | undefined> {
  const owner = { user: connection.user, connection: connection.id }
  const skipped = new Set<ListStream>()
  let strange = 0
  let trouble: Failure | undefined
  for (const { definition, part } of tellingFirst(exchange, coverage).slice(0, mostAsked)) {
    if (skipped.has(definition)) continue
    try {
      const told = await testimony(ports, owner, { definition, part })
      if (told === 'same') return undefined
      strange += told.strange
    } catch (error) {
      if (!(error instanceof FailureError)) throw error
      const { kind } = error.failure
      // One odd list tells nothing, and whatever else will not pass ends what is asked for next, too.
      if (kind === 'bad-payload' || kind === 'not-served') continue
      if (kind === 'aborted' || retryPolicy(kind) !== 'never') trouble ??= error.failure
      if (endsThePartition(kind) || retryPolicy(kind) !== 'never') skipped.add(definition)
    }
  }
  if (strange >= fewestStrange || connection.reason === 'different-account')
    return { kind: 'different-account' }
  return trouble
}

/** Lists that showed rows before, those first of which one question tells the most. */
function tellingFirst(
  { streams }: Pick<ExchangeDefinition, 'streams'>,
  coverage: readonly Coverage[],
): readonly Known[] {
  const lists = streams.filter((one) => one.reads === 'list')
  const known = coverage.flatMap((part) => {
    const definition = lists.find(
      ({ stream, partitions }) => stream === part.stream && hasPartition(partitions, part.partition),
    )
    return definition === undefined || part.oldest === undefined ? [] : [{ definition, part }]
  })
  const cost = ({ definition, part }: Known) =>
    (definition.views === undefined ? 0 : 2) +
    (definition.paging === 'none' ? 0 : 1) +
    (definition.pageSizes.includes(part.seen?.count ?? 0) ? 4 : 0)
  return known.sort((a, b) => cost(a) - cost(b) || (b.part.seen?.count ?? 0) - (a.part.seen?.count ?? 0))
}

async function testimony(
  ports: RecogniseAccountPorts,
  owner: Owner,
  { definition, part }: Known,
): Promise<Testimony> {
  const manners = { showsAllViews: false, pageSizes: definition.pageSizes, largest: 0 }
  const listed = await fetchList({ ...ports, manners }, definition, part.partition)
  const { transactions, answeredAt } = listed
  if ((part.seen?.count ?? 0) > 0 && part.seen !== undefined && isUnchanged(part.seen, transactions))
    return 'same'
  const promised = promisedFrom(definition, answeredAt)
  const from = transactions.reduce((first, { time }) => Math.min(first, time), promised)
  const stored = (
    await ports.transactions.stored(owner, definition.stream, { from, to: Number.MAX_SAFE_INTEGER })
  ).filter((row) => definition.partitionOf(row) === part.partition)
  const ids = new Set(stored.map(({ identity }) => identity))
  if (transactions.some(({ identity }) => ids.has(identity))) return 'same'
  // What cannot be read may be anybody's.
  if (transactions.some(isUnreadable) || listed.timeless.length > 0) return { strange: 0 }
  return { strange: missing(listed, definition, stored, promised) + unheardOf(listed, part) }
}

/**
 * Rows that the list would have to show: where a document says how far back it reaches, all of that time. Where none does, one that is not
 * empty may have been cut before what is older, at a number that nobody names, and an empty one tells nothing: what it showed may have left it.
 */
function missing(
  { extent, transactions, askedAt }: Listed,
  definition: ListStream,
  stored: readonly Transaction[],
  promised: number,
): number {
  if (extent === 'some') return 0
  const oldest = oldestUnit(transactions, definition.unit)
  if (oldest === undefined && definition.isDepthTaken) return 0
  const isAllOfIt =
    definition.isDepthTaken === undefined && extent === 'whole' && definition.paging !== 'none'
  const since = oldest === undefined || isAllOfIt ? 0 : oldest + definition.unit
  return stored.filter(
    (row) =>
      row.time >= Math.max(promised, since) &&
      row.time < settledAt(definition, askedAt) &&
      !isUnreadable(row) &&
      (row.status === undefined || row.status === 'done'),
  ).length
}

/** Rows of time of which all were stored, and these were not. */
function unheardOf({ transactions }: Listed, { covered }: Coverage): number {
  return transactions.filter(({ time }) => intersect(covered, [{ from: time, to: time + 1 }]).length > 0)
    .length
}
