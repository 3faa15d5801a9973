import type { Mutant } from '../model/mutate.ts'

/** Bugs in the merging of statements: every one of these must be caught by random histories. */
export const mutantsOfMerging: readonly Mutant[] = [
  {
    name: 'what two files of one grain tell is added up',
    file: 'lambdas/statements/layers.ts',
    find: 'count: most,',
    replace: 'count: tellings.reduce((sum, { rows }) => sum + rows.length, 0),',
  },
  {
    name: 'rows alike in one file are taken for one',
    file: 'lambdas/statements/layers.ts',
    find: 'own.rows.push(row)',
    replace: 'own.rows = [row]',
  },
  {
    name: 'coarse files come before finer ones',
    file: 'lambdas/statements/layers.ts',
    find: '.sort((a, b) => compareFineness(a, b) || compareBytes(a.name, b.name))',
    replace: '.sort((a, b) => compareFineness(b, a) || compareBytes(a.name, b.name))',
  },
  {
    name: 'who finds a place taken does not ask whoever sits there to move on',
    file: 'lambdas/statements/match.ts',
    find: 'for (const one of sitting) queue.push(one)',
    replace: 'if (sitting.size < 0) queue.push(taker)',
  },
  {
    name: 'nothing finer is looked for',
    file: 'lambdas/statements/assign.ts',
    find: 'if (group !== undefined) taken.set(group, (taken.get(group) ?? 0) + 1)',
    replace: 'if (group !== undefined) taken.set(group, 0)',
  },
  {
    name: 'of the rules by which numbers are rounded only the first is tried',
    file: 'lambdas/statements/assign.ts',
    find: 'Object.keys(decimals).length === 0 ? [first] : roundings',
    replace: 'Object.keys(decimals).length < 9 ? [first] : roundings',
  },
  {
    name: 'a time is always cut to its unit',
    file: 'lambdas/statements/assign.ts',
    find: 'unit === 1 ? timeRules.slice(0, 1) : timeRules',
    replace: 'timeRules.slice(0, 1)',
  },
  {
    name: 'a number that was rounded is compared as if it had been told in full',
    file: 'lambdas/statements/exactness.ts',
    find: 'if (decimals === undefined) return',
    replace: 'if (decimals !== 4) return',
  },
]

/** Bugs in how a history is divided before it is merged: every one of these must make it another than at once. */
export const mutantsOfCutting: readonly Mutant[] = [
  {
    name: 'a history is cut wherever a month begins, whoever is under way',
    file: 'lambdas/statements/cuts.ts',
    find: 'here.from < time ? here.to : time',
    replace: 'here.from < 0 ? here.to : time',
  },
  {
    name: 'an order is merged without its fills of other blocks',
    file: 'lambdas/use-cases/merge-files.ts',
    find: 'guests: windows.get(index) ?? [],',
    replace: 'guests: (windows.get(index) ?? []).slice(9),',
  },
  {
    name: 'of the files of other blocks no row is heard',
    file: 'lambdas/use-cases/merge-files.ts',
    find: 'rows: [...one.rows, ...(guests[number]?.rows ?? [])],',
    replace: 'rows: [...one.rows, ...(guests[number + 9]?.rows ?? [])],',
  },
  {
    name: 'what guests come to is told by every block that hears them',
    file: 'lambdas/use-cases/merge-files.ts',
    find: 'others.length === 0 ? all : within(window, all, api)',
    replace: 'others.length >= 0 ? all : within(window, all, api)',
  },
  {
    name: 'a transfer that is under way is no reason to wait with a cut',
    file: 'lambdas/statements/cuts.ts',
    find: 'return underWay',
    replace: 'return skew',
  },
]

/** Bugs in how one source is found to tell what another does: every one of these must lose or double money of random accounts. */
export const mutantsOfTelling: readonly Mutant[] = [
  {
    name: 'what happened near a row of a ledger tells it, whatever its amount',
    file: 'lambdas/domain/add-up.ts',
    find: 'if (size(a.amount - b.amount) > a.within + b.within) return false',
    replace: 'if (size(a.amount - b.amount) < 0n) return false',
  },
  {
    name: 'an order has the time of its fills',
    file: 'lambdas/statements/told-moments.ts',
    find: '    orderReaches,\n',
    replace: '    [],\n',
  },
  {
    name: 'an order is one row of a ledger',
    file: 'lambdas/domain/add-up.ts',
    find: 'const longestRun = 200',
    replace: 'const longestRun = 1',
  },
  {
    name: 'what happened while a position was held tells it',
    file: 'lambdas/statements/positions.ts',
    find: "if (told.has('realized-pnl')) {",
    replace: "if (told.has('realized-pnl') || tellers.hasOthers(one)) {",
  },
]
