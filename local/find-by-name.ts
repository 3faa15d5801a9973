import type { Connection } from '../lambdas/domain/connection.ts'
import { listed } from '../lambdas/domain/coverage-words.ts'
import { normaliseSubaccount } from '../lambdas/use-cases/connect.ts'
import { InvalidInputError } from './import/invalid-input.ts'

/** What people call a connection: its label, or its sub-account, or the end of its key. */
export function titleOf(connection: Connection): string {
  const { keyHint, id } = connection
  return nameGiven(connection) ?? (keyHint === '' ? `from files (${id.slice(0, shownId)})` : `…${keyHint}`)
}

/** `BingX Savings`, `BingX …x9f2`; of which only files are known: `BingX Savings, from files`, `BingX, from files (c44e05221211)`. */
export function accountName(exchange: string, connection: Connection): string {
  const given = nameGiven(connection)
  if (connection.statementsOnly !== true) return `${exchange} ${titleOf(connection)}`
  return given === undefined ? `${exchange}, ${titleOf(connection)}` : `${exchange} ${given}, from files`
}

export function exchangeNameOf(
  { exchanges }: { readonly exchanges: ReadonlyMap<string, { readonly name: string }> },
  { exchange }: Connection,
): string {
  return exchanges.get(exchange)?.name ?? exchange
}

function nameGiven({ label, subaccount }: Connection): string | undefined {
  return label ?? (subaccount === '' ? undefined : subaccount)
}

/** As much of an id as is shown elsewhere. */
const shownId = 12

/** As long as what `titleOf` shows of a key. */
const shortestId = 4

/**
 * The one connection that somebody means by its label, its sub-account, the end of its key or the beginning of its id,
 * in this order. Throws `InvalidInputError` when there is none, or more than one.
 */
export function findByName(connections: readonly Connection[], name: string): Connection {
  const wanted = sameAs(name)
  const ways: readonly ((connection: Connection) => boolean)[] = [
    ({ id }) => id === name,
    ({ label }) => label !== undefined && sameAs(label) === wanted,
    ({ subaccount }) => subaccount !== '' && sameAs(subaccount) === wanted,
    ({ keyHint }) => keyHint !== '' && sameAs(keyHint) === wanted.replace(/^…|^\.\.\./, ''),
    ({ id }) => wanted.length >= shortestId && id.startsWith(wanted),
  ]
  for (const way of ways) {
    const found = connections.filter(way)
    if (found.length > 1)
      throw new InvalidInputError(
        `“${name}” may be any of ${listed(found.map(({ id }) => id.slice(0, 12)))}: npm run -s status shows which is which; ` +
          'give the id.',
      )
    if (found[0] !== undefined) return found[0]
  }
  throw new InvalidInputError(
    connections.length === 0
      ? 'No account was imported yet: npm run import begins.'
      : `No account is called “${name}”; known: ${connections.map(titleOf).join(', ')}.`,
  )
}

function sameAs(name: string): string {
  return normaliseSubaccount(name).toLowerCase()
}
