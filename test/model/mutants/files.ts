import type { Mutant } from '../mutate.ts'

const storing = 'lambdas/use-cases/store-statement-file.ts'
const reading = 'lambdas/use-cases/read-statement-file.ts'
const merging = 'lambdas/use-cases/write-merge.ts'

/** Bugs in how files are stored and taken back: files, syncs and deaths in any order must tell each from one history. */
export const mutantsOfFiles: readonly Mutant[] = [
  {
    name: 'a file counts before its rows are where they are looked for',
    file: storing,
    find: '    for (const [table, { months }] of read.reading.tables.entries())',
    replace: `    await count(ports, connection, found, { ...found, state: 'stored', reading: read.reading })
    for (const [table, { months }] of read.reading.tables.entries())`,
  },
  {
    name: 'the first block of rows of a file is not written',
    file: storing,
    find: 'for (const month of months) {',
    replace: 'for (const month of months.slice(1)) {',
  },
  {
    name: 'a file that was taken back still counts',
    file: reading,
    find: "if (state !== 'stored' || reading === undefined || id === except) return []",
    replace: "if (state === 'awaited' || reading === undefined || id === except) return []",
  },
  {
    name: 'what one file told is taken away with it, whoever else tells it',
    file: storing,
    find: "{ ...file, state: 'taken-back' })",
    replace: `{ ...found, state: 'taken-back' })
    for (const other of await ports.statementFiles.list(ownerOf(connection)))
      if (other.state === 'stored') await ports.statementFiles.swap(other, { ...other, state: 'taken-back' })`,
  },
  {
    name: 'what files told and tell no more stays',
    file: merging,
    find: 'await ports.transactions.remove(owner, remove.map(fileRowOf))',
    replace: '',
  },
  {
    name: 'a merge that is owed is not done by the next sync',
    file: merging,
    find: 'if (history === undefined || history.isOwed) return',
    replace: 'if (history === undefined) return',
  },
  {
    name: 'what a sync has had since is not compared with files',
    file: merging,
    find: 'const touched = changedBetween(history.seen, now)',
    replace: 'const touched = changedBetween(now, now)',
  },
  {
    name: 'files that count since somebody else has merged are not noticed',
    file: merging,
    find: 'if (JSON.stringify(readings) !== JSON.stringify(history.readings))',
    replace: 'if (readings.length < 0)',
  },
  {
    name: 'who loses the lease in the middle of a merge leaves it as it is',
    file: 'lambdas/use-cases/owe-merge.ts',
    find: 'if (connection !== undefined) await oweMerge(ports, connection)',
    replace: '',
  },
  {
    name: 'who lost the lease goes on',
    file: storing,
    find: 'if (!(await ports.lease.renew(owner, holder, epoch, now, leaseTime))) throw busy(connection)',
    replace: 'await ports.lease.renew(owner, holder, epoch, now, leaseTime)',
  },
  {
    name: 'a file that changed while it was being stored counts as it was',
    file: 'lambdas/adapters/statement-files.ts',
    find: ": '#check = :check',",
    replace: ": 'attribute_not_exists(#check) OR #check = :check',",
  },
]
