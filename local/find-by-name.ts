import type { Connection } from '../lambdas/domain/connection.ts'
import { listed } from '../lambdas/domain/coverage-words.ts'
import { normaliseSubaccount } from '../lambdas/use-cases/connect.ts'
import { InvalidInputError } from './import/invalid-input.ts'

/** What people call a connection: its label, or its sub-account, or the end of its key. */
export function titleOf({ label, subaccount, keyHint, id }: Connection): string {
  if (label !== undefined) return label
  if (subaccount !== '') return subaccount
  return keyHint === '' ? id.slice(0, shownId) : `…${keyHint}`
}

/** An account of which only files are known has no key: as much of its id as is shown elsewhere. */
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
