import { z } from 'zod'
import type { Origin } from '../domain/outward.ts'
import { isDatedAnew } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'

/**
 * A row's id in files for tools. It is made of the account and of what the exchange calls the row, never of the key or the
 * store: who loses his store, or makes a new key, does not double his history in the tool. Nor is the name in it that a user
 * gave an account, which may be another tomorrow. The time is part of it where it never changes; a transfer is known by its own
 * id alone, since its time may still move.
 */
export function rowId(
  { exchange, subaccount }: Origin,
  { stream, time, identity }: Pick<Transaction, 'stream' | 'time' | 'identity'>,
): string {
  const when = isDatedAnew(stream) ? '' : `${time}:`
  return `${exchange}:${subaccount}:${stream}:${when}${identity}`
}

/** So tools and journals, which know accounts by exchange and sub-account, cannot tell these apart. */
export const whichOfSeveralAccounts =
  'Which of several accounts of one exchange a row is of, unless they are sub-accounts: where that matters, export each of them by itself.'

/**
 * Says whether a name is given for the first time within one second, for rows in time order. Tools take rows of one second
 * with the same id or the same hash for one row that they know, and skip it.
 */
export function namesOfASecond(known: NamesOfASecond = { second: -1, names: [] }) {
  let { second } = known
  const names = new Set(known.names)
  return {
    isFirst(time: number, name: string): boolean {
      const current = Math.floor(time / 1_000)
      if (current !== second) names.clear()
      second = current
      if (names.has(name)) return false
      names.add(name)
      return true
    },
    /** What has been given, so as to go on another time. */
    kept: (): NamesOfASecond => ({ second, names: [...names] }),
  }
}

/** Names that were given within this second, counted from 1970. */
export const namesSchema = z.object({ second: z.number(), names: z.array(z.string()) })

type NamesOfASecond = z.infer<typeof namesSchema>
