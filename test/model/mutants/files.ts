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
]
