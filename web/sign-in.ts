import { become, type SignIn, signedIn } from './signed-in.ts'

/** Signs in at the page that the importer names, by a code and PKCE; loaded only where one signs in at all. */

/** With a code in the address, or without. */
export async function arrive(page: SignIn): Promise<void> {
  const code = new URLSearchParams(location.search).get('code')
  if (code === null) return become({ is: 'signed-out' })
  await exchangeCode(page, code)
}

export async function leaveToSignIn(page: SignIn): Promise<void> {
  const verifier = randomText()
  const began = randomText()
  sessionStorage.setItem(began, JSON.stringify({ verifier, hash: location.hash }))
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: page.clientId,
    redirect_uri: ownAddress(),
    scope: 'openid email',
    state: began,
    code_challenge_method: 'S256',
    code_challenge: await challengeOf(verifier),
  })
  location.assign(`${page.page}/oauth2/authorize?${query}`)
}

export async function signOut(page: SignIn): Promise<void> {
  const state = signedIn()
  if (state.is !== 'signed-in') return
  const { refresh } = state
  become({ is: 'signed-out' })
  if (refresh !== undefined)
    await fetch(`${page.page}/oauth2/revoke`, {
      method: 'POST',
      credentials: 'omit',
      body: new URLSearchParams({ token: refresh, client_id: page.clientId }),
    }).catch(() => undefined)
  const query = new URLSearchParams({ client_id: page.clientId, logout_uri: ownAddress() })
  location.assign(`${page.page}/logout?${query}`)
}

async function exchangeCode(signIn: SignIn, code: string): Promise<void> {
  const began = new URLSearchParams(location.search).get('state') ?? ''
  const kept = sessionStorage.getItem(began)
  sessionStorage.removeItem(began)
  const { verifier = '', hash = '' }: { verifier?: string; hash?: string } = JSON.parse(kept ?? '{}')
  // The code is in no history and in no bookmark, whatever becomes of it.
  history.replaceState(null, '', `${location.pathname}${hash}`)
  if (kept === null) return become({ is: 'signed-out' })
  await takeTokens(signIn, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: ownAddress(),
    code_verifier: verifier,
  })
}

type Tokens = { readonly id_token?: string; readonly refresh_token?: string; readonly expires_in?: number }

async function takeTokens(signIn: SignIn, grant: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(`${signIn.page}/oauth2/token`, {
    method: 'POST',
    credentials: 'omit',
    body: new URLSearchParams({ ...grant, client_id: signIn.clientId }),
  }).catch(() => undefined)
  if (answer?.ok !== true) return become({ is: 'signed-out' })
  const tokens: Tokens = await answer.json()
  if (tokens.id_token === undefined) return become({ is: 'signed-out' })
  const refresh = tokens.refresh_token ?? grant.refresh_token
  become({ is: 'signed-in', token: tokens.id_token, refresh, email: emailIn(tokens.id_token) })
  if (refresh !== undefined && tokens.expires_in !== undefined)
    setTimeout(() => renew(signIn, refresh), Math.max(30, tokens.expires_in - 120) * 1_000)
}

/** Before the hour ends, so that nobody is asked in the middle of a form. */
async function renew(signIn: SignIn, refresh: string): Promise<void> {
  const before = signedIn()
  if (before.is !== 'signed-in' || before.refresh !== refresh) return
  await takeTokens(signIn, { grant_type: 'refresh_token', refresh_token: refresh })
  // A network that was away for a moment ends nothing: the token at hand still counts.
  if (signedIn().is === 'signed-out') become(before)
}

/** What the token says of its owner, to be shown; the importer checks it for itself. */
function emailIn(token: string): string | undefined {
  try {
    const text = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))
    const { email }: { email?: unknown } = JSON.parse(text)
    return typeof email === 'string' ? email : undefined
  } catch {
    return undefined
  }
}

function ownAddress(): string {
  return `${location.origin}${location.pathname}`
}

function randomText(): string {
  return base64(crypto.getRandomValues(new Uint8Array(32)))
}

async function challengeOf(verifier: string): Promise<string> {
  return base64(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))))
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
