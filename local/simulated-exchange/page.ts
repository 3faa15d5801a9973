import { integer, type Random, seededRandom } from './random.ts'

/** Which rows of a window that holds more than a page are served, and in which order. */
export const pageOrders = ['newest', 'oldest', 'shuffled'] as const

export type PageOrder = (typeof pageOrders)[number]

/** `rows` are in time order. Newest begins with the newest; shuffled serves any rows in any order. */
export function servePage<Row>(rows: readonly Row[], cap: number, order: PageOrder, random: Random): Row[] {
  switch (order) {
    case 'newest':
      return rows.slice(-cap).reverse()
    case 'oldest':
      return rows.slice(0, cap)
    case 'shuffled':
      return draw(rows, cap, random)
  }
}

/** The page after the first `skip` rows. Shuffled rows keep their order from page to page, as long as no row comes. */
export function serveLaterPage<Row>(
  rows: readonly Row[],
  cap: number,
  order: PageOrder,
  skip: number,
): Row[] {
  const all = servePage(rows, Math.max(1, rows.length), order, seededRandom(rows.length))
  return all.slice(skip, skip + cap)
}

function draw<Row>(rows: readonly Row[], count: number, random: Random): Row[] {
  const left = [...rows]
  const drawn: Row[] = []
  while (left.length > 0 && drawn.length < count)
    drawn.push(...left.splice(integer(random, 0, left.length - 1), 1))
  return drawn
}
