import type { Import, Imports } from './answers.ts'
import { ask } from './ask.ts'
import type { Data } from './data.ts'

/** What is asked about statement files; the first page does without. */
export const fileQueries = {
  imports: (): Data<Imports> => ({
    queryKey: ['imports'],
    queryFn: ({ signal }) => ask<Imports>('/v1/imports', { signal }),
  }),
  ofAccount: (id: string): Data<Imports> => ({
    queryKey: ['imports', id],
    queryFn: ({ signal }) => ask<Imports>(`/v1/imports?connection=${encodeURIComponent(id)}`, { signal }),
  }),
  import: (id: string): Data<Import> => ({
    queryKey: ['import', id],
    queryFn: ({ signal }) => ask<Import>(`/v1/imports/${id}`, { signal }),
  }),
}
