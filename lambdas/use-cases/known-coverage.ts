import { takeBack } from '../domain/cover-answer.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { StreamKind } from '../domain/stream.ts'
import { type FoundDamage, noSum, noSums, type Sums, sameSum, windowOf } from '../domain/sums.ts'
import type { Window } from '../domain/window.ts'
import { type Counted, countStored, damagedWindows, type InspectPorts, knownDamage } from './verify-rows.ts'

type Owner = { readonly user: string; readonly connection: string }

type LoadPorts = InspectPorts & {
  readonly coverage: { load(owner: Owner): Promise<readonly Coverage[]> }
  readonly sums: { load(owner: Owner): Promise<readonly Sums[]> }
}

/**
 * Coverage as far as it agreed with what is stored when somebody last compared the two: for whoever is asked so often that
 * all rows cannot be read each time.
 */
export async function knownCoverage(ports: LoadPorts, owner: Owner): Promise<readonly Coverage[]> {
  const [coverage, sums] = await Promise.all([ports.coverage.load(owner), ports.sums.load(owner)])
  const damaged = new Map(
    streamsOf(coverage).map((stream) => [
      stream,
      knownDamage(
        sumsOf(sums, stream),
        coverage.filter((part) => part.stream === stream),
      ),
    ]),
  )
  return withOldest(ports, owner, sums, takenBack(coverage, damaged))
}

/**
 * Coverage as far as it agrees with what is stored now, which is read for that: for whoever hands out a history as complete.
 * What is damaged is remembered, so that everybody says so, and the next sync compares all and mends it.
 */
export async function verifiedCoverage(
  ports: LoadPorts & { readonly sums: { noteDamage(owner: Owner, found: FoundDamage): Promise<void> } },
  owner: Owner,
): Promise<readonly Coverage[]> {
  const coverage = await ports.coverage.load(owner)
  const damaged = new Map<StreamKind, readonly Window[]>()
  let oldest = Number.POSITIVE_INFINITY
  for (const stream of streamsOf(coverage)) {
    const { sums, counted } = await countUndisturbed(ports, owner, stream)
    const parts = coverage.filter((part) => part.stream === stream)
    const windows = damagedWindows(sums, parts, counted)
    damaged.set(stream, windows)
    oldest = Math.min(oldest, counted.oldest)
    if (windows.length > 0)
      await ports.sums.noteDamage(owner, { stream, verified: sums.verified ?? 0, damaged: windows })
  }
  const known = startingAt(oldest, takenBack(coverage, damaged))
  return withOldest(ports, owner, await ports.sums.load(owner), known)
}

/** When a sync last compared all that is stored with what was put there: the stream that waits longest counts. */
export function comparedAt(sums: readonly Sums[]): number | undefined {
  const times = sums.flatMap(({ months, verifiedAt }) => (months.length === 0 ? [] : [verifiedAt ?? 0]))
  const earliest = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  return Number.isFinite(earliest) && earliest > 0 ? earliest : undefined
}

/**
 * Where coverage was lost, and with it the time of the oldest row that was ever stored, that row tells it again: what an owner
 * says of the beginning stays refuted. `isLost`: there was coverage that is not here; else only what lies in an earlier month
 * than the oldest row that is known shows that.
 */
export async function withOldest(
  ports: InspectPorts,
  owner: Owner,
  sums: readonly Sums[],
  coverage: readonly Coverage[],
  isLost = false,
): Promise<readonly Coverage[]> {
  const known = coverage.reduce((oldest, part) => Math.min(oldest, part.oldest ?? oldest), Infinity)
  const [first] = sums
    .flatMap(({ stream, months }) => months.map(({ month }) => ({ stream, window: windowOf(month) })))
    .filter(({ window }) => isLost || window.to <= known)
    .sort((a, b) => a.window.from - b.window.from)
  if (first === undefined) return coverage
  const { oldest } = await countStored(ports, owner, first.stream, first.window)
  return startingAt(oldest, coverage)
}

/** Coverage that knows of a row so old, if it did not. */
function startingAt(oldest: number, coverage: readonly Coverage[]): readonly Coverage[] {
  const [part, ...others] = coverage
  const isKnown = coverage.some((one) => (one.oldest ?? Number.POSITIVE_INFINITY) <= oldest)
  return part === undefined || isKnown || !Number.isFinite(oldest)
    ? coverage
    : [{ ...part, oldest }, ...others]
}

function streamsOf(coverage: readonly Coverage[]): readonly StreamKind[] {
  return [...new Set(coverage.map(({ stream }) => stream))]
}

function takenBack(
  coverage: readonly Coverage[],
  damaged: ReadonlyMap<StreamKind, readonly Window[]>,
): readonly Coverage[] {
  return coverage.map((part) => takeBack(part, damaged.get(part.stream) ?? []))
}

function sumsOf(all: readonly Sums[], stream: StreamKind): Sums {
  return all.find((one) => one.stream === stream) ?? noSums(stream)
}

/** How often it is counted anew, because a sync wrote meanwhile. */
const mostCounts = 3

/** What is stored, with sums that speak of the same moment: where a sync writes all the while, its months are left to it. */
async function countUndisturbed(
  ports: InspectPorts & { readonly sums: { load(owner: Owner): Promise<readonly Sums[]> } },
  owner: Owner,
  stream: StreamKind,
): Promise<{ readonly sums: Sums; readonly counted: Counted }> {
  const load = async () =>
    (await ports.sums.load(owner)).find((one) => one.stream === stream) ?? noSums(stream)
  let before = await load()
  for (let count = 1; ; count += 1) {
    const counted = await countStored(ports, owner, stream)
    const after = await load()
    if (after.version === before.version) return { sums: after, counted }
    if (count === mostCounts)
      return {
        sums: { ...after, touched: [...before.touched, ...after.touched, ...changedMonths(before, after)] },
        counted,
      }
    before = after
  }
}

function changedMonths(before: Sums, after: Sums): readonly number[] {
  const sumOf = ({ months }: Sums, month: number) => months.find((one) => one.month === month) ?? noSum
  return [...new Set([...before.months, ...after.months].map(({ month }) => month))].filter(
    (month) => !sameSum(sumOf(before, month), sumOf(after, month)),
  )
}
