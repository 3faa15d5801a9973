import { dirname } from 'node:path'
import type { Connection } from '../lambdas/domain/connection.ts'
import type { Export } from '../lambdas/domain/export.ts'
import { objectKey } from '../lambdas/use-cases/export-history.ts'

type ForgetExportsPorts = {
  readonly exports: {
    list(user: string): Promise<readonly Export[]>
    forget(user: string, id: string): Promise<void>
  }
  readonly files: { remove(key: string): Promise<void> }
}

/** Removes every export that may hold rows of this connection. Files are kept for ever on a computer of one's own. */
export async function forgetExports(
  { exports, files }: ForgetExportsPorts,
  connection: Connection,
): Promise<void> {
  for (const known of await exports.list(connection.user)) {
    if (!mayHold(known, connection)) continue
    // The folder of the file and its statement.
    await files.remove(dirname(objectKey(known, 'history')))
    await exports.forget(known.user, known.id)
  }
}

/** One that still waits is written without it. */
function mayHold({ request, finishedAt }: Export, { id, createdAt }: Connection): boolean {
  if (finishedAt === undefined) return false
  return request.connections === undefined ? finishedAt >= createdAt : request.connections.includes(id)
}
