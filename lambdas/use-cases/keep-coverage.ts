import {
  type Answer,
  coverAnswer,
  coverRefusal,
  coverSaturation,
  evidenceAge,
  provenPart,
  strongerEvidence,
  withhold,
} from '../domain/cover-answer.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { WindowStream } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { intersect, subtract, union, type Window } from '../domain/window.ts'
import type { Page } from './fetch-window.ts'

/** What answers of one run let be said of one partition: the coverage that it begins with, brought up to date answer by answer. */
export function keepCoverage(
  definition: WindowStream,
  start: Coverage,
  startedAt: number,
  /** Where in an answer's window rows were served that cannot be read. */
  unreadable: (page: Page, window: Window) => readonly Window[],
) {
  const careSince = start.covered[0]?.from
  const symbols = new Set(start.symbols)
  const seen = start.evidence
  let evidence = seen !== undefined && startedAt - seen.servedAt < evidenceAge ? seen : undefined
  let coverage: Coverage = {
    ...start,
    note: undefined,
    reasked: Math.min(start.reasked ?? startedAt, startedAt),
  }
  /** The windows that this run got a whole answer for. */
  let answeredBefore: readonly Window[] = []
  /** What is covered whatever comes of answers that may be cut. */
  let sure = start
  /** The earliest question by the exchange's clock; ours may be ahead. */
  let firstAsked = startedAt

  function answerOf(window: Window, page: Page, proven: boolean): Answer {
    const times = page.transactions.flatMap(({ time }) =>
      time >= window.from && time < window.to ? [time] : [],
    )
    const oldest = times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b))
    // A row is evidence as soon as it is served: younger answers may be looked at before it is stored.
    if (oldest !== undefined) evidence = strongerEvidence(evidence, { time: oldest, servedAt: page.askedAt })
    return {
      window,
      askedAt: page.askedAt,
      answeredAt: page.answeredAt,
      evidence,
      oldest,
      proven,
      answeredBefore,
      unreadable: unreadable(page, window),
    }
  }

  return {
    /** Rows that are stored. */
    stored: ({ transactions }: Page): void => {
      for (const { symbol } of transactions) if (symbol !== undefined) symbols.add(symbol)
      coverage = withEnds(coverage, transactions)
    },
    /** An answer whose rows are stored is all there is of its window; not `proven`, as far as anybody can tell. */
    cover: (window: Window, page: Page, proven: boolean): void => {
      firstAsked = Math.min(firstAsked, page.askedAt)
      coverage = coverAnswer(coverage, definition, answerOf(window, page, proven), careSince)
      if (proven) answeredBefore = union(answeredBefore, [window])
    },
    /** `said`, in so many words: what was covered before and is refused now is lost. */
    refuse: (window: Window, said: boolean): void => {
      coverage = coverRefusal(coverage, window, said ? careSince : undefined)
    },
    saturate: (window: Window): void => {
      coverage = coverSaturation(coverage, window)
    },
    /** These answers may be cut: nothing of what they let be said counts, and no row that comes to light confirms them. */
    doubt: (windows: readonly Window[]): void => {
      coverage = withhold(coverage, sure, windows)
      answeredBefore = subtract(answeredBefore, windows)
    },
    /** Whatever is asked from now on, what is covered by now stays covered. */
    settle: (): void => {
      sure = coverage
    },
    note: (note: NonNullable<Coverage['note']>): void => {
      coverage = { ...coverage, note }
    },
    /** What was covered before is shown again by an answer that is whole, as far as it can be believed. */
    dueFrom: (page: Page, window: Window): readonly Window[] =>
      intersect([provenPart(definition, answerOf(window, page, true))], start.covered),
    symbols: (): readonly string[] => [...symbols].sort(),
    /** `doubted`: where answers may be cut, and were not looked into yet. */
    known: (doubted: readonly Window[]): Coverage => ({
      ...withhold(coverage, sure, doubted),
      symbols: [...symbols].sort(),
      ...(evidence !== undefined && { evidence }),
    }),
    current: () => coverage,
    /** The windows that this run got a whole answer for. */
    answered: () => answeredBefore,
    /** Until when rows must have appeared that the first answer of this run was to show. */
    settled: (): number =>
      Math.floor((firstAsked - definition.settleLag) / definition.unit) * definition.unit,
  }
}

function withEnds(coverage: Coverage, stored: readonly Transaction[]): Coverage {
  const { oldest, newest } = coverage
  const times = [...stored.map(({ time }) => time), oldest, newest].filter((time) => time !== undefined)
  if (times.length === 0) return coverage
  return {
    ...coverage,
    oldest: times.reduce((a, b) => Math.min(a, b)),
    newest: times.reduce((a, b) => Math.max(a, b)),
  }
}
