import { type Window, width } from './window.ts'

/** How many gaps, or other times, one list of an answer names. The rest is counted: an account may have fifty thousand. */
export const mostTold = 100

/**
 * What a list names of so many times, oldest first, and what it only counts. The longest are named: none that is only
 * counted is longer. Whatever is judged is judged before.
 */
export function toldSpans<T extends Window>(
  spans: readonly T[],
  most = mostTold,
): { readonly named: readonly T[]; readonly others: readonly T[] } {
  if (spans.length <= most) return { named: spans, others: [] }
  const longest = new Set([...spans].sort((a, b) => width(b) - width(a)).slice(0, most))
  return {
    named: spans.filter((span) => longest.has(span)),
    others: spans.filter((span) => !longest.has(span)),
  }
}
