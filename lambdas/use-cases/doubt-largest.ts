import { isDoubted, leastDoubted, type Pages } from '../domain/largest-answer.ts'
import type { WindowStream } from '../domain/stream.ts'
import { keyOf, type Transaction } from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import type { Page } from './fetch-window.ts'

/** An answer that may be cut, and the window it was for. */
export type Doubted = { readonly window: Window; readonly page: Page }

/**
 * The largest answers of one partition in one run. `known` is what earlier runs saw. Answers that may be cut are held until a
 * larger one clears them, or until they are taken to be asked for in parts.
 */
export function largestAnswers(definition: WindowStream, known: Pages | undefined, now: number) {
  const fresh = known !== undefined && !isDoubted(known, now) ? known : undefined
  let most = fresh?.most ?? 0
  let cap = fresh?.cap
  let at = fresh?.at ?? now
  let held: readonly Doubted[] = []
  const divided: { readonly window: Window; readonly page: Page; readonly shown: ReadonlySet<string> }[] = []

  /** Notes an answer, and returns those that it clears: with more rows than they have, it shows that they are not cut. */
  function see(window: Window, page: Page): readonly Doubted[] {
    if (cap === undefined && bringsMore(window, page.transactions)) {
      // Only answers with the most rows are ever divided: they were cut there.
      cap = most
      at = now
    }
    if (page.served < most || page.served === 0) return []
    at = now
    if (page.served === most) return []
    most = page.served
    cap = undefined
    const cleared = held
    held = []
    return cleared
  }

  function isCut({ served }: Page): boolean {
    return served >= Math.max(most, leastDoubted(definition))
  }

  /** Whether a part shows rows that the whole did not. What appeared since is no sign of anything. */
  function bringsMore(part: Window, rows: readonly Transaction[]): boolean {
    return divided.some(
      ({ window, page, shown }) =>
        page.served === most &&
        part.from >= window.from &&
        part.to <= window.to &&
        rows.some(
          (row) =>
            row.time >= window.from &&
            row.time < Math.min(window.to, page.askedAt - definition.settleLag) &&
            !shown.has(keyOf(row)),
        ),
    )
  }

  return {
    see,
    isCut,
    bringsMore,
    hold: (doubted: Doubted) => {
      held = [...held, doubted]
    },
    held: (): readonly Window[] => held.map(({ window }) => window),
    /** Those that are still held: they are asked for in parts. */
    take: (): readonly Doubted[] => {
      const taken = held
      held = []
      for (const one of taken) divided.push({ ...one, shown: new Set(one.page.transactions.map(keyOf)) })
      return taken
    },
    /** A part that was narrowed otherwise than by time showed more. */
    prove: () => {
      cap = most
      at = now
    },
    isProven: () => cap !== undefined,
    /** The stream with the page cap that answers have shown. */
    asking: (): WindowStream => (cap === undefined ? definition : { ...definition, pageCap: cap }),
    /** `whole`: nothing is held any more. */
    remember: (whole: boolean): Pages | undefined => {
      if (cap !== undefined) return { most: cap, at, cap }
      if (fresh !== undefined || known === undefined) return most > 0 ? { most, at } : known
      if (!whole) return known
      if (most < leastDoubted(definition)) return { ...known, looked: now }
      return { most: Math.max(most, known.cap === undefined ? known.most : 0), at: now }
    },
  }
}
