import type { PackedFile, ReadStatementFilePorts } from '../lambdas/use-cases/read-statement-file.ts'

/** Keeps one file, packed: a tenth of what its rows are in memory, and less than it is as it came. */
export function openLastRead(): NonNullable<ReadStatementFilePorts['lastRead']> {
  let last: { readonly content: string; readonly read: PackedFile } | undefined
  return {
    find: (content) => (last?.content === content ? last.read : undefined),
    keep(content, read) {
      last = { content, read }
    },
  }
}
