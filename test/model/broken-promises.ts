import { type Coverage, gaps } from '../../lambdas/domain/coverage.ts'
import type { StreamKind } from '../../lambdas/domain/stream.ts'
import type { SimulatedAccount } from '../../local/simulated-bitmart/account.ts'
import type { MemoryStore } from './memory-store.ts'

export type ServedRow = {
  readonly stream: StreamKind
  readonly partition: string
  readonly time: number
  /** The row as the simulator serves it. */
  readonly raw: string
}

/** Every row of an account, with the stream and partition that it belongs to. */
export function rowsOf(account: SimulatedAccount): readonly ServedRow[] {
  return [
    ...account.spotFills.map((row) => ({
      stream: 'spot-trade' as const,
      partition: 'spot',
      time: row.createTime,
      raw: JSON.stringify(row),
    })),
    ...account.futuresFills.map((row) => ({
      stream: 'futures-trade' as const,
      partition: row.account,
      time: row.create_time,
      raw: JSON.stringify(row),
    })),
    ...account.ledger.map((row) => ({
      stream: 'futures-ledger' as const,
      partition: row.account,
      time: Number(row.time),
      raw: JSON.stringify(row),
    })),
    ...account.transfers.map((row) => ({
      stream: row.operation_type === 'withdraw' ? ('withdrawal' as const) : ('deposit' as const),
      partition: 'account',
      time: row.apply_time,
      raw: JSON.stringify(row),
    })),
  ]
}

/**
 * What breaks the promise, in words, the first few; empty when nothing does. Every row of covered time must be stored, as often
 * as it is in the account; nothing may be stored that the account never held; and time that runs tried to cover
 * must be covered, unverified or a gap.
 */
export function brokenPromises(
  account: SimulatedAccount,
  store: Pick<MemoryStore, 'rows' | 'coverages'>,
  opened: number,
): readonly string[] {
  const broken: string[] = []
  const stored = new Map<string, number>()
  for (const { stream, raw } of store.rows.values()) count(stored, `${stream} ${raw}`)
  const covered = new Map<string, number>()
  const held = new Map<string, number>()
  for (const row of rowsOf(account)) {
    const name = `${row.stream} ${row.raw}`
    count(held, name)
    if (isCovered(row, [...store.coverages.values()])) count(covered, name)
  }
  for (const [name, times] of covered)
    if ((stored.get(name) ?? 0) < times) broken.push(`covered ${times} times, stored less often: ${name}`)
  for (const [name, times] of stored)
    if ((held.get(name) ?? 0) < times) broken.push(`stored ${times} times, held less often: ${name}`)
  for (const coverage of store.coverages.values()) {
    const told = [...coverage.covered, ...coverage.unverified, ...gaps(coverage, opened)]
    const width = told.reduce((sum, { from, to }) => sum + to - from, 0)
    if (coverage.note === undefined && coverage.attempted > opened && width < coverage.attempted - opened)
      broken.push(`${coverage.stream} ${coverage.partition}: time that nothing is said about`)
  }
  return broken.slice(0, 5)
}

function isCovered({ stream, partition, time }: ServedRow, coverages: readonly Coverage[]): boolean {
  return coverages.some(
    (one) =>
      one.stream === stream &&
      one.partition === partition &&
      one.covered.some(({ from, to }) => time >= from && time < to),
  )
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
