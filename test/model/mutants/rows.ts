import type { Mutant } from '../mutate.ts'
import {
  brokenInTwoStates,
  datedAnewWhenDone,
  hiddenBesideBroken,
  readThenBroken,
  tookBackAndKilled,
} from '../small-worlds.ts'

const windows = 'lambdas/use-cases/read-windows.ts'
const fetch = 'lambdas/use-cases/fetch-window.ts'

/** Bugs in how rows change, are missed and cannot be read: the invariants of the model must catch each. */
export const mutantsOfRows: readonly Mutant[] = [
  {
    name: 'the status is part of the key of a transfer',
    file: 'lambdas/adapters/table-keys.ts',
    find: 'export function transactionKey(owner: Owner, { stream, time, identity }: RowName): Key {\n',
    replace: `export function transactionKey(owner: Owner, { stream, time, identity: id, status = '' }: RowName): Key {
  const identity = id + status
`,
  },
  {
    name: 'an answer that lags behind makes a final status pending again',
    file: 'lambdas/domain/take-over.ts',
    find: '  if (isFinal(stored) && !isFinal(served)) return stored\n',
    replace: '',
  },
  {
    name: 'an answer lets the pending transfers that it leaves out be forgotten',
    file: 'lambdas/domain/unfinished.ts',
    find: 'new Map(unfinished.map((one) => [keyOf(one), one]))',
    replace: 'new Map(settled.length > 0 ? [] : unfinished.map((one) => [keyOf(one), one]))',
  },
  {
    name: 'a transfer is looked for at its time alone',
    file: 'lambdas/use-cases/store-rows.ts',
    find: 'if (!mutable) return near\n',
    replace: 'return near\n',
  },
  {
    name: 'an id that is used again years later is the same row',
    file: 'lambdas/domain/same-row.ts',
    find: '(apart(row) > farApart || taken.has(keyOf(row)))',
    replace: 'taken.has(keyOf(row))',
  },
  {
    name: 'what was once final is final for ever',
    file: 'lambdas/domain/take-over.ts',
    find: 'if (isFinal(stored) && !isFinal(served)) return stored',
    replace: 'if (isFinal(stored)) return stored',
  },
  {
    name: 'what a final row took back is told by the run alone that stores it',
    file: 'lambdas/use-cases/keep-rows.ts',
    find: `for (const { now, order } of shown.settled) {
      if (isRevised(now)) revised.set`,
    replace: `for (const { before, now, order } of shown.settled) {
      if (isRevised(now) && before !== now) revised.set`,
    worlds: tookBackAndKilled,
  },
  {
    name: 'rows of every partition are missed in the answers of each',
    file: 'lambdas/use-cases/store-rows.ts',
    find: 'definition.whose(row) === partition &&',
    replace: 'definition.whose(row) !== undefined &&',
  },
  {
    name: 'a row that was dated anew is called missing at once',
    file: 'lambdas/use-cases/keep-rows.ts',
    find: 'if (!definition.mutable) await markMissing()',
    replace: 'await markMissing()',
  },
  {
    name: 'what is shown again is missing for good',
    file: 'lambdas/domain/take-over.ts',
    find: 'if (says === stored && stored.missingSince === undefined) return stored',
    replace: 'if (says === stored) return stored',
  },
  {
    name: 'nobody is told of what is not shown any more',
    file: 'lambdas/use-cases/keep-rows.ts',
    find: 'if (absent.size === 0) return\n',
    replace: 'return\n',
  },
  {
    name: 'the new name of a market changes a fill',
    file: 'lambdas/domain/take-over.ts',
    find: 'return stored.status === undefined && served.symbol !== stored.symbol',
    replace: 'return stored.status !== undefined && served.symbol === undefined',
  },
  {
    name: 'pending transfers are not remembered',
    file: 'lambdas/domain/unfinished.ts',
    find: 'if (again) open.set(',
    replace: 'if (again && unfinished.length < 0) open.set(',
  },
  {
    name: 'an amount goes through a number',
    file: 'lambdas/adapters/transactions.ts',
    find: '{ ...transactionKey(owner, transaction), ...transaction, check: checkOf(transaction) }',
    replace: `{
            ...transactionKey(owner, transaction),
            ...transaction,
            check: checkOf(transaction),
            amount: transaction.amount === undefined ? undefined : String(Number(transaction.amount)),
          }`,
  },
  {
    name: 'every unchanged row is written again',
    file: 'lambdas/domain/take-over.ts',
    find: 'if (served.raw === stored.raw && dated === servedTime(stored) && !sizeIsNew) return stored',
    replace:
      'if (served.raw === stored.raw && dated === servedTime(stored) && !sizeIsNew) return { ...stored }',
  },
  {
    name: 'a pending transfer is not asked for again once it is behind the look-back',
    file: 'lambdas/domain/plan-windows.ts',
    find: '[...unknown, ...lookBack, ...unfinished] : unknown',
    replace: '[...unknown, ...lookBack, ...unfinished.slice(unfinished.length)] : unknown',
  },
  {
    name: 'a row is called missing that a crowd may hide',
    file: windows,
    find: '    await lookInto()\n    // Where a crowd may hide a row, nobody can tell that it is missing.\n    if (undisturbed() && crowds.areWhole())',
    replace: '    await horizon.resolve()\n    if (undisturbed())',
  },
  {
    name: 'a row that cannot be read is passed over',
    file: fetch,
    find: '...unreadable.flatMap(({ raw, time }) => (time === undefined ? [] : [keep({ raw, time })])),',
    replace: '',
  },
  {
    name: 'a known row that cannot be read any more is a new one',
    file: 'lambdas/domain/diff.ts',
    find: 'const found = unreadOf(row)\n',
    replace: 'const found = undefined\n',
    worlds: [readThenBroken],
  },
  {
    name: 'a known row that is served in two states that nobody can read is two',
    file: 'lambdas/domain/diff.ts',
    find: 'found === undefined ? restatedBy(row) : undefined',
    replace: 'undefined',
    worlds: [brokenInTwoStates],
  },
  {
    name: 'what is not shown any more is not missed where another row cannot be read',
    file: 'lambdas/use-cases/keep-unreadable.ts',
    find: 'return absent.filter((row) => !places.some(',
    replace: 'return absent.filter((row) => places.length === 0 && !places.some(',
    worlds: [hiddenBesideBroken],
  },
  {
    name: 'nobody is told of a finished transfer that is dated anew',
    file: 'lambdas/domain/revised.ts',
    find: 'const isDatedAnew = change.time !== undefined',
    replace: 'const isDatedAnew = change.time === 0',
    worlds: [datedAnewWhenDone],
  },
  {
    name: 'what could not be read is let go before anything takes its place',
    file: 'lambdas/use-cases/keep-unreadable.ts',
    find: '(row) => isUnreadable(row) && !served.has(row.identity) && isOurs(row),',
    replace: '(row) => isUnreadable(row) && isOurs(row),',
  },
]
