import { attest, attestedBeside } from '../domain/attested.ts'
import { isoTime } from '../domain/outward.ts'
import type { StreamKind } from '../domain/stream.ts'
import { keyOf, type Transaction } from '../domain/transaction.ts'
import type { FileClaim } from './file-history.ts'
import type { Contradicted, FilePlan, StreamPlan } from './file-plan.ts'
import { digestOf } from './layers.ts'
import type { Merged } from './merge.ts'
import type { MergedRow } from './merged-row.ts'
import type { Plan } from './plan.ts'
import type { Reading } from './row.ts'

/** Rows of each class that are shown. */
const mostShown = 50

/** A stretch of time, merged with the file and compared with what is stored. */
export type PlannedBlock = {
  readonly api: readonly Transaction[]
  readonly readings: readonly Reading[]
  readonly stored: readonly MergedRow[]
  readonly merged: Pick<Merged, 'contradictions' | 'confirmed'>
  readonly plan: Plan
}

type Counts = { new: number; known: number; contradicting: number; replaced: number; mayBeTwice: number }

/** Counts what storing a file would do, stretch by stretch. `own`: which of the readings are its tables. */
export function openFilePlan(own: ReadonlySet<number>) {
  const streams = new Map<StreamKind, Counts>()
  const months = new Map<string, number>()
  const shown = {
    new: [] as MergedRow[],
    known: [] as (Transaction | MergedRow)[],
    contradicting: [] as Contradicted[],
    replaced: [] as MergedRow[],
  }
  let digest = ''

  function countsOf(stream: StreamKind): Counts {
    const known = streams.get(stream) ?? { new: 0, known: 0, contradicting: 0, replaced: 0, mayBeTwice: 0 }
    streams.set(stream, known)
    return known
  }

  function show<T>(list: T[], one: T): void {
    if (list.length < mostShown) list.push(one)
  }

  const linesOf = ({ places }: Pick<MergedRow, 'places'>) =>
    places.filter(({ reading }) => own.has(reading)).map(({ reading, line }) => `${reading} ${line}`)

  return {
    see({ api, readings, stored, merged, plan }: PlannedBlock): void {
      const before = new Set(stored.map(nameOf))
      const tell = (what: string, told: unknown) => {
        digest = digestOf(`${digest} ${what} ${JSON.stringify(told)}`)
      }
      for (const { places: _places, ...row } of plan.write) tell('write', row)
      for (const row of plan.remove) tell('remove', nameOf(row))
      for (const row of plan.write) {
        if (row.mayBeTwice) countsOf(row.stream).mayBeTwice += 1
        if (before.has(nameOf(row))) {
          countsOf(row.stream).replaced += 1
          show(shown.replaced, row)
        } else {
          countsOf(row.stream).new += 1
          const month = `${isoTime(row.time).slice(0, 'yyyy-mm'.length)}-01T00:00:00.000Z`
          months.set(month, (months.get(month) ?? 0) + 1)
          show(shown.new, row)
        }
      }
      for (const row of plan.remove) {
        countsOf(row.stream).replaced += 1
        show(shown.replaced, row)
      }
      for (const { why, row, count, places } of merged.contradictions) {
        const lines = places.filter(({ reading }) => own.has(reading)).map(({ line }) => line)
        if (lines.length === 0) continue
        tell('contradiction', [why, count, lines])
        countsOf(row.stream).contradicting += count
        show(shown.contradicting, { why, row, count, lines })
      }
      countKnown({ readings, merged, plan, before })
      for (const row of api)
        if ((merged.confirmed.get(keyOf(row)) ?? []).some(({ reading }) => own.has(reading)))
          show(shown.known, row)
    },

    result(claims: readonly FileClaim[]): FilePlan {
      const attested = claims.map((claim) => ({
        stream: claim.stream,
        ...attest({ ...claim, missing: claim.refutedAt === undefined ? [] : [claim.refutedAt] }),
      }))
      const kinds = [...new Set(attested.map(({ stream }) => stream))]
      const time = kinds.flatMap((stream) =>
        attestedBeside(
          attested.filter((one) => one.stream === stream),
          [],
        ).map((window) => ({ ...window, stream })),
      )
      return {
        digest: digestOf(`${digest} ${JSON.stringify(time)}`),
        streams: [...streams].map(([stream, counts]): StreamPlan => ({ stream, ...counts })),
        months: [...months]
          .map(([from, rows]) => ({ from, rows }))
          .sort((a, b) => (a.from < b.from ? -1 : 1)),
        samples: shown,
        attested: time,
        withdrawn: attested.flatMap(({ stream, withdrawn }) =>
          withdrawn === undefined ? [] : [{ stream, why: withdrawn }],
        ),
      }
    },
  }

  /** Of the file's own lines, those that neither add anything nor contradict. */
  function countKnown({
    readings,
    merged,
    plan,
    before,
  }: Pick<PlannedBlock, 'readings' | 'merged' | 'plan'> & { readonly before: ReadonlySet<string> }): void {
    const fresh = plan.write.filter((row) => !before.has(nameOf(row)))
    const derived = new Set(fresh.filter((row) => row.derived !== undefined).flatMap(linesOf))
    const lines = new Map<StreamKind, { count: number; derived: number }>()
    for (const index of own)
      for (const { stream, line } of readings[index]?.rows ?? []) {
        const known = lines.get(stream) ?? { count: 0, derived: 0 }
        const isDerived = derived.has(`${index} ${line}`)
        lines.set(stream, { count: known.count + 1, derived: known.derived + (isDerived ? 1 : 0) })
      }
    for (const [stream, told] of lines) {
      const added = fresh.filter((row) => row.stream === stream && row.derived === undefined)
      const contradicting = merged.contradictions
        .filter(({ row, places }) => row.stream === stream && linesOf({ places }).length > 0)
        .reduce((sum, one) => sum + one.count, 0)
      const adding = added.filter((row) => linesOf(row).some((line) => !derived.has(line))).length
      countsOf(stream).known += Math.max(0, told.count - told.derived - adding - contradicting)
    }
  }
}

function nameOf(row: MergedRow): string {
  return `${row.stream} ${keyOf(row)}`
}
