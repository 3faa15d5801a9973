import { useEffect, useReducer } from 'preact/hooks'
import type { Coverage, Exchanges, Formats, Months, Summary, SyncList } from './answers.ts'
import { ask } from './ask.ts'
import {
  askAllAgain,
  comesIntoView,
  type Known,
  type Question,
  question,
  questionOfEach,
} from './question.ts'

addEventListener('visibilitychange', () => comesIntoView(document.visibilityState !== 'hidden'))

type Asked<T> = Known<T> & { readonly refetch: () => void }

/** What was asked for, as it is known now, and again whenever more is known. Without a question nothing is asked. */
export function useData<T>(one: Question<T> | undefined): Asked<T> {
  const [, again] = useReducer((count: number) => count + 1, 0)
  const known = one?.known() ?? { data: undefined, error: null }
  useEffect(() => {
    // It may have been answered while this was drawn.
    if (one !== undefined && one.known().data !== known.data) again(undefined)
    return one?.watch(() => again(undefined))
  }, [one])
  return { ...known, refetch: () => void one?.again() }
}

const everyFewSeconds = 5_000
const aMinute = 60_000

/** Without what was only begun: an account of which no file could be read is none. */
const accounts = async (signal: AbortSignal): Promise<Summary> => {
  const { items, ...more } = await ask<Summary>('/v1/summary', { signal })
  return { ...more, items: items.filter(({ connection }) => !connection.begun) }
}

const summary = question(accounts, {
  // As often as the importer says, and every few seconds while it does not answer.
  pollAfter: ({ data, error }) => (error === null ? data?.pollAfter : everyFewSeconds),
})

const exchanges = question((signal) => ask<Exchanges>('/v1/exchanges', { signal }), { freshFor: aMinute })

const exports = question((signal) => ask<Formats>('/v1/exports', { signal }), {
  pollAfter: ({ data, error }) => {
    if (error !== null) return everyFewSeconds
    return data?.recent.some(({ state }) => state === 'waiting') ? 1_000 : undefined
  },
})

export const questions = {
  summary,
  exchanges,
  exports,
  coverage: questionOfEach((id, signal) => ask<Coverage>(`/v1/connections/${id}/coverage`, { signal })),
  months: questionOfEach((id, signal) => ask<Months>(`/v1/connections/${id}/months`, { signal })),
  syncs: questionOfEach((id, signal) => ask<SyncList>(`/v1/connections/${id}/syncs`, { signal })),
}

/** Something was changed here: all that is shown is asked for again. */
export const forgetAnswers = askAllAgain
