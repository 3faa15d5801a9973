import type { Connection } from '../../lambdas/domain/connection.ts'

/**
 * Which folder below `--out` holds the files of a connection: `bitmart-desk-3f9a1c2b77de`. It is made of what never
 * changes, so that each import replaces the files of the one before; a label and a key may be another tomorrow.
 */
export function historyFolder({ exchange, subaccount, id }: Connection): string {
  return [exchange, ...nameParts(subaccount), id.slice(0, idLength)].join('-')
}

/** Tells connections apart; the name before it is for people. */
const idLength = 12
/** Characters of up to four bytes: a name may have 255 bytes nearly everywhere. */
const longestName = 40

/** Letters and digits of any script, which every file system takes. */
function nameParts(subaccount: string): readonly string[] {
  const name = [...subaccount.normalize('NFC').replaceAll(/[^\p{L}\p{N}]+/gu, '-')].slice(0, longestName)
  const trimmed = name.join('').replaceAll(/^-|-$/g, '')
  return trimmed === '' ? [] : [trimmed]
}
