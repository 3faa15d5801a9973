import type { Context, MiddlewareHandler } from 'hono'
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda'
import { z } from 'zod'
import type { openTelemetry } from '../adapters/telemetry.ts'
import { type AppOptions, createApp, type LogEntry } from './app.ts'
import { problemDetails, problemResponse, problemType, RequestError } from './problem.ts'

/** Half a character would become another one further on. */
const whole = z.string().refine((text) => text.isWellFormed())

/** What API Gateway's REST API hands over with a request, as far as it matters here. */
const environment = z.object({
  lambdaContext: z.object({ awsRequestId: z.string() }),
  event: z.object({
    /** Without the name of the gateway's stage. */
    path: z.string(),
    requestContext: z.object({
      /** With it, unless a domain of its own stands before the gateway. */
      path: z.string().optional(),
      authorizer: z.object({ claims: z.object({ sub: whole.min(1).max(128) }).optional() }).nullish(),
    }),
  }),
})

const token = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/)
const headerValue = whole.regex(/^[^\0\r\n]*$/)
/** Every entry is looked at: a record of zod passes over `__proto__`, which the adapter reads. */
function entries(name: z.ZodType, value: z.ZodType) {
  return z.preprocess(
    (given) => (typeof given === 'object' && given !== null ? Object.entries(given) : given),
    z.array(z.tuple([name, value])).nullish(),
  )
}

/** Tells another kind of event, which would be read in another way. */
const absent = z.never().optional()

/** What a request needs so that it can be read as one: whatever is amiss otherwise is for the app to say. */
const restEvent = z
  .object({
    httpMethod: token.refine((method) => !/^(CONNECT|TRACE|TRACK)$/i.test(method)),
    path: whole.startsWith('/'),
    headers: entries(token, headerValue),
    multiValueHeaders: entries(token, z.array(headerValue)),
    queryStringParameters: entries(whole, whole),
    multiValueQueryStringParameters: entries(whole, z.array(whole)),
    requestContext: z.object({
      domainName: z.string().refine((name) => /^[\w.-]+$/.test(name) && URL.canParse(`https://${name}/`)),
      elb: absent,
      http: absent,
      serviceArn: absent,
    }),
    rawPath: absent,
    body: z.string().nullish(),
    isBase64Encoded: z.boolean().optional(),
  })
  .refine(({ body, isBase64Encoded }) => !isBase64Encoded || isBase64(body ?? ''))

function isRestEvent(event: unknown): event is LambdaEvent {
  return restEvent.safeParse(event).success
}

function isBase64(text: string): boolean {
  try {
    atob(text)
    return true
  } catch {
    return false
  }
}

/** The subject of the token that the gateway has checked. Nothing else in a request says who is asking. */
function userOfToken(context: Context): string {
  const user = environment.safeParse(context.env).data?.event.requestContext.authorizer?.claims?.sub
  if (user === undefined)
    throw new RequestError(
      'unauthenticated',
      'Sign in, and send the token with the request: Authorization: Bearer …',
    )
  return user
}

/** What is no request reaches the app without its event. */
const turnAwayUnreadable: MiddlewareHandler = async (context, next) => {
  if ('event' in context.env) return stageInAddresses(context, next)
  return problemResponse(
    problemDetails('invalid-request', 'This is not a request to this API: /docs describes them.'),
  )
}

/** Addresses that we answer begin with the stage of the gateway, where the request's own did. */
const stageInAddresses: MiddlewareHandler = async (context, next) => {
  await next()
  const stage = stageOf(context)
  if (stage === '') return
  const { headers } = context.res
  const location = headers.get('location')
  if (location?.startsWith('/')) headers.set('location', stage + location)
  if (headers.get('content-type') !== problemType) return
  const { type, ...problem } = problemWithType.parse(await context.res.json())
  context.res = new Response(JSON.stringify({ type: stage + type, ...problem }), context.res)
}

const problemWithType = z.looseObject({ type: z.string().startsWith('/') })

const hostName = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)

/** The name of the distribution that asks, which the firewall lets nobody else say. */
function frontDoorOf(context: Context): string | undefined {
  return hostName.safeParse(context.req.header('x-console-host')).data
}

/** What the address begins with before what we serve: `/dev`, or nothing behind the distribution, which puts it there. */
function stageOf(context: Context): string {
  if (frontDoorOf(context) !== undefined) return ''
  const event = environment.safeParse(context.env).data?.event
  const path = event?.requestContext.path ?? ''
  return event !== undefined && path.endsWith(event.path)
    ? path.slice(0, path.length - event.path.length)
    : ''
}

/**
 * The app as API Gateway's REST API calls it, behind a proxy integration, with the users of its Cognito authorizer.
 * `onAnswer` hears of every request that was answered.
 */
export function gatewayHandler<Ports>(
  telemetry: ReturnType<typeof openTelemetry>,
  options: Pick<AppOptions<Ports>, 'routes' | 'elsewhere' | 'ports'> & {
    readonly onAnswer?: (entry: LogEntry) => void
  },
) {
  const app = createApp({
    ...options,
    user: userOfToken,
    admit: turnAwayUnreadable,
    address: (context) => {
      const host = frontDoorOf(context)
      return host === undefined ? new URL(context.req.url).origin + stageOf(context) : `https://${host}`
    },
    log: ({ event, ...entry }, context) => {
      const requestId = environment.safeParse(context.env).data?.lambdaContext.awsRequestId
      telemetry.log(event === 'failed' ? 'error' : 'info', event, { requestId, ...entry })
      options.onAnswer?.({ event, ...entry })
    },
  })
  const answer = handle(app)

  /** The adapter would fail on it, answer in words of its own and print what it could not read. */
  async function refuse({ awsRequestId }: LambdaContext) {
    telemetry.log('warn', 'unreadable', { requestId: awsRequestId })
    const refusal = await app.fetch(new Request('https://gateway.invalid/'), {})
    return {
      statusCode: refusal.status,
      headers: Object.fromEntries(refusal.headers),
      body: await refusal.text(),
      isBase64Encoded: false,
    }
  }

  return (event: unknown, context: LambdaContext) =>
    telemetry.invocation(context.awsRequestId, {}, async () =>
      isRestEvent(event) ? answer(withoutNeedlessBody(event), context) : refuse(context),
    )
}

/** A body that came with a GET means nothing, and the web's Request refuses to hold one. */
function withoutNeedlessBody(event: LambdaEvent): LambdaEvent {
  return 'httpMethod' in event && /^(GET|HEAD)$/i.test(event.httpMethod) ? { ...event, body: null } : event
}
