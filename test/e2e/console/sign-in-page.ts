import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

const clientId = 'client-of-the-console'

export type SignInPage = {
  readonly address: string
  readonly clientId: string
  /** Tokens that the API takes at the moment. */
  readonly valid: Set<string>
  /** What was asked of it, in order: `authorize`, `token`, `revoke`, `logout`. */
  readonly asked: string[]
  /** Every token that it gave away or that was taken back. */
  readonly issued: string[]
  readonly revoked: string[]
}

/** An authorization server as Cognito's classic pages behave: a code for whoever proves by PKCE to have begun, for the allowed address alone. */
export async function openSignInPage(mayLeadTo: () => string): Promise<SignInPage> {
  const [valid, asked, issued, revoked]: [Set<string>, string[], string[], string[]] = [new Set(), [], [], []]
  const codes = new Map<string, string>()
  const refreshes = new Set<string>()

  function authorize(query: URLSearchParams, response: ServerResponse) {
    const isRight =
      query.get('response_type') === 'code' &&
      query.get('client_id') === clientId &&
      query.get('redirect_uri') === mayLeadTo() &&
      query.get('code_challenge_method') === 'S256' &&
      (query.get('state') ?? '').length >= 43
    if (!isRight) return response.writeHead(400).end('This is no request of the console.')
    const code = randomUUID()
    codes.set(code, query.get('code_challenge') ?? '')
    const back = `${mayLeadTo()}?${new URLSearchParams({ code, state: query.get('state') ?? '' })}`
    return response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(
        `<!doctype html><title>Sign in</title><link rel="icon" href="data:,"><a href="${back.replaceAll('&', '&amp;')}">I am Ada</a>`,
      )
  }

  function token(form: URLSearchParams, response: ServerResponse) {
    const challenge = codes.get(form.get('code') ?? '')
    // A code holds once, whoever sends it.
    codes.delete(form.get('code') ?? '')
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const isProven = form.get('grant_type') === 'authorization_code' && challenge === proof
    const isRenewed =
      form.get('grant_type') === 'refresh_token' && refreshes.has(form.get('refresh_token') ?? '')
    if (form.get('client_id') !== clientId || (!isProven && !isRenewed))
      return response.writeHead(400).end('{"error":"invalid_grant"}')
    const claims = Buffer.from(JSON.stringify({ email: 'ada@example.com', jti: randomUUID() })).toString(
      'base64url',
    )
    const idToken = `e30.${claims}.${randomUUID()}`
    const refresh = `refresh-${randomUUID()}`
    valid.add(idToken)
    refreshes.add(refresh)
    issued.push(idToken, refresh)
    return response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        id_token: idToken,
        refresh_token: refresh,
        expires_in: 3_600,
        token_type: 'Bearer',
      }),
    )
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://sign-in.invalid')
    response.setHeader('access-control-allow-origin', '*')
    asked.push(url.pathname.split('/').at(-1) ?? '')
    if (url.pathname === '/oauth2/authorize') return authorize(url.searchParams, response)
    if (url.pathname === '/oauth2/token') return token(new URLSearchParams(await textOf(request)), response)
    if (url.pathname === '/oauth2/revoke') {
      revoked.push(new URLSearchParams(await textOf(request)).get('token') ?? '')
      return response.writeHead(200).end()
    }
    if (url.pathname === '/logout' && url.searchParams.get('logout_uri') === mayLeadTo())
      return response.writeHead(302, { location: mayLeadTo() }).end()
    return response.writeHead(400).end()
  })
  const address = await listening(server)
  return { address, clientId, valid, asked, issued, revoked }
}

/** On a port of its own until the test has ended. */
export async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}
