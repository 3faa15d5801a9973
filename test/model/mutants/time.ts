import type { Mutant } from '../mutate.ts'

const windows = 'lambdas/use-cases/read-windows.ts'
const stream = 'lambdas/use-cases/sync-stream.ts'
const keeping = 'lambdas/use-cases/keep-coverage.ts'
const fetch = 'lambdas/use-cases/fetch-window.ts'

/** Bugs in what is asked, and what an answer proves of its time: the invariants of the model must catch each. */
export const mutantsOfTime: readonly Mutant[] = [
  {
    name: 'a full page is taken as complete',
    file: fetch,
    find: 'if (page.served < definition.pageCap) {\n    const { timeless',
    replace: 'if (page.served <= definition.pageCap) {\n    const { timeless',
    also: {
      file: 'lambdas/use-cases/doubt-largest.ts',
      find: 'return served >= Math.max(most, leastDoubted(definition))',
      replace: 'return served !== definition.pageCap && served >= Math.max(most, leastDoubted(definition))',
    },
  },
  {
    name: 'the upper end of a question is taken as inclusive',
    file: 'lambdas/domain/stream.ts',
    find: "const end = window.to / unit - (upperEnd === 'inclusive' ? 1 : 0)",
    replace: 'const end = window.to / unit - (upperEnd === upperEnd ? 1 : 0)',
  },
  {
    name: 'the lower end of a question is taken as inclusive',
    file: 'lambdas/domain/stream.ts',
    find: "const start = window.from / unit - (lowerEnd === 'inclusive' ? 0 : 1)",
    replace: 'const start = window.from / unit - (lowerEnd === upperEnd ? 0 : 0)',
  },
  {
    name: 'the upper end of covered time is inclusive',
    file: 'lambdas/domain/cover-answer.ts',
    find: 'return Math.min(window.to, Math.floor((askedAt - settleLag) / unit) * unit)',
    replace: 'return Math.min(window.to + unit, Math.floor((askedAt - settleLag) / unit) * unit)',
  },
  {
    name: 'there is no settle lag',
    file: 'lambdas/domain/cover-answer.ts',
    find: 'Math.floor((askedAt - settleLag) / unit) * unit',
    replace: 'Math.floor((askedAt - 0 * settleLag) / unit) * unit',
  },
  {
    name: 'a full page is followed by what is younger than its newest row',
    file: windows,
    find: '      await progress()\n      return page.pieces\n',
    replace: `      const newest = Math.max(...page.transactions.map(({ time }) => time))
      const next = Math.floor(newest / definition.unit) * definition.unit + definition.unit
      known.cover({ from: window.from, to: Math.min(next, window.to) }, page, true)
      await progress()
      return next < window.to ? [{ from: next, to: window.to }] : []\n`,
  },
  {
    name: 'a failure is taken for an empty page',
    file: windows,
    find: '    } else policy.fail(error.failure, window)\n',
    replace: `    } else if (kind !== 'aborted' && kind !== 'lease-lost') {
      const now = ports.clock()
      known.cover(window, { askedAt: now, answeredAt: now, transactions: [], timeless: [], served: 0 }, true)
    } else policy.fail(error.failure, window)\n`,
  },
  {
    name: 'halving skips the middle',
    file: 'lambdas/domain/window.ts',
    find: 'to: window.from + Math.floor((units * (index + 1)) / count) * unit,',
    replace: 'to: window.from + Math.max(1, Math.floor((units * (index + 1)) / count) - 1) * unit,',
  },
  {
    name: 'a burst of rows is skipped between what lies before and after it',
    file: 'lambdas/domain/split-window.ts',
    find: '      { from, to },\n',
    replace: '',
  },
  {
    name: 'nothing is read again behind the frontier',
    file: 'lambdas/domain/plan-windows.ts',
    find: 'return newest <= near ? newest : Math.max(newest - definition.lookBack, near)',
    replace: 'return newest + 0 * near',
  },
  {
    name: 'an empty answer beyond the documented depth is believed',
    file: 'lambdas/domain/cover-answer.ts',
    find: 'const believable = silent ? to : Math.min(horizon, answer.oldest ?? horizon)',
    replace: 'const believable = silent ? 0 : Math.min(horizon, answer.oldest ?? horizon)',
  },
  {
    name: 'time that the exchange serves no more is called covered after a long night',
    file: 'lambdas/domain/cover-answer.ts',
    find: 'return askedAt - Math.max(depth, shown)',
    replace: 'return askedAt - Math.max(2 * depth, shown)',
  },
  {
    name: 'a window that fails is not asked again',
    file: windows,
    find: '    } else policy.fail(error.failure, window)\n',
    replace: `    } else {
      known.saturate(window)
      policy.fail(error.failure, window)
    }\n`,
  },
  {
    name: 'a run with time of which nobody can tell calls itself complete',
    file: 'lambdas/domain/completeness.ts',
    find: ': unverified.length > 0 || parts.some(',
    replace: ': parts.some(',
  },
  {
    name: 'a run with gaps says only that nobody can tell',
    file: 'lambdas/domain/completeness.ts',
    find: 'behind.length > 0 || missing.length > 0',
    replace: 'behind.length > 0',
  },
  {
    name: 'only the first partition is asked',
    file: stream,
    find: 'parts.map(({ partition, definition }) => {',
    replace: 'parts.slice(0, 1).map(({ partition, definition }) => {',
  },
  {
    name: 'windows are not cut at the edge of what the exchange is known to serve',
    seenIn: 39,
    file: 'lambdas/domain/plan-windows.ts',
    find: '.map((age) => edgeAt(age, unit, now, edgeSlack)),',
    replace: '.map((age) => edgeAt(age, unit, now, edgeSlack)).slice(99),',
  },
  {
    name: 'time that expired during a long night is passed over',
    file: 'lambdas/domain/cover-answer.ts',
    find: "        lost.map((part) => ({ ...part, reason: 'expired' })),\n      ),\n      answer,",
    replace: '        [],\n      ),\n      answer,',
  },
  {
    name: 'what others report is believed as if it were documented',
    file: 'lambdas/domain/cover-answer.ts',
    find: 'return askedAt - Math.max(depth, shown)',
    replace: 'return askedAt - Math.max(4 * depth, shown)',
  },
  {
    name: 'what nobody could tell is never asked again',
    file: windows,
    find: 'const again = recheck || isDueAgain(start, startedAt)',
    replace: 'const again = recheck && isDueAgain(start, startedAt) && false',
  },
  {
    name: 'time that is documented to be served is lost where it is refused',
    file: 'lambdas/use-cases/find-horizon.ts',
    find: '    const old = { ...window, to: Math.min(window.to, young) }',
    replace: '    const old = window',
  },
  {
    name: 'what a clock that was ahead noted as the last time is waited for',
    file: keeping,
    find: 'reasked: Math.min(start.reasked ?? startedAt, startedAt)',
    replace: 'reasked: start.reasked ?? startedAt',
  },
  {
    name: 'a run is planned by our own clock',
    file: stream,
    find: 'clock: ports.client.now,',
    replace: 'clock: ports.clock,',
  },
  {
    name: 'a row that is served today confirms what an earlier run doubted',
    seenIn: 17,
    file: 'lambdas/domain/cover-answer.ts',
    find: '  const proven = intersect(doubted, answered)',
    replace:
      '  const proven = intersect(doubted, [{ from: oldest, to: Number.MAX_SAFE_INTEGER }, ...answered])',
  },
  {
    name: 'an answer with as many rows as the largest one is believed',
    file: 'lambdas/use-cases/doubt-largest.ts',
    find: 'return served >= Math.max(most, leastDoubted(definition))',
    replace: 'return served > Math.max(most, leastDoubted(definition))',
  },
  {
    name: 'coverage of answers that may be cut is saved before they are looked into',
    file: 'lambdas/domain/cover-answer.ts',
    find: 'if (windows.length === 0) return coverage\n',
    replace: 'if (windows.length >= 0) return coverage\n',
  },
  {
    name: 'an older row confirms an answer that was found to be cut',
    file: keeping,
    find: '      answeredBefore = subtract(answeredBefore, windows)\n',
    replace: '',
  },
  {
    name: 'rows of other time are not noticed in an answer',
    file: fetch,
    find: "if (isAstray(page, window, definition)) return { ...page, outcome: 'astray' }",
    replace: '',
  },
  {
    name: 'young time that is answered with rows of other time is not served any more',
    file: windows,
    find: 'if (!isUndocumented(window)) throw',
    replace: 'if (window.from > ports.clock()) throw',
    also: {
      file: 'lambdas/use-cases/find-horizon.ts',
      find: 'const young = isTimeTold ? documented() : 0',
      replace: 'const young = Number.MAX_SAFE_INTEGER',
    },
  },
  {
    name: 'time that nobody asked for is refused as younger time was',
    seenIn: 71,
    file: 'lambdas/use-cases/find-horizon.ts',
    find: '    if (unasked.delete(window)) return serves(window)\n',
    replace: '',
  },
  {
    name: 'old time that is answered with rows of other time fails for ever',
    file: windows,
    find: '    horizon.note(window)\n    return []\n',
    replace: "    throw new FailureError({ kind: 'bad-payload' })\n",
  },
  {
    name: 'time in which a row could not be read is called covered',
    file: 'lambdas/domain/cover-answer.ts',
    find: 'if (settled.length === 0) return coverage\n',
    replace: 'if (settled.length >= 0) return coverage\n',
  },
]
