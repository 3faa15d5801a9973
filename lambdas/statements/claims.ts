import type { Transaction } from '../domain/transaction.ts'
import { keyOf } from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import type { FileClaim } from './file-history.ts'
import type { Merged } from './merge.ts'
import type { Reading } from './row.ts'
import type { KeptTable } from './statement-file.ts'

/** A table, whose file it is of, and the time of which its owner says that it tells everything. */
export type ClaimingTable = { readonly file: string; readonly table: KeptTable; readonly attests?: Window }

/** What was merged of a stretch of time, the readings in the order of the tables. */
export type Compared = {
  readonly api: readonly Transaction[]
  readonly readings: readonly Reading[]
  /** Rows of other stretches that were heard: orders of which fills are in this one. */
  readonly guests: readonly Reading[]
  readonly merged: Pick<Merged, 'confirmed' | 'contradictions'>
}

/** Holds what tables claim to be whole against what the exchange serves, stretch by stretch, in any order. */
export function openClaims(tables: readonly ClaimingTable[]) {
  const claims = tables.flatMap((one, index) => claimsOf(one).map((claim) => ({ index, claim })))
  const refuted = new Map<FileClaim, number>()
  const disproved = new Map<FileClaim, number>()
  return {
    compare(block: Compared): void {
      for (const { index, claim } of claims) {
        for (const time of missingIn(block, index, claim)) keepFirst(refuted, claim, time)
        for (const time of disprovedIn(block, index, claim)) keepFirst(disproved, claim, time)
      }
    },
    result: (): readonly (FileClaim & { readonly index: number })[] =>
      claims.map(({ index, claim }) => {
        const [refutedAt, disprovedAt] = [refuted.get(claim), disproved.get(claim)]
        return {
          ...claim,
          index,
          ...(refutedAt !== undefined && { refutedAt }),
          ...(disprovedAt !== undefined && { disprovedAt }),
        }
      }),
  }
}

function keepFirst(times: Map<FileClaim, number>, claim: FileClaim, time: number): void {
  times.set(claim, Math.min(time, times.get(claim) ?? time))
}

function claimsOf({ file, table, attests }: ClaimingTable): readonly FileClaim[] {
  const { unit } = table.grain
  return table.spans.flatMap(({ stream, from, to }): readonly FileClaim[] => {
    const rows = [
      { from, to: from + unit },
      { from: to - unit, to },
    ]
    // Of what happened at the moment of its first row, or of its last, it may lack some: no balance tells.
    const between = { from: from + unit, to: to - unit }
    const claim = { file, stream, rows, count: table.rows }
    return [
      ...(attests === undefined ? [] : [{ ...claim, by: 'owner' as const, window: attests }]),
      ...(table.isUnbroken && between.from < between.to
        ? [{ ...claim, by: 'balance' as const, window: between }]
        : []),
    ]
  })
}

/** The times of what the exchange has served and the table should tell, and does not. */
function missingIn(
  { api, readings, guests, merged }: Compared,
  index: number,
  { stream, window }: FileClaim,
): readonly number[] {
  const reading = readings[index]
  const orders =
    reading?.grain.granularity === 'order'
      ? new Set([...reading.rows, ...(guests[index]?.rows ?? [])].map(({ orderId }) => orderId))
      : undefined
  const isTold = (row: Transaction) =>
    orders?.has(row.orderId) ||
    (merged.confirmed.get(keyOf(row)) ?? []).some((place) => place.reading === index)
  return api
    .filter((row) => row.stream === stream && row.time >= window.from && row.time < window.to)
    .filter((row) => !isTold(row))
    .map(({ time }) => time)
}

/** The times of the table's rows that the exchange has shown not to be; of an order without a common id it has shown nothing. */
function disprovedIn(
  { merged }: Pick<Compared, 'merged'>,
  index: number,
  { stream }: FileClaim,
): readonly number[] {
  return merged.contradictions
    .filter(({ why, row, places }) => {
      const isOwn = row.stream === stream && places.some(({ reading }) => reading === index)
      return isOwn && why !== 'no-common-id'
    })
    .map(({ row }) => row.times[0])
}
