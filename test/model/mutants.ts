import {
  brokenInTwoStates,
  datedAnewWhenDone,
  eventful,
  hiddenBesideBroken,
  readThenBroken,
  tookBackAndKilled,
} from './small-worlds.ts'
import type { World } from './world.ts'

/** One text of one file in place of another. The text must occur exactly once. */
export type Edit = { readonly file: string; readonly find: string; readonly replace: string }

/** A bug that somebody could bring in. */
export type Mutant = Edit & {
  readonly name: string
  /** Where two rules guard against one kind of bug, the other must fall too. In another file. */
  readonly also?: Edit
  /** Where it shows, when chance meets it too rarely. */
  readonly worlds?: readonly World[]
}

/** A row is lost or altered between two nights, and the next run killed at one of its first moments. */
const damagedAndKilled = Array.from({ length: 24 }, (_, index): World => {
  const damage = { at: 20, how: 'gone' } as const
  return {
    ...eventful,
    nights: [{ wait: 0 }, { wait: 10, damage, mishap: { kind: 'killed', at: index + 5 } }, { wait: 10 }],
  }
})

const damaged: World = {
  ...eventful,
  nights: [{ wait: 0 }, { wait: 10, damage: { at: 20, how: 'altered' } }],
}

const lost: World = { ...eventful, nights: [{ wait: 0 }, { wait: 10, damage: { at: 20, how: 'gone' } }] }

/** The run of a later night is killed while it writes. */
const killedLater = Array.from({ length: 24 }, (_, index): World => {
  return {
    ...eventful,
    nights: [{ wait: 0 }, { wait: 30, mishap: { kind: 'killed', at: index + 24 } }, { wait: 10 }],
  }
})

const removedMeanwhile = Array.from({ length: 6 }, (_, index): World => {
  return { ...eventful, nights: [{ wait: 0, mishap: { kind: 'removed', at: 2 * index + 1 } }] }
})

const windows = 'lambdas/use-cases/read-windows.ts'
const connection = 'lambdas/use-cases/sync-connection.ts'
const stream = 'lambdas/use-cases/sync-stream.ts'
const keeping = 'lambdas/use-cases/keep-coverage.ts'
const fetch = 'lambdas/use-cases/fetch-window.ts'

/** Every one of these must be caught by the invariants of the model. */
export const mutants: readonly Mutant[] = [
  {
    name: 'coverage is saved before rows',
    file: windows,
    find: "    if (complete) await take(shown, window, 'whole', known.dueFrom(page, window))\n",
    replace: `    if (complete) {
      known.cover(window, page, true)
      await ports.save(coverage())
    }
    if (complete) await take(shown, window, 'whole', known.dueFrom(page, window))\n`,
  },
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
    name: 'unprocessed writes are ignored',
    file: 'lambdas/adapters/table.ts',
    find: 'const unprocessed = answer.UnprocessedItems?.[table.name]?.length ?? 0',
    replace: 'const unprocessed = 0',
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
    file: 'lambdas/domain/coverage.ts',
    find: 'return Math.min(window.to, Math.floor((askedAt - settleLag) / unit) * unit)',
    replace: 'return Math.min(window.to + unit, Math.floor((askedAt - settleLag) / unit) * unit)',
  },
  {
    name: 'the status is part of the key of a transfer',
    file: 'lambdas/adapters/table-keys.ts',
    find: 'export function transactionKey(owner: Owner, { stream, time, identity }: RowName): Key {\n',
    replace: `export function transactionKey(owner: Owner, { stream, time, identity: id, status = '' }: RowName): Key {
  const identity = id + status
`,
  },
  {
    name: 'there is no settle lag',
    file: 'lambdas/domain/coverage.ts',
    find: 'Math.floor((askedAt - settleLag) / unit) * unit',
    replace: 'Math.floor((askedAt - 0 * settleLag) / unit) * unit',
  },
  {
    name: 'an answer that lags behind makes a final status pending again',
    file: 'lambdas/domain/take-over.ts',
    find: '  if (isFinal(stored) && !isFinal(served)) return stored\n',
    replace: '',
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
    file: 'lambdas/domain/coverage.ts',
    find: 'return newest <= near ? newest : Math.max(newest - definition.lookBack, near)',
    replace: 'return newest + 0 * near',
  },
  {
    name: 'the lease of a run at work is not renewed in time',
    file: connection,
    find: 'await ports.sleep(leaseTime / 3, signal)',
    replace: 'await ports.sleep(leaseTime * 3, signal)',
  },
  {
    name: 'an answer lets the pending transfers that it leaves out be forgotten',
    file: 'lambdas/domain/unfinished.ts',
    find: 'new Map(unfinished.map((one) => [keyOf(one), one]))',
    replace: 'new Map(settled.length > 0 ? [] : unfinished.map((one) => [keyOf(one), one]))',
  },
  {
    name: 'a run that lost the lease saves coverage',
    file: 'lambdas/adapters/coverage.ts',
    find: 'if (lease === undefined || lease.epoch !== epoch)',
    replace: 'if (lease === undefined)',
  },
  {
    name: 'a run that was overtaken between looking at the lease and saving overwrites coverage',
    file: 'lambdas/adapters/large-item.ts',
    find: "'attribute_not_exists(#epoch) OR #epoch <= :epoch'",
    replace: "'attribute_not_exists(#epoch) OR #epoch <= :epoch OR attribute_exists(#epoch)'",
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
    name: 'a run that lost the lease stores rows',
    file: 'lambdas/use-cases/store-rows.ts',
    find: 'if (!(await ports.lease.holds(owner, epoch)))',
    replace: 'if (!(await ports.lease.holds(owner, epoch)) && epoch < 0)',
    worlds: removedMeanwhile,
  },
  {
    name: 'two runs hold the lease of a connection',
    file: 'lambdas/adapters/lease.ts',
    find: "'attribute_not_exists(#holder) OR #expires <= :now OR #holder = :holder'",
    replace: "'attribute_not_exists(#holder) OR attribute_exists(#holder)'",
  },
  {
    name: 'the keys of two connections are the same',
    file: 'lambdas/adapters/table-keys.ts',
    find: 'function ownerPartition({ user, connection }: Owner): string {\n',
    replace: "function ownerPartition({ user }: Owner): string {\n  const connection = 'c0'\n",
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
    name: 'a transfer is stored before it can be found by its id',
    file: 'lambdas/adapters/transactions.ts',
    find: '      await writeAll(table, places)\n      await writeAll(table, rows)\n',
    replace: '      await writeAll(table, rows)\n      await writeAll(table, places)\n',
  },
  {
    name: 'what is stored is not compared with what was put there',
    file: 'lambdas/use-cases/verify-rows.ts',
    find: '[...new Set([...disagreeing(sums, counted), ...counted.unreadable.map(monthOf)])]',
    replace: '[...new Set(counted.unreadable.map(monthOf))]',
    worlds: [lost],
  },
  {
    name: 'a row that was altered is read as it is',
    file: 'lambdas/adapters/transactions.ts',
    find: 'checkOf(contentOf(item)) === item.check &&',
    replace: 'item.check !== undefined &&',
    worlds: [damaged],
  },
  {
    name: 'coverage that was altered is believed',
    file: 'lambdas/adapters/large-item.ts',
    find: 'checkOf(contentOf(fields)) === fields.check ? fields : undefined',
    replace: 'fields.check !== undefined ? fields : undefined',
  },
  {
    name: 'that rows are being written is noted when they are',
    file: 'lambdas/use-cases/count-rows.ts',
    find: '    await touch(rows)\n    generation += 1\n    try {\n      await make()\n',
    replace: '    generation += 1\n    try {\n      await make()\n      await touch(rows)\n',
    worlds: killedLater,
  },
  {
    name: 'a row that was replaced is still counted',
    file: 'lambdas/use-cases/count-rows.ts',
    find: 'if (before !== undefined) sum =',
    replace: 'if (before !== undefined && sum.count === 0) sum =',
  },
  {
    name: 'coverage of what was lost is taken back when the run ends',
    file: 'lambdas/use-cases/verify-rows.ts',
    find: 'if (part !== coverage[index]) await',
    replace: 'if (part === undefined) await',
    worlds: damagedAndKilled,
  },
  {
    name: 'an empty answer beyond the documented depth is believed',
    file: 'lambdas/domain/coverage.ts',
    find: 'const believable = silent ? to : Math.min(horizon, answer.oldest ?? horizon)',
    replace: 'const believable = silent ? 0 : Math.min(horizon, answer.oldest ?? horizon)',
  },
  {
    name: 'time that the exchange serves no more is called covered after a long night',
    file: 'lambdas/domain/coverage.ts',
    find: 'return askedAt - Math.max(depth, shown)',
    replace: 'return askedAt - Math.max(2 * depth, shown)',
  },
  {
    name: 'every unchanged row is written again',
    file: 'lambdas/domain/take-over.ts',
    find: 'if (served.raw === stored.raw && dated === servedTime(stored) && !sizeIsNew) return stored',
    replace:
      'if (served.raw === stored.raw && dated === servedTime(stored) && !sizeIsNew) return { ...stored }',
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
    name: 'a query of the store stops after its first page',
    file: 'lambdas/adapters/table.ts',
    find: '    after = next\n',
    replace: '    after = undefined\n',
  },
  {
    name: 'windows are not cut at the edge of what the exchange is known to serve',
    file: 'lambdas/domain/coverage.ts',
    find: '.map((age) => edgeAt(age, unit, now, edgeSlack)),',
    replace: '.map((age) => edgeAt(age, unit, now, edgeSlack)).slice(99),',
  },
  {
    name: 'time that expired during a long night is passed over',
    file: 'lambdas/domain/coverage.ts',
    find: "        lost.map((part) => ({ ...part, reason: 'expired' })),\n      ),\n      answer,",
    replace: '        [],\n      ),\n      answer,',
  },
  {
    name: 'a pending transfer is not asked for again once it is behind the look-back',
    file: 'lambdas/domain/coverage.ts',
    find: '[...unknown, ...lookBack, ...unfinished] : unknown',
    replace: '[...unknown, ...lookBack, ...unfinished.slice(unfinished.length)] : unknown',
  },
  {
    name: 'what others report is believed as if it were documented',
    file: 'lambdas/domain/coverage.ts',
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
    file: 'lambdas/domain/coverage.ts',
    find: '  const proven = intersect(doubted, answered)',
    replace:
      '  const proven = intersect(doubted, [{ from: oldest, to: Number.MAX_SAFE_INTEGER }, ...answered])',
  },
  {
    name: 'rows are saved from partitions side by side, without a queue',
    file: 'lambdas/use-cases/one-by-one.ts',
    find: 'const next = last.then(job)',
    replace: 'const next = job()',
  },
  {
    name: 'an answer with as many rows as the largest one is believed',
    file: 'lambdas/use-cases/doubt-largest.ts',
    find: 'return served >= Math.max(most, leastDoubted(definition))',
    replace: 'return served > Math.max(most, leastDoubted(definition))',
  },
  {
    name: 'coverage of answers that may be cut is saved before they are looked into',
    file: 'lambdas/domain/coverage.ts',
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
    name: 'a row is called missing that a crowd may hide',
    file: windows,
    find: '    await lookInto()\n    // Where a crowd may hide a row, nobody can tell that it is missing.\n    if (undisturbed() && crowds.areWhole())',
    replace: '    await horizon.resolve()\n    if (undisturbed())',
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
    name: 'a row that cannot be read is passed over',
    file: fetch,
    find: '...unreadable.flatMap(({ raw, time }) => (time === undefined ? [] : [keep({ raw, time })])),',
    replace: '',
  },
  {
    name: 'time in which a row could not be read is called covered',
    file: 'lambdas/domain/coverage.ts',
    find: 'if (settled.length === 0) return coverage\n',
    replace: 'if (settled.length >= 0) return coverage\n',
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

const connecting = 'lambdas/use-cases/connect.ts'
const disconnecting = 'lambdas/use-cases/disconnect.ts'

/** Every one of these must be caught by the lives of two users. */
export const mutantsOfCustody: readonly Mutant[] = [
  {
    name: 'a secret is stored that nobody wrote down before',
    file: connecting,
    find: "  await ports.intents.begin({ kind: 'secret', id: ref, user, connection, since: ports.clock() })\n",
    replace: '',
  },
  {
    name: 'the secret of a replaced key is destroyed without being written down before',
    file: 'lambdas/use-cases/replace-credentials.ts',
    find: "await intents.begin({ kind: 'secret', id: old, user, connection: id, since: ports.clock() })",
    replace: '{}',
  },
  {
    name: 'disconnecting leaves the secret in the vault',
    file: disconnecting,
    find: 'if (connection.vaultRef !== undefined) await vault.remove(connection.vaultRef)',
    replace: '',
  },
  {
    name: 'the sweeper destroys a secret that is in use',
    file: 'lambdas/use-cases/sweep.ts',
    find: '      if (now?.vaultRef === id) return false\n',
    replace: '',
  },
  {
    name: 'the hint by which a key is known is the key',
    file: 'lambdas/use-cases/submission.ts',
    find: "return apiKey.length < 8 ? '' : apiKey.slice(-4)",
    replace: 'return apiKey',
  },
  {
    name: 'an error of the vault is passed on as it came',
    file: 'lambdas/adapters/secrets-manager.ts',
    find: 'const code = codeOf(error)',
    replace: "if (what !== 'remove') throw error\n    const code = codeOf(error)",
  },
  {
    name: 'all users share one list of connections',
    file: 'lambdas/adapters/table-keys.ts',
    find: "return startingWith(userPartition(user), 'CONNECTION')",
    replace: "return startingWith(userPartition('ada'), 'CONNECTION')",
  },
  {
    name: 'a history lies where its user cannot be told',
    file: 'lambdas/adapters/table-keys.ts',
    find: '}#CONNECTION#',
    replace: '}#OTHER#',
  },
  {
    name: 'a message goes on with the sync of whoever holds the same key',
    file: 'lambdas/use-cases/continue-sync.ts',
    find: 'const owner = { user: message.user, connection: message.connection }',
    replace: "const owner = { user: 'ada', connection: message.connection }",
  },
  {
    name: 'a second key of an account is compared by its recent rows only',
    file: 'lambdas/use-cases/compare-accounts.ts',
    find: 'return open.flatMap(({ marks }) => marks.slice(0, each)).slice(0, mostOfAll)',
    replace: 'return open.flatMap(({ marks }) => marks.slice(0, each)).slice(0, 0)',
  },
  {
    name: 'what the user says of a key counts for more than the rows that it serves',
    file: connecting,
    find: '  refuseSameAccount(others, verdicts)\n',
    replace: '  if (!request.newAccount) refuseSameAccount(others, verdicts)\n',
  },
]

const money = 'lambdas/domain/futures-money.ts'

/** Every one of these must be caught by the sums of futures in exports. */
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
    find: '    .filter((row) => !fills.some((fill) => mayTell(fill, row)))\n',
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

/** Every one of these must be caught by the worlds of two sources that tell the same. */
export const mutantsOfRanks: readonly Mutant[] = [
  {
    name: 'nobody looks for what the other source has begun to tell',
    file: 'lambdas/use-cases/own-rows.ts',
    find: 'const others = (await stored(window)).filter(isOthers)',
    replace: 'const others = (await stored(window)).filter(isOthers).slice(0, 0)',
  },
  {
    name: 'rows outside the window that was asked for are stored',
    file: 'lambdas/use-cases/own-rows.ts',
    find: 'time >= window.from && time < window.to && ',
    replace: '',
  },
  {
    name: 'a moment that the other source began to tell is covered',
    file: windows,
    find: 'for (const unit of begun) known.cover(unit, page, false)',
    replace: 'for (const unit of begun) known.cover(unit, page, true)',
  },
  {
    name: 'the better source tells again what its reserve has told',
    file: 'lambdas/domain/reserves.ts',
    find: 'return reserveOf === partition && !isListed(partitions) ? partitions : []',
    replace: 'return []',
  },
]

/** Every one of these must be caught by the worlds in which fills are found by their orders. */
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
    file: 'lambdas/domain/coverage.ts',
    find: 'const newest = readUntil(coverage)',
    replace: 'const newest = frontier(coverage)',
  },
  {
    name: 'that a list ignores old time is held against young time',
    file: 'lambdas/use-cases/fetch-parts.ts',
    find: 'const isComparable = (other: Window) => isUndocumented(window) || !isUndocumented(other)',
    replace: 'const isComparable = (_other: Window) => true',
  },
]
