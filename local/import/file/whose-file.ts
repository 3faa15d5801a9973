import type { Connection } from '../../../lambdas/domain/connection.ts'
import { listed } from '../../../lambdas/domain/coverage-words.ts'
import { listConnections } from '../../../lambdas/use-cases/list-connections.ts'
import { anotherKeyless, meantAccount, openKeyless } from '../../../lambdas/use-cases/open-keyless.ts'
import { accountName, findByName, titleOf } from '../../find-by-name.ts'
import { localUser } from '../../identity.ts'
import type { StatementHome } from '../../statement-home.ts'
import { InvalidInputError } from '../invalid-input.ts'
import type { FileRequest } from './arguments.ts'
import type { Asker } from './terminal-questions.ts'

/** The account that a file is of. One that is not here yet is opened when something of it is stored, and can be undone. */
export type Account = {
  readonly connection: Connection
  readonly open: () => Promise<void>
  readonly undo: () => Promise<void>
}

/** Whose file it is: as its owner says, or as only one can be meant, or by asking. Throws `InvalidInputError`. */
export async function accountFor(
  home: StatementHome,
  { connection: name, exchange, label, isNewAccount }: FileRequest,
  asker: Asker | undefined,
): Promise<Account> {
  const all = await listConnections(home, localUser)
  if (name !== undefined) return there(findByName(all, name))
  // Nothing that came to those that were only begun could be read: nobody means one of them.
  const begun = new Set(all.flatMap((one) => (one.begun ? [one.id] : [])))
  const known = all.filter(({ id }) => !begun.has(id))
  if (exchange !== undefined) {
    if (isNewAccount) return another(home, all, exchange, label)
    const meant = meantAccount(home, all, { user: localUser, exchange, label }, begun)
    if (meant.kind === 'met') return there(meant.connection)
    const chosen =
      meant.kind === 'first' ? undefined : await oneOf(meant.same, home, { exchange, label }, asker)
    return chosen === undefined ? another(home, all, exchange, label) : there(chosen)
  }
  const [only, ...others] = known
  if (only !== undefined && others.length === 0) return there(only)
  if (asker === undefined)
    throw new InvalidInputError(
      only === undefined
        ? 'Say whose file it is: --exchange NAME names the exchange of an account of which only files are known.'
        : `Say whose file it is: --connection NAME, one of ${known.map(titleOf).join(', ')}; or --exchange NAME for an account of ` +
            'which only files are known.',
    )
  const names = [...home.exchanges.values()]
  const place = await asker.choose('Whose file is it?', [
    ...known.map((one) => accountName(home.exchanges.get(one.exchange)?.name ?? one.exchange, one)),
    ...names.map((one) => `an account at ${one.name} without a key`),
  ])
  const chosen = known[place]
  if (chosen !== undefined) return there(chosen)
  return another(home, all, names[place - known.length]?.id ?? '', undefined)
}

/**
 * Accounts of this exchange are here: a file of one of them, given to another one, would be counted beside it, and only its owner
 * knows. Undefined: another account.
 */
async function oneOf(
  same: readonly Connection[],
  home: StatementHome,
  { exchange, label }: { readonly exchange: string; readonly label: string | undefined },
  asker: Asker | undefined,
): Promise<Connection | undefined> {
  const place = home.exchanges.get(exchange)?.name ?? exchange
  const names = same.map(titleOf)
  if (asker === undefined)
    throw new InvalidInputError(
      `Nothing was stored: ${listed(names)} of ${place} ${names.length === 1 ? 'is' : 'are'} here already, and what two accounts ` +
        'tell is counted twice. Add --connection NAME where it is a file of such an account, or --new-account where it is of another.',
    )
  const another = `another account, of which only files are known${label === undefined ? '' : `: ${label}`}`
  return same[
    await asker.choose(`Accounts of ${place} are here already. Whose file is it?`, [...names, another])
  ]
}

function there(connection: Connection): Account {
  const nothing = async () => undefined
  return { connection, open: nothing, undo: nothing }
}

/** An account that is none of those that are here: a file of another one must never be stored into theirs. */
function another(
  home: StatementHome,
  all: readonly Connection[],
  exchange: string,
  label: string | undefined,
): Account {
  const known = all.filter((one) => !one.begun)
  const connection = anotherKeyless(home, known, { user: localUser, exchange, label })
  const begun = all.find(({ id }) => id === connection.id)
  if (begun !== undefined) return there(begun)
  return {
    connection,
    open: async () => void (await openKeyless(home, { user: localUser, exchange, label: connection.label })),
    undo: () => home.connections.remove(localUser, connection.id),
  }
}
