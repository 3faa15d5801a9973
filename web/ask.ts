import type { Problem } from './answers.ts'
import { Refusal } from './refusal.ts'
import { session } from './session.ts'
import { words } from './words.ts'

/** There was no answer at all. */
class Unreachable extends Error {
  constructor() {
    super(words.unreachable)
    this.name = 'Unreachable'
  }
}

export type Ask = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: object
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

/** The answer's text, letter by letter. */
export async function askText(
  path: string,
  { method = 'GET', body, signal, headers }: Ask = {},
): Promise<string> {
  const answer = await send(path, {
    method,
    signal,
    headers: {
      accept: 'application/json',
      ...session.headers(),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    credentials: 'omit',
    redirect: 'error',
    cache: 'no-store',
  })
  const text = await answer.text()
  if (answer.ok) return text
  const refusal = refusalOf(answer, text)
  if (refusal.problem.code === 'unauthenticated') session.ended()
  throw refusal
}

/** The answer, which the importer's own schemas describe. */
export async function ask<Answer>(path: string, how?: Ask): Promise<Answer> {
  const text = await askText(path, how)
  const answer: Answer = JSON.parse(text === '' ? 'null' : text)
  return answer
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    const answer = await fetch(path, init)
    reach.set(undefined)
    return answer
  } catch (error) {
    if (init.signal?.aborted) throw error
    reach.set(reach.lostSince ?? Date.now())
    throw new Unreachable()
  }
}

function refusalOf(answer: Response, text: string): Refusal {
  const wait = Number(answer.headers.get('retry-after'))
  return new Refusal(problemOf(answer.status, text), wait > 0 ? wait : undefined)
}

/** What is no problem document was not written by the importer: a proxy's page, say. */
function problemOf(status: number, text: string): Problem {
  try {
    const problem: Problem = JSON.parse(text)
    if (typeof problem.detail === 'string') return problem
  } catch {
    // Told below.
  }
  const detail = words.strangeAnswer(status)
  return { type: '', title: detail, status, detail, code: 'internal-error' }
}

/** Since when there is no answer, for whoever wants to tell. */
export const reach = {
  lostSince: undefined as number | undefined,
  listeners: new Set<() => void>(),
  set(since: number | undefined) {
    if (since === reach.lostSince) return
    reach.lostSince = since
    for (const listener of reach.listeners) listener()
  },
}

function refusalSentence({ message, problem: { code, errors = [] } }: Refusal): string {
  if (code !== 'invalid-request' || errors.length === 0) return message
  const names: Readonly<Record<string, string>> = words.fields
  return errors.map(({ field, detail }) => words.wrongField(names[field] ?? field, detail)).join(' ')
}

/** What a person reads of any error. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Refusal) return refusalSentence(error)
  return error instanceof Unreachable ? error.message : words.brokenPage
}
