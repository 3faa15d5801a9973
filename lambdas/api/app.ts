import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { FailureError } from '../domain/failure.ts'
import { RefusedError } from '../use-cases/refusal.ts'
import { docsPage } from './docs-page.ts'
import { apiDocument } from './openapi.ts'
import {
  InvalidRequestError,
  invalidProblem,
  type ProblemDetails,
  problemDetails,
  problemResponse,
  RequestError,
  refusalProblem,
} from './problem.ts'
import type { Route } from './route.ts'

/** What is logged of a request: never its address, headers or body, never an error's text. */
export type LogEntry = {
  readonly event: 'answered' | 'failed'
  readonly method: string
  /** The route's template, such as `/v1/connections/{id}`. */
  readonly path: string
  readonly status: number
  /** The code of a problem, or the kind of an error. */
  readonly code?: string
}

export type AppOptions<Ports> = {
  readonly routes: readonly Route<Ports>[]
  readonly ports: Ports
  /** Routes that another function of the same API serves: their addresses and methods are known here. */
  readonly elsewhere?: readonly Route<never>[]
  /** Whose request it is. Throws a `RequestError` when nobody signed in. */
  readonly user: (context: Context) => string
  /** Sees every request first, may turn it away, and sees every answer last. */
  readonly admit?: MiddlewareHandler
  readonly log: (entry: LogEntry, context: Context) => void
  /** Where this API answers, as its caller sees it: `https://host/stage`. Without it, the origin of the request. */
  readonly address?: (context: Context) => string
  /** Whether a request carries a file, whose size somebody else limits. */
  readonly isUpload?: (context: Context) => boolean
  /** Pages that are served beside the API, by their address; `/` leads to the page of the API where there are none. */
  readonly pages?: ReadonlyMap<string, () => Response>
}

const largestBody = 64 * 1024

/** The whole API as one Hono app, the same in every home. */
export function createApp<Ports>(options: AppOptions<Ports>): Hono {
  const app = new Hono()
  // Made when somebody asks: most functions never are.
  const document = once(() => JSON.stringify(apiDocument()))

  app.use(async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(safety))
      if (!context.res.headers.has(name)) context.res.headers.set(name, value)
  })
  if (options.admit !== undefined) app.use(options.admit)
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (context, methods) => {
        const allow = methods.join(', ')
        if (context.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } })
        return problemResponse(problemDetails('method-not-allowed', `This address allows ${allow}.`), {
          allow,
        })
      },
    }),
  )
  const limit = bodyLimit({
    maxSize: largestBody,
    onError: () =>
      problemResponse(problemDetails('body-too-large', 'A body may have 64 KB at most: send less.')),
  })
  app.use((context, next) => (options.isUpload?.(context) === true ? next() : limit(context, next)))
  for (const route of options.routes)
    app.on(route.method.toUpperCase(), patternOf(route), (context) => answerRoute(options, route, context))
  for (const route of options.elsewhere ?? [])
    app.on(route.method.toUpperCase(), patternOf(route), (context) => {
      options.log({ event: 'failed', ...named(route), status: 500, code: 'served-elsewhere' }, context)
      return problemResponse(internalProblem)
    })
  app.get('/openapi.json', () => answerText(document(), 'application/json'))
  app.get('/docs', (context) => {
    const address = options.address?.(context) ?? new URL(context.req.url).origin
    return answerText(docsPage(apiDocument(), address), 'text/html; charset=utf-8')
  })
  for (const [path, page] of options.pages ?? []) app.get(path, page)
  if (options.pages?.has('/') !== true) app.get('/', (context) => context.redirect('/docs'))
  app.notFound(() =>
    problemResponse(problemDetails('not-found', 'There is no such address: /docs lists all there are.')),
  )
  app.onError((error, context) => {
    options.log(
      { event: 'failed', method: context.req.method, path: '*', status: 500, code: kindOf(error) },
      context,
    )
    return problemResponse(internalProblem)
  })
  return app
}

/** The page of the API needs its own style and nothing from anywhere. */
const safety = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

const internalProblem = problemDetails(
  'internal-error',
  'The request was not done. It is safe to try again; if it keeps failing, look at the log.',
)

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function patternOf({ path }: Route<never>): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

function named({ method, path }: Route<never>) {
  return { method: method.toUpperCase(), path }
}

async function answerRoute<Ports>(
  options: AppOptions<Ports>,
  route: Route<Ports>,
  context: Context,
): Promise<Response> {
  const logged = named(route)
  const { ports, log } = options
  try {
    const answer = await route.respond(ports, {
      user: options.user(context),
      params: context.req.param(),
      query: readQuery(context),
      body: route.body === undefined ? undefined : await readBody(context),
      idempotencyKey: context.req.header('idempotency-key'),
    })
    log({ event: 'answered', ...logged, status: answer.status }, context)
    return answerText(answer.json ?? null, 'application/json', answer.status, {
      ...(answer.location !== undefined && { location: answer.location }),
    })
  } catch (error) {
    const problem = problemOf(error)
    log(
      {
        event: problem === internalProblem ? 'failed' : 'answered',
        ...logged,
        status: problem.status,
        code: problem === internalProblem ? kindOf(error) : problem.code,
      },
      context,
    )
    return problemResponse(problem, retryHeader(error))
  }
}

/** In whole seconds. */
function retryHeader(error: unknown): Record<string, string> {
  if (!(error instanceof RefusedError) || error.retryAfter === undefined) return {}
  return { 'retry-after': String(Math.ceil(error.retryAfter / 1_000)) }
}

function problemOf(error: unknown): ProblemDetails {
  if (error instanceof InvalidRequestError) return invalidProblem(error)
  if (error instanceof RequestError) return problemDetails(error.code, error.message)
  if (error instanceof RefusedError) return refusalProblem(error)
  return internalProblem
}

/** What may be logged of an error: its own text may quote a request. */
function kindOf(error: unknown): string {
  if (error instanceof FailureError) return error.failure.kind
  return error instanceof Error && /^\w{1,60}$/.test(error.name) ? error.name : 'unknown'
}

function readQuery(context: Context): Readonly<Record<string, string>> {
  const values = Object.entries(context.req.queries())
  const repeated = values.filter(([, all]) => all.length > 1)
  if (repeated.length > 0)
    throw new InvalidRequestError(repeated.map(([field]) => ({ field, problem: 'may be given only once' })))
  return Object.fromEntries(values.map(([field, [value = '']]) => [field, value]))
}

async function readBody(context: Context): Promise<unknown> {
  const type = context.req.header('content-type') ?? ''
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type))
    throw new RequestError(
      'unsupported-media-type',
      'Send the body as JSON, with Content-Type: application/json.',
    )
  const bytes = await context.req.arrayBuffer()
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new RequestError('malformed-json', 'The body cannot be read: send one JSON object in UTF-8.')
  }
}

function answerText(
  text: string | null,
  type: string,
  status = 200,
  headers: Record<string, string> = {},
): Response {
  return new Response(text, {
    status,
    headers: { ...(text !== null && { 'content-type': type }), ...headers },
  })
}
