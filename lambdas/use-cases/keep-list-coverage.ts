import { type Coverage, noCoverage } from '../domain/coverage.ts'
import { isQuiet } from '../domain/rotation.ts'
import type { StreamKind } from '../domain/stream.ts'

export type KeepListCoveragePorts = {
  readonly clock: () => number
  /** The version of the stream's sums: what is covered is counted there. */
  readonly version: () => number
  /** Saves what is known of `changed` partitions, of all there are. Every row that it speaks of is stored. */
  readonly saveAll: (all: readonly Coverage[], changed: ReadonlySet<string>) => Promise<void>
}

/** Coverage saved too late only repeats questions. Milliseconds. */
const saveEvery = 15_000

/**
 * What is known of all partitions of a stream that are asked for as lists, by however many definitions: many of them are
 * saved together, so one writer keeps them.
 */
export function keepListCoverage(
  ports: KeepListCoveragePorts,
  stream: StreamKind,
  start: readonly Coverage[],
) {
  const known = new Map(start.map((part) => [part.partition, part]))
  let unsaved = new Set<string>()
  let savedAt = ports.clock()
  let saving = Promise.resolve()

  async function saveNow(): Promise<void> {
    if (unsaved.size === 0) return
    const changed = unsaved
    unsaved = new Set()
    savedAt = ports.clock()
    await ports.saveAll([...known.values()], changed)
  }

  /** One save after the other; what fails is told to whoever waits for it. */
  function save(): Promise<void> {
    saving = saving.catch(() => undefined).then(saveNow)
    return saving
  }

  return {
    known: (): ReadonlyMap<string, Coverage> => known,
    of: (partition: string): Coverage => known.get(partition) ?? noCoverage(stream, partition),
    /** Whoever should be asked and was not yet stands here, so that nobody takes silence for knowledge. */
    expect: (partitions: readonly string[]): void => {
      for (const partition of partitions)
        if (!known.has(partition)) {
          known.set(partition, noCoverage(stream, partition))
          unsaved.add(partition)
        }
    },
    note: (coverage: Coverage): void => {
      known.set(coverage.partition, isQuiet(coverage) ? coverage : { ...coverage, sums: ports.version() })
      unsaved.add(coverage.partition)
    },
    saveIfDue: async (): Promise<void> => {
      if (ports.clock() - savedAt >= saveEvery) await save()
    },
    save,
  }
}

export type ListCoverage = ReturnType<typeof keepListCoverage>
