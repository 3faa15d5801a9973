import type fc from 'fast-check'
import { situations } from '../list-situations.ts'
import type { ListWorld } from '../list-world.ts'
import type { Mutant } from '../mutate.ts'

const fetch = 'lambdas/use-cases/fetch-list.ts'
const read = 'lambdas/use-cases/read-list.ts'
const undated = 'lambdas/use-cases/keep-undated.ts'
const lists = 'lambdas/use-cases/read-lists.ts'
const back = 'lambdas/use-cases/go-back.ts'
const keeping = 'lambdas/use-cases/keep-list-coverage.ts'
const proof = 'lambdas/domain/list-proof.ts'
const coverage = 'lambdas/domain/list-coverage.ts'
const rotation = 'lambdas/domain/rotation.ts'
const shelves = 'lambdas/adapters/coverage.ts'
const streams = 'lambdas/use-cases/sync-stream.ts'
const olderTime = 'lambdas/use-cases/ask-older.ts'
const witness = 'lambdas/use-cases/ask-witness.ts'
const orders = 'lambdas/domain/order-witness.ts'

type MutantOfLists = Mutant & {
  /** The kind of worlds in which it shows soon. */
  readonly shows: fc.Arbitrary<ListWorld>
}

/** Bugs in the reading of lists: every one of these must be caught by the worlds of lists. */
export const mutantsOfLists: readonly MutantOfLists[] = [
  {
    name: 'an offset is taken to count rows without trying',
    shows: situations.countedPages,
    file: fetch,
    find: 'if (again === 0 || countOf(all) < fewestDoubted(pageSizes)) break',
    replace: 'if (again === 0 || countOf(all) > 0) break',
  },
  {
    name: 'a night that ends before the account is recognised forgets who was to be asked',
    shows: situations.listedMeanwhile,
    file: streams,
    find: '    for (const definition of lists) expectNames(keeper, definition, work.names(definition))\n',
    replace: '',
  },
  {
    name: 'a page cut off is taken for the youngest rows without trying',
    shows: situations.oldestFirst,
    file: fetch,
    find: "extent: proven ? 'youngest' : 'some'",
    replace: "extent: proven || half.served >= 0 ? 'youngest' : 'some'",
  },
  {
    name: 'a shorter page that is no shorter counts',
    shows: situations.oldestFirst,
    file: proof,
    find: 'from === undefined || shorter.length >= page.length) return false',
    replace: 'from === undefined) return false',
  },
  {
    name: 'a page whose rows share one moment counts as the youngest',
    shows: situations.oldestFirst,
    file: proof,
    find: '  if (youngestUnit(page, unit) === oldest) return false\n',
    replace: '',
  },
  {
    name: 'the oldest unit of a page cut off is covered',
    shows: situations.crowds,
    file: read,
    find: 'return (oldestUnit(transactions, unit) ?? Number.MAX_SAFE_INTEGER) + unit',
    replace: 'return oldestUnit(transactions, unit) ?? Number.MAX_SAFE_INTEGER',
  },
  {
    name: 'going back is believed without a known row',
    shows: situations.waysBack,
    file: proof,
    find: 'answer.every(({ time }) => time < until + unit) && holds(answer, witnesses)',
    replace: 'answer.every(({ time }) => time < until + unit)',
  },
  {
    name: 'the end of going back is the beginning of time',
    shows: situations.waysBack,
    file: back,
    find: "return done(isDoubtful(page.served, ports.manners) ? 'saturated' : 'beyond-depth')",
    replace:
      "return { ...done('beyond-depth'), coverage: coverShown(coverage, { from: 0, to: reached.unit }) }",
  },
  {
    name: 'going back covers its oldest unit, of which rows may be left',
    shows: situations.crowds,
    file: back,
    find: 'coverShown(coverage, { from: oldest + unit, to:',
    replace: 'coverShown(coverage, { from: oldest, to:',
  },
  {
    name: 'going back by time covers time that is not settled',
    shows: situations.unsettled,
    file: back,
    find: 'to: Math.min(settled, reached.unit + unit) })',
    replace: 'to: Math.max(settled, reached.unit + unit) })',
  },
  {
    name: 'what going back by time shows is covered and not stored',
    shows: situations.waysBack,
    file: back,
    find: '    await ports.take(page)\n    heeded = true\n',
    replace: '    heeded = true\n',
  },
  {
    name: 'what the first answer by ids shows is covered before the next one shows that it follows',
    shows: situations.waysBack,
    file: back,
    find: 'if (missingFrom(page.transactions, edge.rows).length === 0) {',
    replace: 'if (missingFrom(page.transactions, edge.rows).length >= 0) {',
  },
  {
    name: 'an answer by ids is believed without the row that the one before ended with',
    shows: situations.waysBack,
    file: back,
    find: '    if (last !== undefined && !rows.some(({ id }) => id === last?.id)) break\n',
    replace: '',
  },
  {
    name: 'rows before the id that was asked for are passed over',
    shows: situations.otherId,
    file: back,
    find: '    if (rows.some(({ id }) => id < BigInt(fromId))) break\n',
    replace: '',
  },
  {
    name: 'the first answer by ids is taken for the old end without trying',
    shows: situations.waysBack,
    file: back,
    find: 'return isOldest(page.transactions, half.transactions, definition.unit)',
    replace: 'return half.served >= 0',
  },
  {
    name: 'going back by ids covers time that is not settled',
    shows: situations.unsettled,
    file: back,
    find: 'to: Math.min(settled, edge.unit + unit) })',
    replace: 'to: Math.max(settled, edge.unit + unit) })',
  },
  {
    name: 'ids need not grow with time',
    shows: situations.twoSeries,
    file: back,
    find: 'return isLate ? undefined : identified',
    replace: 'return isLate ? identified : identified',
  },
  {
    name: 'a list is covered up to now',
    shows: situations.unsettled,
    file: coverage,
    find: 'return Math.floor((askedAt - settleLag) / unit) * unit',
    replace: 'return Math.floor((askedAt - 0 * settleLag) / unit) * unit',
  },
  {
    name: 'a list of several pages is read once',
    shows: situations.shiftingPages,
    file: fetch,
    find: "if (reading.atOnce) return { ...reading, extent: 'whole' }",
    replace: "if (reading.served >= 0) return { ...reading, extent: 'whole' }",
  },
  {
    name: 'an exchange that does not turn pages is believed',
    shows: situations.shiftingPages,
    file: fetch,
    find: 'return pages === 1 ? alone() : undefined',
    replace: 'return pages === 1 ? done(all, pages, false) : undefined',
  },
  {
    name: 'a row with the same id in two answers is two rows',
    shows: situations.movingOnById,
    file: 'lambdas/domain/transaction.ts',
    find: 'const named = id === undefined || shared.has(id) ? undefined : known.get(id)',
    replace: 'const named = id === undefined || known.size >= 0 ? undefined : known.get(id)',
  },
  {
    name: 'reading ends at a page that looks short',
    shows: situations.shiftingPages,
    file: fetch,
    find: '    pages += 1\n  }\n',
    replace: '    pages += 1\n    if (next.served < 10) break\n  }\n',
  },
  {
    name: 'only the list without status is read',
    shows: situations.movingOn,
    file: fetch,
    find: '  if (ports.manners.showsAllViews) return bare\n',
    replace: '  if (ports.manners.showsAllViews || bare.served >= 0) return bare\n',
  },
  {
    name: 'statuses are read against the way that rows go',
    shows: situations.movingOn,
    file: fetch,
    find: `  const bare = await readView(ports, definition, partition, {}, within)
  if (views === undefined || bare === undefined) return bare
`,
    replace: `  const last = views && (await readView(ports, definition, partition, { [views.filter]: views.all.at(-1) }))
  const bare = await readView(ports, definition, partition, {}, within)
  if (views === undefined || bare === undefined) return bare
  if (last !== undefined && !bare.transactions.some((row) => views.of(row) !== views.all[0]))
    return { ...bare, atOnce: bare.atOnce && last.atOnce, transactions: [...bare.transactions, ...last.transactions] }
`,
  },
  {
    name: 'a status that is refused takes back what was known before',
    shows: situations.refusedViews,
    file: read,
    find: " || extent === 'whole' || size === 0) return",
    replace: " || extent === 'whole') return",
  },
  {
    name: 'a status that is not asked for like that has no rows',
    shows: situations.refusedViews,
    file: fetch,
    find: '      all = { ...all, cut: true }\n',
    replace: '',
  },
  {
    name: 'an answer that lacks stored rows is believed',
    shows: situations.lies,
    file: read,
    find: '    if (missing.length === 0) return listed\n',
    replace: '    if (missing.length >= 0) return listed\n',
  },
  {
    name: 'an empty list is believed although rows are stored',
    shows: situations.lies,
    file: read,
    find: 'const held = isKnown ? listed : await believe(listed, answer)',
    replace:
      'const held = isKnown ? listed : await believe(listed, answer) ?? (listed.served ? undefined : listed)',
  },
  {
    name: 'a list is unchanged when it is as long as before',
    shows: situations.movingOn,
    file: proof,
    find: 'return sameSum(seen, sumOf(rows.filter(({ time }) => time < seen.until)))',
    replace: 'return seen.count === sumOf(rows.filter(({ time }) => time < seen.until)).count',
  },
  {
    name: 'a row shortly after those that were seen is taken for seen',
    shows: situations.closeBehind,
    file: read,
    find: 'listed.transactions.filter(({ time }) => time >= seen.until)',
    replace: 'listed.transactions.filter(({ time }) => time >= seen.until + 60_000)',
  },
  {
    name: 'coverage of a list is saved before its rows',
    shows: situations.closeBehind,
    file: read,
    find: 'await takeNew(held ?? listed, isKnown)',
    replace: 'void takeNew(held ?? listed, isKnown).catch(() => undefined)',
  },
  {
    name: 'an empty answer proves time beyond what is promised',
    shows: situations.tooOld,
    file: coverage,
    find: 'believableFrom(depth, answeredAt, evidence) / grain)',
    replace: 'believableFrom(2 * depth, answeredAt, evidence) / grain)',
  },
  {
    name: 'time beyond a depth that is only taken is called lost',
    shows: situations.longAway,
    file: coverage,
    find: 'const isLossKnown = careSince !== undefined && isDepthTaken === undefined',
    replace: 'const isLossKnown = careSince !== undefined',
  },
  {
    name: 'evidence is believed for ever',
    shows: situations.shrinking,
    file: lists,
    find: 'theirs - shown.servedAt < evidenceAge',
    replace: 'theirs - shown.servedAt < 99 * evidenceAge',
  },
  {
    name: 'a page is all there are unless a source names its size',
    shows: situations.unnamedCaps,
    file: proof,
    find: 'return served >= fewestDoubted(pageSizes) && served >= largest',
    replace: 'return served >= fewestDoubted(pageSizes) && served > largest',
  },
  {
    name: 'a page that was doubted is believed although none was seen to hold more',
    shows: situations.unnamedCaps,
    file: lists,
    find: 'if (size < shared.manners.largest) coverage.note(known)',
    replace: 'if (size <= shared.manners.largest) coverage.note(known)',
  },
  {
    name: 'names that were not asked yet are not on the roster',
    shows: situations.manyNames,
    file: keeping,
    find: '        if (!known.has(partition)) {\n',
    replace: "        if (partition === '') {\n",
  },
  {
    name: 'partitions without rows are asked once only',
    shows: situations.manyNames,
    file: rotation,
    find: "return again || asked <= startedAt - every + day / 2 ? 'due' : 'in turn'",
    replace: "return part?.asked === undefined ? 'due' : 'never'",
  },
  {
    name: 'a shelf forgets those that did not change',
    shows: situations.manyNames,
    file: shelves,
    find: 'const quiet = all.filter((part) => isQuiet(part) && shelfOf(part.partition) === shelf)',
    replace: 'const quiet = parts.filter((part) => isQuiet(part) && shelfOf(part.partition) === shelf)',
  },
  {
    name: 'partitions of which different things are known are put together',
    shows: situations.manyNames,
    file: shelves,
    find: "Object.entries({ ...part, partition: '' })",
    replace:
      "Object.entries({ ...part, partition: '', covered: [], attempted: 0, unverified: [], asked: 0 })",
  },
  {
    name: 'a partition that got rows is read from its shelf',
    shows: situations.firstRow,
    file: shelves,
    find: 'return [...own, ...quiet.filter((part) => !known.has(nameOf(part)))]',
    replace: 'return [...own, ...quiet]',
  },
  {
    name: 'a partition that is gone is taken for empty',
    shows: situations.leaving,
    file: coverage,
    find: 'const gone = place(\n    coverage,\n    [],',
    replace: 'const gone = place(\n    coverage,\n    open,',
  },
  {
    name: 'what nobody can tell of a partition that is gone grows every night',
    shows: situations.leaving,
    file: coverage,
    find: 'if (isGone(coverage)) return coverage',
    replace: '',
  },
  {
    name: 'nothing in answer to a question about a name that is not listed any more is proof',
    shows: situations.delisted,
    file: read,
    find: 'if (answer.served === 0 && ports.isUnlisted) {',
    replace: 'if (answer.served < 0 && ports.isUnlisted) {',
  },
  {
    name: 'an empty list is proof although no list shows the rows that it should',
    shows: situations.silentNight,
    file: 'lambdas/use-cases/believe-empty.ts',
    find: '!shown && telling.size > 0',
    replace: '!shown && telling.size < 0',
  },
  {
    name: 'a row that was taken back leaves its list doubted for ever',
    shows: situations.takenBack,
    file: read,
    find: 'if (!(await areGone(missing, witnesses, answer))) return undefined',
    replace: 'if (missing.length > 0) return undefined',
  },
  {
    name: 'whatever is missing from a list counts as taken back',
    shows: situations.lies,
    file: read,
    find: 'if (!missing.every(isBetween) || 2 * missing.length >= known) return false',
    replace: 'if (missing.some(isBetween) && known === 0) return false',
  },
  {
    name: 'time in which a row may lie that does not say when is covered',
    shows: situations.timeless,
    file: undated,
    find: 'return coverUnreadable(now, union(open), Number.MAX_SAFE_INTEGER)',
    replace: 'return coverUnreadable(now, union(open), 0)',
  },
  {
    name: 'a stored row that does not say when any more is another one',
    shows: situations.fading,
    file: read,
    find: 'const found = rowsRecognised(page.timeless, stored, page.transactions)',
    replace: 'const found = rowsRecognised([], stored, page.transactions)',
  },
  {
    name: 'a row that does not say when is kept anew each night',
    shows: situations.timeless,
    file: undated,
    find: 'known.get(row.identity) ?? kept.get(row.identity) ?? first?.from ?? answeredAt',
    replace: 'first?.from ?? answeredAt',
  },
  {
    name: 'what is asked for by its time is called covered',
    shows: situations.older,
    file: read,
    find: '    coverage = { ...coverage, olderTo: undefined, reasked: begunAt.theirs }\n',
    replace:
      '    const covered = [{ from: open.from, to: coverage.covered.at(-1)?.to ?? open.to }]\n    coverage = { ...coverage, covered, olderTo: undefined, reasked: begunAt.theirs }\n',
  },
  {
    name: 'a row that was asked for by its time tells how far back a list reaches',
    shows: situations.older,
    file: read,
    find: '        served += page.served\n        await take(await recognised(page))\n      },\n      onReached',
    replace:
      '        served += page.served\n        await take(await recognised(page))\n        learnFrom(page as Listed)\n      },\n      onReached',
  },
  {
    name: 'what is asked for by its time is not kept',
    shows: situations.older,
    file: read,
    find: '        served += page.served\n        await take(await recognised(page))\n      },\n      onReached',
    replace: '        served += page.served\n      },\n      onReached',
  },
  {
    name: 'older time is asked for at once and never in parts',
    shows: situations.older,
    file: olderTime,
    find: 'span === undefined ? [] : partsOf(window, span)',
    replace: '[]',
  },
  {
    name: 'that older time is refused as a whole is held against its parts',
    shows: situations.older,
    file: olderTime,
    find: "(await askWithin(window, window.to)) === 'ignored') return",
    replace: "(await askWithin(window, window.to)) !== 'heeded') return",
  },
  {
    name: 'there is older time between the parts that are asked for',
    shows: situations.older,
    file: olderTime,
    find: '    return { from: Math.max(from, end - span), to: end }\n',
    replace: '    return { from: Math.max(from, end - span), to: end - span / 2 }\n',
  },
  {
    name: 'who goes on forgets how far back older time was asked for',
    shows: situations.olderInTurns,
    file: read,
    find: '        if (inParts) coverage = { ...coverage, olderTo: from }\n',
    replace: '',
  },
  {
    name: 'who is stopped has asked for all of the older time',
    shows: situations.olderInTurns,
    file: read,
    find: 'coverage = { ...coverage, olderTo: from }',
    replace: 'coverage = { ...coverage, olderTo: 0 }',
  },
  {
    name: 'who goes on asks for older time as a whole once more',
    shows: situations.olderInTurns,
    file: read,
    find: '      atOnce: olderTo === undefined,\n',
    replace: '      atOnce: true,\n',
  },
  {
    name: 'older time is asked for once and never again',
    shows: situations.archiveOpens,
    file: read,
    find: '!(inParts || isDueAgain(start, begunAt.theirs))) return',
    replace: '!inParts) return',
  },
  {
    name: 'how far back older time was asked for is remembered when all of it was',
    shows: situations.archiveOpens,
    file: read,
    find: '{ ...coverage, olderTo: undefined, reasked: begunAt.theirs }',
    replace: '{ ...coverage, reasked: begunAt.theirs }',
  },
  {
    name: 'older time is asked for every night',
    shows: situations.older,
    file: read,
    find: '    if (definition.older === undefined || !(inParts || isDueAgain(start, begunAt.theirs))) return\n',
    replace: '    if (definition.older === undefined) return\n',
  },
  {
    name: 'older time is asked for in parts each week',
    shows: situations.archiveOpens,
    file: read,
    find: '      ...(inParts && { span: definition.older.span }),\n',
    replace: '      span: definition.older.span,\n',
  },
  {
    name: 'that no order lacks a fill proves that all fills are there',
    shows: situations.ordersTell,
    file: read,
    find: '    coverage = { ...coverage, lacking }\n',
    replace:
      '    const isWhole = lacking?.lacking === 0\n    coverage = { ...coverage, lacking, ...(isWhole && { lost: [], covered: [{ from: 0, to: settled }] }) }\n',
  },
  {
    name: 'orders that no fill lacks as yet are told to lack some',
    shows: situations.ordersTell,
    file: orders,
    find: 'changed !== undefined && changed < settled)',
    replace: 'changed !== undefined && changed >= 0)',
  },
  {
    name: 'an order of which one fill is stored lacks none',
    shows: situations.ordersTell,
    file: orders,
    find: "sign(add(filled, negate(shown.get(id) ?? '0'))) > 0",
    replace: '!shown.has(id) && sign(filled) > 0',
  },
  {
    name: 'the fills that are missing lie where their orders begin',
    shows: situations.ordersTell,
    file: orders,
    find: 'orders.reduce((last, { changed = 0 }) => Math.max(last, changed + 1), 0)',
    replace: 'orders.reduce((last, { time }) => Math.max(last, time + 1), 0)',
  },
  {
    name: 'orders are asked for every night',
    shows: situations.ordersTell,
    file: witness,
    find: '  if (isTold && !isDueAgain({ ...known.now, reasked: lacking.at }, now)) return lacking\n',
    replace: '',
  },
  {
    name: 'orders are not asked for again when more is missing',
    shows: situations.ordersTell,
    file: witness,
    find: '  if (isTold && !isDueAgain(',
    replace: '  if (lacking !== undefined && !isDueAgain(',
  },
  {
    name: 'what orders told stays where nothing is missing any more',
    shows: situations.wayBackOpens,
    file: witness,
    find: "|| saturated(known.now) === '') return undefined",
    replace: ") return undefined\n  if (saturated(known.now) === '') return lacking",
  },
  {
    name: 'an order lacks the fill that cannot be read',
    shows: situations.ordersOfTimeless,
    file: witness,
    find: '  if (rows.some(isUnreadable) || unreadableIn(known.before).some(({ to }) => to > since)) return lacking\n',
    replace: '',
  },
]
