import type { Mutant } from '../mutate.ts'

const money = 'lambdas/domain/futures-money.ts'

/** Bugs in the money of futures: its sums in exports must catch each. */
export const mutantsOfMoney: readonly Mutant[] = [
  {
    name: 'a futures fill tells its money although the ledger is known for its time',
    file: money,
    find: 'settled.get(keyOf(fill, part)) ?? !(inLedger(fill) || isLeftToFiles(fill, part))',
    replace: 'settled.get(keyOf(fill, part)) ?? true',
  },
  {
    name: 'a row of the futures ledger counts where the ledger is not known, although a fill tells the same',
    file: money,
    find: '    .filter((row) => !told.has(row))\n',
    replace: '',
  },
  {
    name: 'a row of the futures ledger that lies astray tells what its fill told',
    file: money,
    find: "settled.get(keyOf(row, 'row')) ?? inLedger(row)",
    replace: "settled.get(keyOf(row, 'row')) ?? true",
  },
  {
    name: 'a futures fill and its row on two sides of a border both tell',
    file: money,
    find: '      settled.set(fill.key, !row.inLedger)\n',
    replace: '',
  },
  {
    name: 'a futures fill whose row is dated after the end of ledger time is told by nobody',
    file: money,
    find: 'else if (fill.inLedger && fill.nearEnd) settled.set(fill.key, true)',
    replace: '',
  },
]
