import type { Mutant } from './mutants.ts'

const fetch = 'lambdas/use-cases/fetch-list.ts'
const back = 'lambdas/use-cases/go-back.ts'
const proof = 'lambdas/domain/list-proof.ts'

/** Bugs in the reading of lists: every one of these must be caught by the worlds of lists. */
export const mutantsOfLists: readonly Mutant[] = [
  {
    name: 'a page of as many rows as a page can hold is taken for all',
    file: proof,
    find: 'return served >= Math.max(1, ...pageSizes) || pageSizes.includes(served)',
    replace: 'return served > Math.max(1, ...pageSizes)',
  },
  {
    name: 'a page cut off is taken for the youngest rows without trying',
    file: fetch,
    find: "extent: proven ? 'youngest' : 'some'",
    replace: "extent: proven || half.served >= 0 ? 'youngest' : 'some'",
  },
  {
    name: 'a shorter page that is no shorter counts',
    file: proof,
    find: 'from === undefined || shorter.length >= page.length) return false',
    replace: 'from === undefined) return false',
  },
  {
    name: 'going back is believed without a known row',
    file: proof,
    find: 'answer.every(({ time }) => time < until + unit) && holds(answer, witnesses)',
    replace: 'answer.every(({ time }) => time < until + unit)',
  },
  {
    name: 'the end of going back is the beginning of time',
    file: back,
    find: "return done(mayBeCut(page.served, ports.manners.pageSizes) ? 'saturated' : 'beyond-depth')",
    replace:
      "return { ...done('beyond-depth'), coverage: coverShown(coverage, { from: 0, to: reached.unit }) }",
  },
  {
    name: 'what the first answer by ids shows is covered before the next one shows that it follows',
    file: back,
    find: 'if (missingFrom(page.transactions, edge.rows).length === 0) {',
    replace: 'if (missingFrom(page.transactions, edge.rows).length >= 0) {',
  },
]
