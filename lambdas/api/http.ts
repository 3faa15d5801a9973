import type { Context, MiddlewareHandler } from 'hono'
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda'
import { z } from 'zod'
import type { openTelemetry } from '../adapters/telemetry.ts'
import { type AppOptions, createApp, type LogEntry } from './app.ts'
import { RequestError } from './problem.ts'

/** What API Gateway's REST API hands over with a request, as far as it matters here. */
const environment = z.object({
  lambdaContext: z.object({ awsRequestId: z.string() }),
  event: z.object({
    /** Without the name of the gateway's stage. */
    path: z.string(),
    requestContext: z.object({
      /** With it, unless a domain of its own stands before the gateway. */
      path: z.string().optional(),
      authorizer: z.object({ claims: z.object({ sub: z.string().min(1).max(128) }).optional() }).nullish(),
    }),
  }),
})

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

/** Addresses that we answer begin with the stage of the gateway, where the request's own did. */
const stageInLocation: MiddlewareHandler = async (context, next) => {
  await next()
  const location = context.res.headers.get('location')
  const event = environment.safeParse(context.env).data?.event
  if (location === null || event === undefined || !location.startsWith('/')) return
  const { path = '' } = event.requestContext
  if (path.endsWith(event.path))
    context.res.headers.set('location', path.slice(0, path.length - event.path.length) + location)
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
    admit: stageInLocation,
    log: ({ event, ...entry }, context) => {
      const requestId = environment.safeParse(context.env).data?.lambdaContext.awsRequestId
      telemetry.log(event === 'failed' ? 'error' : 'info', event, { requestId, ...entry })
      options.onAnswer?.({ event, ...entry })
    },
  })
  const answer = handle(app)
  return (event: LambdaEvent, context: LambdaContext) =>
    telemetry.invocation(context.awsRequestId, {}, () => answer(withoutNeedlessBody(event), context))
}

/** A body that came with a GET means nothing, and the web's Request refuses to hold one. */
function withoutNeedlessBody(event: LambdaEvent): LambdaEvent {
  return 'httpMethod' in event && /^(GET|HEAD)$/i.test(event.httpMethod) ? { ...event, body: null } : event
}
