import type { Import, Imports } from './answers.ts'
import { ask } from './ask.ts'
import { question, questionOfEach } from './question.ts'

/** What is asked about statement files; the first page does without. */
export const fileQuestions = {
  imports: question((signal) => ask<Imports>('/v1/imports', { signal })),
  ofAccount: questionOfEach((id, signal) =>
    ask<Imports>(`/v1/imports?connection=${encodeURIComponent(id)}`, { signal }),
  ),
  import: questionOfEach((id, signal) => ask<Import>(`/v1/imports/${id}`, { signal })),
}
