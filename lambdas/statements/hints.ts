import { z } from 'zod'
import { compareBytes } from '../domain/byte-order.ts'
import { isIdentifier } from '../domain/transaction.ts'
import type { StatementRow } from './row.ts'

/** A symbol or a coin that a file tells of, and the last time (epoch milliseconds) at which it does. */
export type FiledName = { readonly symbol?: string; readonly coin?: string; readonly since: number }

export const filedNameSchema: z.ZodType<FiledName> = z.object({
  symbol: z.string().optional(),
  coin: z.string().optional(),
  since: z.number(),
})

/** No account has traded so many; what is left out has its turn as if no file told of it. */
const most = 1_000

/** Gathers what rows name. */
export function openHints() {
  const names = new Map<string, FiledName>()

  function add(name: FiledName): void {
    const key = name.symbol === undefined ? `coin ${name.coin}` : `symbol ${name.symbol}`
    const known = names.get(key)
    if (known === undefined || known.since < name.since) names.set(key, name)
  }

  return {
    add,
    see({ symbol, base, currency, times: [since] }: StatementRow): void {
      if (symbol !== undefined && isIdentifier(symbol)) add({ symbol, since })
      for (const coin of new Set([base, currency]))
        if (coin !== undefined && isIdentifier(coin)) add({ coin, since })
    },
    /** Those that were last told of, first. */
    result: (): readonly FiledName[] =>
      [...names]
        .sort(([a, one], [b, other]) => other.since - one.since || compareBytes(a, b))
        .slice(0, most)
        .map(([, name]) => name),
  }
}
