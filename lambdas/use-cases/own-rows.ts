import type { Transaction } from '../domain/transaction.ts'
import { alignTo, intersect, union, type Window } from '../domain/window.ts'
import type { Page } from './fetch-window.ts'

export type OwnRowsPorts = {
  readonly stored: (window: Window) => Promise<readonly Transaction[]>
  /** Whether a stored row was told by another partition that tells the same rows in other words. */
  readonly isOthers: (row: Transaction) => boolean
}

/**
 * Where two partitions tell the same rows in other words, time divides them: neither stores a row outside the window that was asked
 * for, and a unit that holds a row of the other is left to it. Whoever began to tell it may have been interrupted, so that
 * nobody knows whether it told all.
 */
export function ownRows({ stored, isOthers }: OwnRowsPorts, unit: number) {
  let begun: readonly Window[] = []

  return {
    /** The page without what is not for this partition to tell. */
    of: async <P extends Page>(page: P, window: Window): Promise<P> => {
      const others = (await stored(window)).filter(isOthers)
      begun = union(
        begun,
        others.map(({ time }) => alignTo(unit, { from: time, to: time + 1 })),
      )
      const isOwn = ({ time }: Transaction) =>
        time >= window.from && time < window.to && !begun.some(({ from, to }) => time >= from && time < to)
      return { ...page, transactions: page.transactions.filter(isOwn), timeless: page.timeless.filter(isOwn) }
    },
    /** The units of a window that another has begun to tell. */
    begunIn: (window: Window): readonly Window[] => intersect(begun, [window]),
  }
}
