/**
 * Which rows of a page were shown by the pages before it, of a list whose pages were asked for so that each begins with the last row of the one
 * before: rows in the words of the exchange. None: the page begins elsewhere. Of rows that nothing tells apart, as few as may be are
 * taken for the same one; where a page has an order of its own, whatever stood in those before it.
 */
export function shownBefore(known: readonly string[], page: readonly string[]): readonly boolean[] {
  const most = Math.min(known.length, page.length)
  for (let size = 1; size <= most; size += 1)
    if (known.slice(-size).every((row, index) => row === page[index])) return page.map((_, at) => at < size)
  const left = new Map<string, number>()
  for (const row of known) left.set(row, (left.get(row) ?? 0) + 1)
  return page.map((row) => {
    const count = left.get(row) ?? 0
    if (count > 0) left.set(row, count - 1)
    return count > 0
  })
}
