import type { Connection } from '../../../lambdas/domain/connection.ts'
import type { Outcome } from '../../../lambdas/statements/read-statement.ts'
import type { StatementFile } from '../../../lambdas/statements/statement-file.ts'
import { contentKey } from '../../../lambdas/use-cases/add-statement-file.ts'
import type { StatementHome } from '../../statement-home.ts'

/** What is to be read, and for whom: neither need be in the store. */
export type UnstoredFile = {
  readonly connection: Connection
  readonly file: StatementFile
  /** Read whenever it is asked for: held all the time, it would be as large as all else. */
  readonly content: () => Promise<Uint8Array>
}

/** Bytes. A smaller file is read before anybody has read that it is. */
export const worthTelling = 200_000

/**
 * The home as it would be if the account and the file were in it. A file is looked at, and its owner asked about it, without
 * anything being written: whoever is cut off at a question leaves nothing behind. `tell`: what is being done, for who waits.
 */
export function besideStore(
  home: StatementHome,
  { connection, file, content }: UnstoredFile,
  tell: (sentence: string) => void,
): StatementHome {
  const told = new Set<string>()
  const once = (sentence: string) => {
    if (file.bytes < worthTelling || told.has(sentence)) return
    told.add(sentence)
    tell(sentence)
  }
  return {
    ...home,
    connections: {
      ...home.connections,
      find: async (user, id) =>
        (await home.connections.find(user, id)) ?? (id === connection.id ? connection : undefined),
    },
    statementFiles: {
      ...home.statementFiles,
      find: async (owner, id) => {
        const known = await home.statementFiles.find(owner, id)
        if (owner.connection !== connection.id || id !== file.id) return known
        // One whose content was awaited has it now.
        return known === undefined || known.state === 'awaited' ? file : known
      },
    },
    statementObjects: {
      ...home.statementObjects,
      read: async (key) => (key === contentKey(file) ? content() : home.statementObjects.read(key)),
    },
    async readStatement(name, bytes, settings, now): Promise<Outcome> {
      once(`Reading ${name} …`)
      const outcome = await home.readStatement(name, bytes, settings, now)
      if (outcome.kind === 'read') once('Comparing it with what is stored …')
      return outcome
    },
  }
}
