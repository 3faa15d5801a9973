import {
  QueryClient,
  QueryObserver,
  type QueryObserverOptions,
  type QueryObserverResult,
} from '@tanstack/query-core'
import { useEffect, useReducer, useState } from 'preact/hooks'
import type { Coverage, Exchanges, Formats, Months, Summary, SyncList } from './answers.ts'
import { ask, Refusal } from './ask.ts'

const every = 5_000

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 2_000,
      // Whoever comes back to the page sees what is known by then, however lately it was asked for.
      refetchOnWindowFocus: 'always',
      // What the importer refused it will refuse again; what was not answered may have been bad luck.
      retry: (count, error) => !(error instanceof Refusal) && count < 1,
      retryDelay: 500,
    },
  },
})

// Listens for the page to come into view again.
client.mount()

export type Data<T> = QueryObserverOptions<T, Error>

/** What was asked for, as it is known now, and again whenever more is known. */
export function useData<T>(options: Data<T>): QueryObserverResult<T, Error> {
  const [observer] = useState(() => new QueryObserver<T, Error>(client, options))
  const [, again] = useReducer((count: number) => count + 1, 0)
  useEffect(() => observer.subscribe(() => again(undefined)), [observer])
  useEffect(() => observer.setOptions(options), [observer, JSON.stringify(options.queryKey), options.enabled])
  return observer.getOptimisticResult(client.defaultQueryOptions(options))
}

/** As often as the importer says, and every few seconds while it does not answer. */
function polled<T extends { pollAfter?: number | undefined }>(key: readonly string[], path: string): Data<T> {
  return {
    queryKey: key,
    queryFn: ({ signal }) => ask<T>(path, { signal }),
    refetchInterval: ({ state }) => (state.error === null ? (state.data?.pollAfter ?? false) : every),
  }
}

const patient = 60_000

export const queries = {
  summary: () => polled<Summary>(['summary'], '/v1/summary'),
  exchanges: (): Data<Exchanges> => ({
    queryKey: ['exchanges'],
    queryFn: ({ signal }) => ask<Exchanges>('/v1/exchanges', { signal }),
    staleTime: patient,
  }),
  coverage: (id: string): Data<Coverage> => ({
    queryKey: ['coverage', id],
    queryFn: ({ signal }) => ask<Coverage>(`/v1/connections/${id}/coverage`, { signal }),
  }),
  months: (id: string): Data<Months> => ({
    queryKey: ['months', id],
    queryFn: ({ signal }) => ask<Months>(`/v1/connections/${id}/months`, { signal }),
  }),
  syncs: (id: string): Data<SyncList> => ({
    queryKey: ['syncs', id],
    queryFn: ({ signal }) => ask<SyncList>(`/v1/connections/${id}/syncs`, { signal }),
  }),
  exports: (): Data<Formats> => ({
    queryKey: ['exports'],
    queryFn: ({ signal }) => ask<Formats>('/v1/exports', { signal }),
    refetchInterval: ({ state }) =>
      state.error !== null
        ? every
        : state.data?.recent.some((one) => one.state === 'waiting')
          ? 1_000
          : false,
  }),
}

/** Something was changed here: all that is shown is asked for again. */
export function forgetAnswers(): Promise<void> {
  return client.invalidateQueries()
}
