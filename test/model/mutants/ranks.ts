import type { Mutant } from '../mutate.ts'

const windows = 'lambdas/use-cases/read-windows.ts'

/** Bugs where two sources tell the same: the worlds in which they do must catch each. */
export const mutantsOfRanks: readonly Mutant[] = [
  {
    name: 'nobody looks for what the other source has begun to tell',
    file: 'lambdas/use-cases/own-rows.ts',
    find: 'const others = (await stored(window)).filter(isOthers)',
    replace: 'const others = (await stored(window)).filter(isOthers).slice(0, 0)',
  },
  {
    name: 'rows outside the window that was asked for are stored',
    file: 'lambdas/use-cases/own-rows.ts',
    find: 'time >= window.from && time < window.to && ',
    replace: '',
  },
  {
    name: 'a moment that the other source began to tell is covered',
    seenIn: 84,
    file: windows,
    find: 'for (const unit of begun) known.cover(unit, page, false)',
    replace: 'for (const unit of begun) known.cover(unit, page, true)',
  },
  {
    name: 'the better source tells again what its reserve has told',
    seenIn: 603,
    file: 'lambdas/domain/reserves.ts',
    find: 'return reserveOf === partition && !isListed(partitions) ? partitions : []',
    replace: 'return []',
  },
]
