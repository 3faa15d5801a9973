import type { Mutant } from '../mutate.ts'

const windows = 'lambdas/use-cases/read-windows.ts'

/** Bugs where fills are found by their orders: the worlds in which they are must catch each. */
export const mutantsOfParts: readonly Mutant[] = [
  {
    name: 'a list that is full is taken for whole',
    file: 'lambdas/use-cases/fetch-parts.ts',
    find: 'const isFull = data.length >= byParts.pageCap',
    replace: 'const isFull = data.length > byParts.pageCap',
  },
  {
    name: 'an order with as many fills as an answer shows is taken for whole',
    file: 'lambdas/use-cases/fetch-parts.ts',
    find: 'isCut ||= part.served >= pageCap',
    replace: 'isCut ||= part.served > pageCap',
  },
  {
    name: 'what is found by orders is called covered',
    file: windows,
    find: 'cover(window, page, isOneAnswer)',
    replace: 'cover(window, page, byParts !== page)',
  },
  {
    name: 'orders are not listed again, however late they are filled',
    file: 'lambdas/domain/plan-windows.ts',
    find: 'const newest = readUntil(coverage)',
    replace: 'const newest = coverage.covered.at(-1)?.to',
  },
  {
    name: 'that a list ignores old time is held against young time',
    file: 'lambdas/use-cases/fetch-parts.ts',
    find: 'const isComparable = (other: Window) => isUndocumented(window) || !isUndocumented(other)',
    replace: 'const isComparable = (_other: Window) => true',
  },
]
