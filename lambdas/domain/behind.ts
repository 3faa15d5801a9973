import { type Judgement, type Whose, whoseOf } from './completeness.ts'
import { isoTime } from './outward.ts'

/**
 * Parts of a stream that were not asked for to the end: `parts` of `of`. They are known up to `knownUntil` (epoch milliseconds);
 * without it, to no end yet. Of such time there is no gap: nobody has looked.
 */
export type Behind = Whose & {
  readonly parts: number
  readonly of: number
  readonly knownUntil?: number
}

/** What was never asked for to the end, and what was a while ago, for programs: sentences say the same. */
export function behindOf({ behind, of }: Pick<Judgement, 'behind' | 'of'>): readonly Behind[] {
  const never = behind.filter(({ known }) => known === undefined)
  const late = behind.flatMap(({ partition, known }) => (known === undefined ? [] : [{ partition, known }]))
  return [
    ...(never.length === 0 ? [] : [told(never, of)]),
    ...(late.length === 0
      ? []
      : [
          {
            ...told(late, of),
            knownUntil: late.reduce((first, { known }) => Math.min(first, known), Number.POSITIVE_INFINITY),
          },
        ]),
  ]
}

function told(some: readonly { readonly partition: string }[], of: number): Behind {
  return { parts: some.length, of, ...(some.length < of && whoseOf(some)) }
}

/** The same outside, where times are ISO 8601. */
export function toldBehind(behind: readonly Behind[]) {
  return behind.map(({ knownUntil, ...rest }) => ({
    ...rest,
    ...(knownUntil !== undefined && { knownUntil: isoTime(knownUntil) }),
  }))
}
