import type { Mutant } from '../mutate.ts'

const connecting = 'lambdas/use-cases/connect.ts'
const disconnecting = 'lambdas/use-cases/disconnect.ts'

/** Bugs in who holds which key: the lives of two users must catch each. */
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
