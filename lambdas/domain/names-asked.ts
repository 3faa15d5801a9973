import type { ListStream } from './stream.ts'

/** How many of the names that a run asks for one by one (symbols, contracts, coins) were asked for, by whichever of its workers. */
export type NamesAsked = {
  /** What they are, such as `coins`. */
  readonly each: string
  readonly asked: number
  readonly of: number
  /** Each is asked for once for each of these values, and counts when it was for all. Absent where one question shows all at once. */
  readonly apart?: { readonly filter: string; readonly values: readonly string[] }
}

/** The views that every name is asked for one after the other, until one question has shown the rows of several. */
export function apartBy(
  { views }: Pick<ListStream, 'views'>,
  { showsAllViews }: { readonly showsAllViews: boolean },
): Pick<NamesAsked, 'apart'> {
  return views === undefined || showsAllViews ? {} : { apart: { filter: views.filter, values: views.all } }
}
