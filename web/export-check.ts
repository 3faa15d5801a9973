import type { Account, Coverage } from './answers.ts'
import { minute } from './show.ts'
import { lanesOf, type Span } from './timeline.ts'
import { exportWords } from './words/exports.ts'
import { accountName } from './words.ts'

/** Epoch milliseconds; without an end, up to now. */
export type Period = { readonly from?: number | undefined; readonly to?: number | undefined }

/** What of a period is not covered, a line for each stream and kind; the statement of the file has it all. */
export function shortfallsIn(
  known: readonly { readonly of: Account; readonly is: Coverage }[],
  { from = 0, to = Number.MAX_SAFE_INTEGER }: Period,
  now: number,
): readonly string[] {
  return known.flatMap(({ of, is }) => {
    // Nobody can be asked for what its files do not tell.
    if (of.connection.fromFiles) return [exportWords.onlyFiles(accountName(of))]
    return lanesOf(is, now, false).flatMap(({ title, spans }) => {
      const within = spans.filter((span) => isShort(span, now) && span.from < to && span.to > from)
      const lines = (['gap', 'unverified', 'unasked'] as const).flatMap((kind) => {
        const some = within.filter((span) => span.kind === kind)
        if (some.length === 0) return []
        const begin = Math.max(from, Math.min(...some.map((span) => span.from)))
        const end = Math.min(to, Math.max(...some.map((span) => span.to)))
        return [exportWords.short(kind, some.length, minute(begin), minute(end))]
      })
      return lines.map((line) => `${known.length > 1 ? `${accountName(of)}, ` : ''}${title}: ${line}`)
    })
  })
}

/** What came since the last sync is no shortfall of a period that has hardly ended. */
function isShort({ kind, to }: Span, now: number): boolean {
  return kind !== 'covered' && kind !== 'settling' && !(kind === 'unasked' && to === now)
}
