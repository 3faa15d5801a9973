import { lacksSize, sized } from '../domain/contract-size.ts'
import type { Coverage, Missing } from '../domain/coverage.ts'
import type { Settled } from '../domain/diff.ts'
import { isRevised } from '../domain/revised.ts'
import type { Markets, StreamDefinition } from '../domain/stream.ts'
import { keyOf, servedTime, type Transaction } from '../domain/transaction.ts'
import { unfinishedAfter } from '../domain/unfinished.ts'
import type { Window } from '../domain/window.ts'

export type KeepRowsPorts = {
  readonly markets: Markets
  readonly stored: (window: Window) => Promise<readonly Transaction[]>
  /** Writes rows as they should read now, of which nothing new was served. */
  readonly rewrite: (rows: readonly Transaction[]) => Promise<void>
}

/** What one answer showed of a partition's rows, and did not show. */
export type Shown = {
  readonly settled: readonly Settled[]
  /** Stored rows that the answer should hold and does not. */
  readonly absent: readonly Transaction[]
}

/** What is to be kept in mind about the stored rows of one partition: which are read again, which are missing, which lack a size. */
export function keepRows(
  ports: KeepRowsPorts,
  definition: Pick<StreamDefinition, 'mutable'>,
  start: Coverage,
) {
  let unfinished = start.unfinished
  const revised = new Map((start.revised ?? []).map((one) => [keyOf(one), one]))
  const missing = new Map((start.missing ?? []).map((one) => [keyOf(one), one]))
  const unread = new Map((start.unread ?? []).map((one) => [keyOf(one), one]))
  const sizeless = new Map((start.sizeless ?? []).map((one) => [one.symbol, one]))
  /** Not shown at the time that they had. They may have been dated anew, and be shown by another answer of this run. */
  const absent = new Map<string, { readonly row: Transaction; readonly since: number }>()

  /** Fills that were stored before anybody told the size of their contract become whole. */
  async function completeSizes(): Promise<void> {
    for (const { symbol, from, to } of [...sizeless.values()]) {
      const market = ports.markets.futures.get(symbol)
      if (market?.contractSize === undefined) continue
      const rows = await ports.stored({ from, to })
      await ports.rewrite(
        rows.filter((row) => row.symbol === symbol && lacksSize(row)).map((row) => sized(row, market)),
      )
      sizeless.delete(symbol)
    }
  }

  async function take(shown: Shown, askedAt: number): Promise<void> {
    if (definition.mutable) unfinished = unfinishedAfter(unfinished, shown.settled)
    for (const { now, order } of shown.settled) {
      if (isRevised(now)) revised.set(keyOf(now), { time: now.time, identity: now.identity })
      const { unreadableSince: since } = now
      if (since === undefined) unread.delete(keyOf(now))
      else unread.set(keyOf(now), missingOf(now, since))
      if (order !== 'older') for (const map of [absent, missing]) map.delete(keyOf(now))
      if (lacksSize(now)) rememberSizeless(now)
    }
    for (const row of shown.absent) {
      if (row.missingSince !== undefined) missing.set(keyOf(row), missingOf(row, row.missingSince))
      else if (!absent.has(keyOf(row))) absent.set(keyOf(row), { row, since: askedAt })
    }
    if (!definition.mutable) await markMissing()
  }

  function rememberSizeless({ symbol, time }: Transaction): void {
    if (symbol === undefined) return
    const known = sizeless.get(symbol)
    sizeless.set(symbol, {
      symbol,
      from: Math.min(time, known?.from ?? time),
      to: Math.max(time + 1, known?.to ?? 0),
    })
  }

  /** Call it once nothing else is to be asked: what no answer of the run showed is missing. */
  async function markMissing(): Promise<void> {
    if (absent.size === 0) return
    const found = [...absent.values()]
    absent.clear()
    await ports.rewrite(found.map(({ row, since }) => ({ ...row, missingSince: since })))
    for (const { row, since } of found) missing.set(keyOf(row), missingOf(row, since))
  }

  function known(): Pick<Coverage, 'unfinished' | 'missing' | 'unread' | 'sizeless' | 'revised'> {
    return {
      unfinished,
      missing: inOrder(missing),
      unread: inOrder(unread),
      sizeless: sizeless.size === 0 ? undefined : [...sizeless.values()],
      revised: inOrder(revised),
    }
  }

  /** When those rows were last known to be. */
  function absentTimes(): readonly number[] {
    return [...absent.values()].map(({ row }) => servedTime(row))
  }

  return { completeSizes, take, markMissing, known, absentTimes }
}

function missingOf({ time, identity }: Transaction, since: number): Missing {
  return { time, identity, since }
}

function inOrder<T extends Pick<Transaction, 'time'>>(
  rows: ReadonlyMap<string, T>,
): readonly T[] | undefined {
  return rows.size === 0 ? undefined : [...rows.values()].sort((a, b) => a.time - b.time)
}
