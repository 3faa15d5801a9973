import type { Mutant } from '../mutate.ts'
import { eventful } from '../small-worlds.ts'
import type { World } from '../world.ts'

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

/** Bugs in who may write, what outlasts a death, and what notices damage: the invariants of the model must catch each. */
export const mutantsOfStore: readonly Mutant[] = [
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
    name: 'unprocessed writes are ignored',
    file: 'lambdas/adapters/table.ts',
    find: 'const unprocessed = answer.UnprocessedItems?.[table.name]?.length ?? 0',
    replace: 'const unprocessed = 0',
  },
  {
    name: 'the lease of a run at work is not renewed in time',
    file: connection,
    find: 'await ports.sleep(leaseTime / 3, signal)',
    replace: 'await ports.sleep(leaseTime * 3, signal)',
  },
  {
    name: 'a run that lost the lease saves coverage',
    seenIn: 67,
    file: 'lambdas/adapters/coverage.ts',
    find: 'if (lease === undefined || lease.epoch !== epoch)',
    replace: 'if (lease === undefined)',
  },
  {
    name: 'a run that was overtaken between looking at the lease and saving overwrites coverage',
    seenIn: 27,
    file: 'lambdas/adapters/large-item.ts',
    find: "'attribute_not_exists(#epoch) OR #epoch <= :epoch'",
    replace: "'attribute_not_exists(#epoch) OR #epoch <= :epoch OR attribute_exists(#epoch)'",
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
    seenIn: 122,
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
    name: 'a query of the store stops after its first page',
    file: 'lambdas/adapters/table.ts',
    find: '    after = next\n',
    replace: '    after = undefined\n',
  },
  {
    name: 'rows are saved from partitions side by side, without a queue',
    file: 'lambdas/use-cases/one-by-one.ts',
    find: 'const next = last.then(job)',
    replace: 'const next = job()',
  },
]
