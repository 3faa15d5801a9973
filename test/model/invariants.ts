import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { subtract, type Window } from '../../lambdas/domain/window.ts'
import { isHiddenAt, nameOf, statusesOf, symbolsOf, timesOf } from './changes.ts'
import { type ModelExchange, type ModelRow, tick } from './model-exchange.ts'
import type { Stored } from './model-expressions.ts'
import type { Write } from './model-table.ts'
import type { Damage } from './world.ts'

/** One connection of the model's world: its account at the exchange, and where in the store its history belongs. */
export type Account = {
  readonly owner: { readonly user: string; readonly connection: string }
  readonly partition: string
  readonly exchange: ModelExchange
  readonly settleLag: number
  /** How far back the exchange is documented to serve. */
  readonly depth: number
}

type Ledger = {
  readonly account: Account
  readonly rows: ReadonlyMap<string, ModelRow>
  /** The sort key under which each row was first stored. */
  readonly keys: Map<string, string>
  /** The sort keys under which what could not be read of each row is kept, with its identity. */
  readonly raws: Map<string, Map<string, string>>
  /** Keys by which a transfer is found whose time is not known. */
  readonly places: Set<string>
  /** Keys of rows that are gone or say something else than was stored, and were not stored again since. */
  readonly altered: Set<string>
  /** Whether the store lost or altered anything. */
  harmed: boolean
  readonly coverages: Map<string, Stored>
  /** Runs that hang, nothing of theirs under way; and those of them that meanwhile lost the lease. */
  readonly hanging: Set<string>
  readonly fenced: Set<string>
}

/** A run may hang for so long between an answer and what it makes of it. */
const hanging = 100 * tick

/**
 * What must hold after every single write, whatever the exchange, the store and other runs did before. A violation
 * is kept, because the error of a write may be swallowed on its way up.
 */
export function watchInvariants(accounts: readonly Account[]) {
  const violations: string[] = []
  const ledgers = new Map(
    accounts.map((account): [string, Ledger] => [
      account.partition,
      {
        account,
        rows: new Map(account.exchange.rows.map((row) => [row.id, row])),
        keys: new Map(),
        raws: new Map(),
        places: new Set(),
        altered: new Set(),
        harmed: false,
        coverages: new Map(),
        hanging: new Set(),
        fenced: new Set(),
      },
    ]),
  )

  function written(write: Write): void {
    const ledger = ledgers.get(write.partition)
    if (ledger === undefined) return void violations.push(`isolation: ${write.partition} is nobody's`)
    if (ledger.fenced.has(write.writer))
      violations.push(`fence: ${write.sort} was written by a run without lease`)
    const { before, after } = write
    if (write.sort === 'LEASE' && before?.epoch !== after?.epoch)
      for (const writer of ledger.hanging) if (writer !== write.writer) ledger.fenced.add(writer)
    if (write.sort.startsWith('ID#'))
      return void (after === undefined ? ledger.places.delete(write.sort) : ledger.places.add(write.sort))
    const found = write.sort.startsWith('TX#')
      ? checkTransaction(ledger, write)
      : write.sort.startsWith('COVERAGE#') && after !== undefined
        ? checkCoverage(ledger, write, after)
        : []
    violations.push(...found)
  }

  function checkTransaction(ledger: Ledger, write: Write): readonly string[] {
    const { sort, before, after } = write
    // What says something else than was stored is put aside, and its time is asked again.
    const wasAltered = ledger.altered.delete(sort)
    if (after === undefined) {
      for (const [id, key] of ledger.keys) if (key === sort) ledger.keys.delete(id)
      return [...ledger.raws].flatMap(([id, kept]) => {
        const gone = kept.delete(sort) && write.writer !== 'remover' && !wasAltered
        return gone && kept.size === 0 && !ledger.keys.has(id)
          ? [`completeness: what could not be read of row ${id} was let go, and it is not stored`]
          : []
      })
    }
    if (after.type === 'unreadable') return checkUnreadable(ledger, write, after)
    const row = rowOf(ledger, after)
    if (row === undefined) return [`isolation: ${sort} is of another account`]
    const { id } = row
    const first = ledger.keys.get(id)
    // What the store lost may come back under the time at which it is served now.
    const key = first === undefined || ledger.altered.has(first) ? sort : first
    ledger.keys.set(id, key)
    const [, stream = '', digits = ''] = sort.split('#')
    return [
      ...(after.status === undefined || ledger.places.has(`ID#${stream}#${after.identity}#${digits}`)
        ? []
        : [`uniqueness: row ${id} is stored and cannot be found by its id`]),
      ...(key === sort ? [] : [`uniqueness: row ${id} is stored as ${key} and as ${sort}`]),
      ...(timesOf(row).includes(Number(after.movedTo ?? after.time)) &&
      symbolsOf(row).includes(String(after.symbol)) &&
      after.orderId === row.order
        ? []
        : [`exactness: ${sort} differs from what was served`]),
      ...(after.amount === row.amount ? [] : [`exactness: ${row.amount} became ${after.amount}`]),
      ...(JSON.parse(String(after.raw)).amount === row.amount
        ? []
        : [`exactness: ${sort} has another payload`]),
      ...(after.status === undefined || statusesOf(row).includes(String(after.status))
        ? []
        : [`exactness: ${id} never said ${after.status}`]),
      ...(before === undefined || before.status === 'pending' || after.status !== 'pending'
        ? []
        : [`newest: ${id} went from ${before.status} back to pending`]),
      ...(before === undefined || before.status !== undefined || before.symbol === after.symbol
        ? []
        : [`exactness: ${id} was first served as ${before.symbol}, and is ${after.symbol} now`]),
      ...falselyMissing(ledger, row, before, after),
      ...(before !== undefined && JSON.stringify(before) === JSON.stringify(after)
        ? [`quiescence: ${id} was written again, unchanged`]
        : []),
    ]
  }

  /** A row that cannot be read is kept once, as it was served, at its time where it says so and near it where it does not. */
  function checkUnreadable(ledger: Ledger, { sort }: Write, after: Stored): readonly string[] {
    const served = JSON.parse(String(after.raw))
    const row = ledger.rows.get(served.id)
    if (row?.broken === undefined) return [`exactness: ${sort} could be read`]
    const kept = ledger.raws.get(row.id) ?? new Map<string, string>()
    ledger.raws.set(row.id, kept)
    const again = [...kept].some(([key, identity]) => key !== sort && identity === after.identity)
    kept.set(sort, String(after.identity))
    const off = Math.abs(Number(after.time) - row.time)
    return [
      ...(again
        ? [
            `uniqueness: what could not be read of row ${row.id} is kept twice: ${sort} and ${[...kept.keys()]}`,
          ]
        : []),
      ...(off > (row.broken.dated ? 0 : 3 * tick) ? [`exactness: ${sort} is of ${row.time}`] : []),
    ]
  }

  /** One id may be of two rows, far apart. */
  function rowOf(ledger: Ledger, after: Stored): ModelRow | undefined {
    return [...ledger.rows.values()].find(
      (row) => nameOf(row) === after.identity && timesOf(row).includes(Number(after.time)),
    )
  }

  /** What is marked was hidden when the mark says so, as far as the two clocks agree. */
  function falselyMissing(
    { account }: Ledger,
    row: ModelRow,
    before: Stored | undefined,
    after: Stored,
  ): readonly string[] {
    const since = Number(after.missingSince)
    const off = 2 * tick + Math.abs(account.exchange.ahead ?? 0)
    if (after.missingSince === undefined || before?.missingSince !== undefined) return []
    return [since - off, since, since + off].some((at) => isHiddenAt(row, at))
      ? []
      : [`missing: ${row.id} is shown, and is called missing`]
  }

  function checkCoverage(ledger: Ledger, { sort, before }: Write, after: Stored): readonly string[] {
    ledger.coverages.set(sort, after)
    const coverage = after as Stored & Coverage
    // What was served later and could not be read is the one thing that covered time gives way to.
    const unreadable = coverage.lost.filter(({ reason }) => reason === 'unreadable')
    const shrunk =
      before === undefined || ledger.harmed
        ? []
        : subtract((before as Stored & Coverage).covered, [...coverage.covered, ...unreadable])
    return [
      ...(shrunk.length === 0 ? [] : [`progress: covered time shrank by ${JSON.stringify(shrunk)}`]),
      ...(Number(before?.epoch ?? 0) <= Number(after.epoch)
        ? []
        : [`fence: coverage of run ${before?.epoch} was overwritten by run ${after.epoch}`]),
      ...(!ledger.harmed && coverage.unverified.some(({ reason }) => reason === 'damaged')
        ? ['integrity: time is called damaged of which nothing was']
        : []),
      ...unstored(ledger, coverage),
      ...rashly(ledger, coverage),
      ...unfounded(ledger, coverage, before === undefined ? [] : (before as Stored & Coverage).covered),
    ]
  }

  function wasDamaged(partition: string, sort: string, how: Damage['how']): void {
    const ledger = ledgers.get(partition)
    if (ledger === undefined) return
    ledger.harmed = true
    ledger.altered.add(sort)
    if (how === 'gone') for (const kept of ledger.raws.values()) kept.delete(sort)
  }

  /** No refusal is a verdict about time that the exchange is documented to serve. */
  function rashly({ account }: Ledger, { lost, unverified }: Coverage): readonly string[] {
    const documented = account.exchange.clock - account.depth + hanging
    return [...lost, ...unverified]
      .filter(({ reason, to }) => (reason === 'expired' || reason === 'refused') && to > documented)
      .map(({ reason, to }) => `claim: young time up to ${to} is taken for ${reason}`)
  }

  /** What is newly covered is documented to be served, or a row at least as old was served. */
  function unfounded(
    { account }: Ledger,
    { covered, partition }: Coverage,
    before: readonly Window[],
  ): readonly string[] {
    const documented = account.exchange.clock - account.depth - hanging
    const founded = Math.min(documented, account.exchange.shown?.get(partition) ?? documented)
    return subtract(covered, before)
      .filter(({ from }) => from < founded)
      .map(({ from }) => `claim: time from ${from} is covered without a document or a row that shows it`)
  }

  /** What appears within the settle lag was visible when covered time was asked for. */
  function unstored(
    { account, rows, keys, altered }: Ledger,
    { covered, partition }: Coverage,
  ): readonly string[] {
    const isThere = (id: string) => keys.has(id) && !altered.has(keys.get(id) ?? '')
    return (
      [...rows.values()]
        .filter((row) => row.partition === partition && row.late < account.settleLag && !isThere(row.id))
        // What is hidden or dated anew between two questions is in no answer.
        .filter((row) => row.hidden === undefined && row.moved === undefined)
        .filter((row) => covered.some(({ from, to }) => row.time >= from && row.time < to))
        .map((row) => `completeness: row ${row.id} of ${row.time} is covered but not stored`)
    )
  }

  return {
    written,
    violations,
    damaged: wasDamaged,
    /** From now on this run may write nothing once its lease is another's. */
    hangs: ({ partition }: Account, writer: string) => ledgers.get(partition)?.hanging.add(writer),
    /** Throws when anything was violated so far. */
    check(): void {
      const [first] = violations
      if (first !== undefined) throw new Error(`${first} (${violations.length} violations)`)
    },
  }
}
