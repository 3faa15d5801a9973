import { z } from 'zod'

/** So many rows, and why. */
export const countedSchema = z.strictObject({
  count: z.int().meta({ description: 'So many rows.' }),
  reason: z.string(),
})

const list = z.array(countedSchema).readonly()

/** What became of the rows of an export, as its statement, its JSON, the API and the store tell it. */
export const rowCountsSchema = z
  .strictObject({
    lookedAt: z
      .int()
      .meta({ description: 'Rows of the period. Each of them is written or left out, and counts once.' }),
    written: z.int().meta({ description: 'Rows that the file has something of.' }),
    entries: z.int().meta({
      description: 'What the file has of these rows: lines of a table, or transactions of a journal.',
    }),
    divided: z
      .strictObject({ rows: z.int(), entries: z.int() })
      .meta({ description: 'Rows that have more than one entry, and how many entries they have together.' }),
    leftOut: list.meta({ description: 'Rows that the file has nothing of, and why.' }),
    inPart: list.meta({ description: 'Rows that are written, and something that they tell is not.' }),
    shortened: list.meta({ description: 'Rows that are written with fewer digits.' }),
    byHand: list.meta({ description: 'Rows that somebody has to give a kind in the tool.' }),
  })
  .readonly()

export type RowCounts = z.infer<typeof rowCountsSchema>

export type Counted = z.infer<typeof countedSchema>

/** What was said of one row while it was written. A reason that is said twice is one. */
export type RowFate = {
  readonly entries: number
  readonly untold: readonly string[]
  readonly shortened: readonly string[]
  readonly byHand: readonly string[]
}

/** Counts rows one by one. `kept`: what was counted before. */
export function countRows(kept?: RowCounts) {
  let [lookedAt, written, entries] = [kept?.lookedAt ?? 0, kept?.written ?? 0, kept?.entries ?? 0]
  let divided = kept?.divided ?? { rows: 0, entries: 0 }
  const leftOut = reasonCounts(kept?.leftOut)
  const inPart = reasonCounts(kept?.inPart)
  const shortened = reasonCounts(kept?.shortened)
  const byHand = reasonCounts(kept?.byHand)
  return {
    add(row: RowFate): void {
      lookedAt += 1
      if (row.entries === 0) {
        leftOut.add(row.untold.slice(0, 1))
        return
      }
      written += 1
      entries += row.entries
      if (row.entries > 1) divided = { rows: divided.rows + 1, entries: divided.entries + row.entries }
      inPart.add(row.untold)
      shortened.add(row.shortened)
      byHand.add(row.byHand)
    },
    counts: (): RowCounts => ({
      lookedAt,
      written,
      entries,
      divided,
      leftOut: leftOut.list(),
      inPart: inPart.list(),
      shortened: shortened.list(),
      byHand: byHand.list(),
    }),
  }
}

export function reasonCounts(kept: readonly Counted[] = []) {
  const counts = new Map(kept.map(({ reason, count }) => [reason, count]))
  return {
    add(reasons: readonly string[]): void {
      for (const reason of new Set(reasons)) counts.set(reason, (counts.get(reason) ?? 0) + 1)
    },
    list: (): readonly Counted[] => [...counts].map(([reason, count]) => ({ count, reason })),
  }
}

/** The counts in sentences: those left out add up to the rows that are not in the file. */
export function rowSentences(counts: RowCounts): readonly string[] {
  const { lookedAt, written, entries, divided, leftOut, inPart, shortened, byHand } = counts
  const each = (what: string, reasons: readonly Counted[]) =>
    reasons.map(({ count, reason }) => `${what}, ${rowsOf(count)}: ${reason}.`)
  return [
    `Rows looked at: ${lookedAt}. In the file: ${written}. Not in the file: ${lookedAt - written}.`,
    divided.rows === 0
      ? `Entries of the file: ${entries}, one for each row in it.`
      : `Entries of the file: ${entries}, since ${rowsOf(divided.rows)} became ${entriesOf(divided)}.`,
    ...each('Not in the file', leftOut),
    ...each('In the file in part', inPart),
    ...each('In the file with fewer digits', shortened),
    ...each('To be done by hand', byHand),
  ]
}

export function rowsOf(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`
}

function entriesOf({ rows, entries }: RowCounts['divided']): string {
  if (rows === 1) return `${entries} entries`
  return entries === 2 * rows ? '2 entries each' : `${entries} entries together`
}
