import type { Silence } from './accounting.ts'
import type { Counted } from './export-tally.ts'

const reasons: Readonly<Record<Silence, string>> = {
  unfinished: 'transfers that were not finished when last read: export again when they are',
  cancelled: 'transfers that were cancelled or failed',
  'told-by-ledger': 'futures fills, whose profit and fees are in the futures ledger',
  'told-by-fill':
    'futures ledger rows of profit and fees, which the fills tell, since the ledger of that time is not known to be complete',
  zero: 'rows that moved nothing',
  unclear: 'rows of which nobody says what they moved: look at them in the CSV of everything',
}

/** Why rows moved no money by themselves, and how many there are for each reason. */
export function leftOutReasons(leftOut: Readonly<Partial<Record<Silence, number>>>): readonly Counted[] {
  const counts = new Map(Object.entries(leftOut))
  return Object.entries(reasons).flatMap(([silence, reason]) => {
    const count = counts.get(silence) ?? 0
    return count === 0 ? [] : [{ count, reason }]
  })
}
