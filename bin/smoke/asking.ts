import { z } from 'zod'

/** Asks the API in somebody's name. The answer is read with `schema`; `token` absent: as nobody. */
export type Ask = <T>(path: string, schema: z.ZodType<T>, how?: Asking) => Promise<T>
export type Asking = {
  readonly method?: 'POST' | 'DELETE'
  readonly body?: object
  readonly signal?: AbortSignal
}

/** An answer that is none of success. `code`: that of its problem document. */
export class AnsweredError extends Error {
  readonly status: number
  readonly code: string

  constructor(asked: string, status: number, code: string, detail: string) {
    super(`${asked} was answered with ${status} (${code})${detail === '' ? '.' : `: ${detail}`}`)
    this.name = 'AnsweredError'
    this.status = status
    this.code = code
  }
}

/** No request of the API takes as long as this. Milliseconds. */
const patience = 60_000

const problem = z
  .object({ code: z.string().default('no code'), detail: z.string().default('') })
  .catch({ code: 'no code', detail: '' })

/** Errors are sentences: an address that nobody answers, an answer that says no, one that is not what the API promises. */
export function openAsk(api: string, token: string | undefined): Ask {
  return async (path, schema, { method = 'GET', body, signal } = { method: undefined }) => {
    const asked = `${method} ${path.split('?')[0]}`
    const signals = [AbortSignal.timeout(patience), ...(signal === undefined ? [] : [signal])]
    const response = await fetch(`${api}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.any(signals),
    }).catch(() => {
      throw new Error(signal?.aborted ? 'It was stopped.' : `${asked}: nobody answers at ${api}.`)
    })
    const answer: unknown = await response.json().catch(() => undefined)
    if (!response.ok) {
      const { code, detail } = problem.parse(answer)
      throw new AnsweredError(asked, response.status, code, detail)
    }
    const read = schema.safeParse(answer)
    if (read.success) return read.data
    const fields = read.error.issues.map(({ path: field }) => field.join('.')).join(', ')
    throw new Error(`${asked} was not answered as the API promises: look at ${fields || 'the body'}.`)
  }
}
