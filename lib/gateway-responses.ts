import { ResponseType } from 'aws-cdk-lib/aws-apigateway'

type GatewayProblem = {
  readonly types: readonly ResponseType[]
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly headers?: Readonly<Record<string, string>>
}

const signIn = 'Send a token of the sign-in page as "Authorization: Bearer …"; it holds for an hour.'

/** What the gateway answers itself, before or instead of our code: the same problem documents that the code answers. */
export const gatewayProblems: Readonly<Record<string, GatewayProblem>> = {
  Unauthenticated: {
    types: [ResponseType.UNAUTHORIZED, ResponseType.EXPIRED_TOKEN],
    status: 401,
    code: 'unauthenticated',
    title: 'Sign in first',
    detail: signIn,
    headers: { 'WWW-Authenticate': 'Bearer' },
  },
  Forbidden: {
    types: [
      ResponseType.ACCESS_DENIED,
      ResponseType.INVALID_API_KEY,
      ResponseType.INVALID_SIGNATURE,
      ResponseType.WAF_FILTERED,
    ],
    status: 403,
    code: 'forbidden',
    title: 'This request is not let through',
    detail:
      'It looks like an attack, or its token is of another service. Send it without what is unusual in its address and headers.',
  },
  NotFound: {
    types: [ResponseType.MISSING_AUTHENTICATION_TOKEN, ResponseType.RESOURCE_NOT_FOUND],
    status: 404,
    code: 'not-found',
    title: 'There is nothing here',
    detail: 'The addresses that there are stand in /openapi.json.',
  },
  BodyTooLarge: {
    types: [ResponseType.REQUEST_TOO_LARGE],
    status: 413,
    code: 'body-too-large',
    title: 'The body is too large',
    detail: 'Send at most 64 KB.',
  },
  UnsupportedMediaType: {
    types: [ResponseType.UNSUPPORTED_MEDIA_TYPE],
    status: 415,
    code: 'unsupported-media-type',
    title: 'The body must be JSON',
    detail: 'Send it as application/json.',
  },
  TooManyRequests: {
    types: [ResponseType.THROTTLED, ResponseType.QUOTA_EXCEEDED],
    status: 429,
    code: 'too-many-requests',
    title: 'Too many requests',
    detail: 'Wait a few seconds and send it again.',
    headers: { 'Retry-After': '5' },
  },
  InvalidRequest: {
    types: [ResponseType.BAD_REQUEST_BODY, ResponseType.BAD_REQUEST_PARAMETERS, ResponseType.DEFAULT_4XX],
    status: 400,
    code: 'invalid-request',
    title: 'The request is not valid',
    detail: 'What each address takes stands in /openapi.json.',
  },
  Unavailable: {
    types: [ResponseType.INTEGRATION_FAILURE],
    status: 503,
    code: 'unavailable',
    title: 'This does not work at the moment',
    detail: 'Wait a minute and send it again.',
    headers: { 'Retry-After': '60' },
  },
  TooSlow: {
    types: [ResponseType.INTEGRATION_TIMEOUT],
    status: 504,
    code: 'unavailable',
    title: 'This took too long',
    detail: 'It may have been done all the same: look before you send it again.',
    headers: { 'Retry-After': '60' },
  },
  InternalError: {
    types: [
      ResponseType.API_CONFIGURATION_ERROR,
      ResponseType.AUTHORIZER_CONFIGURATION_ERROR,
      ResponseType.AUTHORIZER_FAILURE,
      ResponseType.DEFAULT_5XX,
    ],
    status: 500,
    code: 'internal-error',
    title: 'Something went wrong here',
    detail: 'It has been noted. Wait a minute and send it again.',
  },
}

/** RFC 9457, as `lambdas/api/problem.ts` words it. The front door's addresses do not name the gateway's stage. */
export function problemDocument({
  status,
  code,
  title,
  detail,
}: Pick<GatewayProblem, 'status' | 'code' | 'title' | 'detail'>): string {
  return JSON.stringify({ type: `/docs#${code}`, title, status, detail, code })
}
