import { z } from 'zod'
import { optionalText } from '../row.ts'

export const side = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['buy', 'sell']))

/** `LONG`, `SHORT` or `BOTH`; more may come. */
export const positionSide = optionalText

/**
 * In hedge mode a position has a side, and an order in its direction opens it. In one-way mode (`BOTH`) a fill may open,
 * close or turn the one position there is: nothing says which.
 */
export function directionOf(
  traded: 'buy' | 'sell' | undefined,
  position: string | undefined,
): { readonly side?: 'buy' | 'sell'; readonly position?: 'open' | 'close' } {
  if (traded === undefined) return {}
  const opening = position === 'LONG' ? 'buy' : position === 'SHORT' ? 'sell' : undefined
  if (opening === undefined) return { side: traded }
  return { side: traded, position: traded === opening ? 'open' : 'close' }
}
