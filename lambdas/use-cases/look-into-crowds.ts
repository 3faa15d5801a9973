import type { WindowStream } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { divide, union, type Window, width } from '../domain/window.ts'
import type { Doubted, largestAnswers } from './doubt-largest.ts'
import { type FetchPorts, fetchDenseWindow, fetchNarrowed, type Page } from './fetch-window.ts'
import type { findHorizon } from './find-horizon.ts'
import type { keepCoverage } from './keep-coverage.ts'
import type { More } from './store-rows.ts'

export type CrowdPorts = FetchPorts & {
  readonly stored: (window: Window) => Promise<readonly Transaction[]>
  readonly largest: ReturnType<typeof largestAnswers>
  readonly known: ReturnType<typeof keepCoverage>
  readonly horizon: ReturnType<typeof findHorizon>
  readonly work: (
    windows: readonly Window[],
    ask: (window: Window) => Promise<readonly Window[]>,
  ) => Promise<void>
  /** What of a page this partition is to tell. */
  readonly mine: <P extends Page>(page: P, window: Window) => Promise<P>
  readonly take: (page: Page, window: Window, more: More) => Promise<void>
  /** What was shown there is all there is. */
  readonly clear: (cleared: readonly Doubted[]) => Promise<void>
  readonly cover: (window: Window, page: Page, proven: boolean) => void
  /** The same rows, those that do not say when dated. */
  readonly dated: (page: Page, window: Window) => Promise<Page>
  readonly progress: () => Promise<void>
  /** The end of what the run asks for. */
  readonly until: number
}

/** Smallest windows that time divides no further, of one partition: they are asked for by all else. */
export function crowdedWindows(ports: CrowdPorts, definition: WindowStream, partition: string) {
  const { largest, known, horizon, work, mine, take, clear, cover } = ports
  /** Those whose answers were full. */
  const dense: Window[] = []
  /** Those whose answers may be cut. */
  const crowded = new Map<Window, Page>()
  /** Whether crowded instants were shown whole, as far as anybody can tell. */
  let areWhole = true

  async function handleCrowded(window: Window): Promise<readonly Window[]> {
    const page = crowded.get(window)
    if (page === undefined) return []
    const narrowed = largest.isProven()
      ? undefined
      : await mine(await fetchNarrowed(ports, definition, partition, window, page), window)
    if (narrowed !== undefined) await take(narrowed, window, 'more to come')
    crowded.delete(window)
    if (narrowed === undefined || narrowed.more) {
      largest.prove()
      dense.push(window)
    } else {
      areWhole &&= narrowed.proven
      await clear([{ window, page }])
      cover(window, page, narrowed.proven)
    }
    return []
  }

  async function handleDense(window: Window): Promise<readonly Window[]> {
    const seen = {
      rows: await ports.stored(window),
      symbols: known.symbols(),
      until: Math.max(ports.until, window.to),
    }
    const parts = await mine(await fetchDenseWindow(ports, largest.asking(), partition, window, seen), window)
    const apart = parts.saturated && width(window) > definition.unit
    await take(apart ? parts : await ports.dated(parts, window), window, apart ? 'more to come' : 'whole')
    // Two instants together may hold more than a question obtains where each alone does not.
    if (apart) return divide(window, 2, definition.unit)
    areWhole &&= parts.proven && !parts.saturated
    if (parts.saturated) known.saturate(window)
    else cover(window, parts, parts.proven)
    await ports.progress()
    return []
  }

  return {
    addDense: (window: Window): void => {
      dense.push(window)
    },
    addCrowded: (window: Window, page: Page): void => {
      crowded.set(window, page)
    },
    /** Where answers may be cut, and were not looked into yet. */
    doubted: (): readonly Window[] => [...crowded.keys()],
    /** Of what was served as a whole and is refused in parts, the old has met the horizon meanwhile. */
    lookInto: async (): Promise<void> => {
      for (const window of await horizon.during(() => work([...crowded.keys()], handleCrowded))) {
        crowded.delete(window)
        horizon.refuse(window)
      }
      for (const window of await horizon.during(() => work(together(dense.splice(0)), handleDense)))
        horizon.refuse(window)
    },
    /** From now on, whether those to come are shown whole. */
    begin: (): void => {
      areWhole = true
    },
    areWhole: () => areWhole,
  }
}

/** Where questions overlap by a unit, one dense instant makes up to three windows dense: they are asked for as one. */
function together(windows: readonly Window[]): readonly Window[] {
  return union(windows).flatMap((run) => {
    const parts = windows.filter(({ from, to }) => from >= run.from && to <= run.to)
    return parts.length <= 3 ? [run] : parts
  })
}
