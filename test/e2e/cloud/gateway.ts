import { randomUUID } from 'node:crypto'
import type { ApiMethod, ApiTemplate } from './assembly.ts'

export type GatewayRequest = {
  readonly method: string
  /** With its query, without the stage. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Whose token comes along; none without. */
  readonly user?: string
  /** The gateway lets everybody in, as one that was set up wrongly would. */
  readonly unguarded?: boolean
}

export type GatewayPorts = {
  readonly api: ApiTemplate
  readonly invoke: (name: string, event: unknown) => Promise<unknown>
  readonly clock: () => number
}

/** The first part of every address, as users see it. */
export const stage = 'dev'
const account = '123456789012'

/** What a user sends to be known. It is as secret as a password. */
export function tokenOf(user: string): string {
  return `token-canary-${Buffer.from(user).toString('hex')}`
}

/**
 * API Gateway as the template sets it up (REST, proxy integration): finds the method, asks for a token where it wants
 * one, and hands the function a genuine event.
 */
export function openGateway({ api, invoke, clock }: GatewayPorts) {
  async function answer(request: GatewayRequest): Promise<Response> {
    const url = new URL(request.path, 'https://gateway.invalid')
    const found = findResource(['/', ...api.resources], url.pathname)
    const method = api.methods.find(
      (one) => one.resource === found?.resource && (one.method === request.method || one.method === 'ANY'),
    )
    if (found === undefined || method === undefined) return refuse('MISSING_AUTHENTICATION_TOKEN', 403)
    if (method.authorized && request.user === undefined && request.unguarded !== true)
      return refuse('UNAUTHORIZED', 401)
    if (method.function === undefined) throw new Error('Only proxy integrations of functions are simulated.')
    const event = proxyEvent(request, url, found, method, clock())
    try {
      return toResponse(await invoke(method.function, event))
    } catch {
      return refuse('DEFAULT_5XX', 502)
    }
  }

  function refuse(type: string, status: number): Response {
    const fallback = status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'
    const described = api.responses.get(type) ?? api.responses.get(fallback)
    const message = JSON.stringify({ message: type })
    return new Response(described?.template ?? message, {
      status: Number(described?.status ?? status),
      headers: { 'Content-Type': 'application/json', ...described?.headers },
    })
  }

  function toResponse(result: unknown): Response {
    const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = Object(result)
    if (!Number.isInteger(statusCode) || (body !== undefined && body !== null && typeof body !== 'string'))
      return refuse('INTEGRATION_FAILURE', 502)
    const all = new Headers()
    for (const [name, value] of Object.entries(headers ?? {})) all.set(name, String(value))
    for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
      all.delete(name)
      for (const value of Array.isArray(values) ? values : []) all.append(name, String(value))
    }
    const binary = isBase64Encoded === true && api.binaryMediaTypes.length > 0
    const content = binary ? Buffer.from(body ?? '', 'base64') : body
    return new Response(statusCode === 204 ? null : (content ?? null), { status: statusCode, headers: all })
  }

  return { answer }
}

type Found = {
  readonly resource: string
  readonly parameters: Readonly<Record<string, string>>
}

/** The most specific resource: a name before a parameter, a parameter before the rest of a path. */
function findResource(resources: readonly string[], path: string): Found | undefined {
  const asked = segmentsOf(path)
  return resources
    .flatMap((resource): { found: Found; rank: string }[] => {
      const parameters: Record<string, string> = {}
      const parts = segmentsOf(resource)
      let rank = ''
      for (const [index, part] of parts.entries()) {
        const segment = asked[index]
        if (segment === undefined) return []
        const name = /^\{(\w+)(\+?)\}$/.exec(part)
        rank += name === null ? 'a' : name[2] === '' ? 'b' : 'c'
        if (name === null && part !== segment) return []
        if (name?.[1] === undefined) continue
        const greedy = name[2] === '+'
        parameters[name[1]] = greedy ? asked.slice(index).join('/') : segment
        if (greedy) return [{ found: { resource, parameters }, rank }]
      }
      return parts.length === asked.length ? [{ found: { resource, parameters }, rank }] : []
    })
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))[0]?.found
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '')
}

function proxyEvent(
  { method: httpMethod, headers: given = {}, body, user }: GatewayRequest,
  url: URL,
  { resource, parameters }: Found,
  { authorized }: ApiMethod,
  now: number,
): unknown {
  const address = '203.0.113.7'
  const requestId = randomUUID()
  const headers = {
    Accept: '*/*',
    Host: 'api.execute-api.us-east-1.amazonaws.com',
    'User-Agent': 'curl/8.5.0',
    'X-Amzn-Trace-Id': 'Root=1-00000000-000000000000000000000000',
    'X-Forwarded-For': address,
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
    ...(user !== undefined && { Authorization: `Bearer ${tokenOf(user)}` }),
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...given,
  }
  const query = [...url.searchParams.keys()]
  const empty = (record: object) => (Object.keys(record).length === 0 ? null : record)
  return {
    resource,
    path: url.pathname,
    httpMethod,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: empty(
      Object.fromEntries(query.map((name) => [name, url.searchParams.getAll(name).at(-1)])),
    ),
    multiValueQueryStringParameters: empty(
      Object.fromEntries(query.map((name) => [name, url.searchParams.getAll(name)])),
    ),
    pathParameters: empty(parameters),
    stageVariables: null,
    requestContext: {
      accountId: account,
      apiId: 'api',
      ...(authorized && user !== undefined && { authorizer: { claims: claimsOf(user, now) } }),
      domainName: 'api.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'api',
      extendedRequestId: 'extended=',
      httpMethod,
      identity: {
        accessKey: null,
        accountId: null,
        caller: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: address,
        user: null,
        userAgent: headers['User-Agent'],
        userArn: null,
      },
      path: `/${stage}${url.pathname}`,
      protocol: 'HTTP/1.1',
      requestId,
      requestTime: new Date(now).toUTCString(),
      requestTimeEpoch: now,
      resourceId: 'abc123',
      resourcePath: resource,
      stage,
    },
    body: body ?? null,
    isBase64Encoded: false,
  }
}

/** As Cognito's authorizer hands them on: every value is text. */
function claimsOf(user: string, now: number): Readonly<Record<string, string>> {
  const seconds = Math.floor(now / 1_000)
  return {
    sub: user,
    aud: 'client',
    'cognito:username': `name of ${user}`,
    email: `${user}@example.com`,
    email_verified: 'true',
    token_use: 'id',
    auth_time: String(seconds),
    iat: String(seconds),
    exp: String(seconds + 3_600),
    iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool',
  }
}
