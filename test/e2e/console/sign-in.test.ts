import { createServer } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoKey } from '../../../local/simulated-bitmart/options.ts'
import { buildConsole } from '../../../web/build.ts'
import { consoleHeaders } from '../../../web/headers.ts'
import { findingsOn } from './accessibility.ts'
import { eventually, openPage, skipped } from './browser.ts'
import { isMissing, startBrowser } from './chromium.ts'
import { openHome } from './home.ts'
import { listening, openSignInPage, type SignInPage, textOf } from './sign-in-page.ts'

const problem = JSON.stringify({
  type: '/docs#unauthenticated',
  title: 'Sign in first',
  status: 401,
  detail: 'Send a token of the sign-in page as "Authorization: Bearer …"; it holds for an hour.',
  code: 'unauthenticated',
})

/** The console as the distribution serves it, with the real API behind a gateway that takes the tokens of the sign-in page. */
async function openCloud(): Promise<{ readonly address: string; readonly signIn: SignInPage }> {
  const home = await openHome()
  const files = new Map((await buildConsole()).map((file) => [file.path, file]))
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const headers = consoleHeaders([signIn.address])
    if (path === '/console.json')
      return response
        .writeHead(200, { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(JSON.stringify({ signIn: { page: signIn.address, clientId: signIn.clientId } }))
    const file = files.get(path)
    if (file !== undefined)
      return response.writeHead(200, { ...headers, 'content-type': file.contentType }).end(file.body)
    if (!signIn.valid.has(request.headers.authorization?.replace('Bearer ', '') ?? ''))
      return response.writeHead(401, { 'content-type': 'application/problem+json' }).end(problem)
    const body = await textOf(request)
    const answer = await fetch(home.server.address + request.url, {
      method: request.method ?? 'GET',
      ...(body !== '' && { body, headers: { 'content-type': 'application/json' } }),
    })
    return response
      .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
      .end(await answer.text())
  })
  const address = await listening(server)
  const signIn = await openSignInPage(() => `${address}/`)
  return { address, signIn }
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

describe.skipIf(isMissing)(`signing in with a browser${skipped}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())

  it('proves by PKCE who began, keeps tokens in memory, keeps what is typed when the hour ends, and takes the token back at the end', async () => {
    const { address, signIn } = await openCloud()
    const { page, asked } = await openPage(browser, address, { signInAt: signIn.address })
    await page.goto(`${address}/#/connect/bitmart`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await findingsOn(page)).toEqual([])
    await button(page, 'Sign in').click()
    await page.getByRole('link', { name: 'I am Ada' }).click()
    await page.getByText('ada@example.com').waitFor()
    // Back where one was, without the code.
    expect(page.url()).toBe(`${address}/#/connect/bitmart`)

    await page.getByLabel('Access key', { exact: true }).fill(demoKey.apiKey)
    await page.getByLabel('Secret key', { exact: true }).fill(demoKey.secret)
    await page.getByLabel('Memo', { exact: true }).fill(demoKey.memo)
    signIn.valid.clear()
    await button(page, 'Connect').click()
    await page.getByText('You are signed out: an hour is over.').waitFor()
    expect(await page.getByLabel('Secret key', { exact: true }).inputValue()).toBe(demoKey.secret)
    expect(await findingsOn(page)).toEqual([])

    await page.getByRole('alert').getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'I am Ada' }).click()
    await page.getByText('ada@example.com').waitFor()
    const kept = await page.evaluate(
      'JSON.stringify([localStorage, sessionStorage, document.cookie, location.href, document.documentElement.outerHTML])',
    )
    expect(signIn.issued).toHaveLength(4)
    for (const token of [...signIn.issued, demoKey.secret]) expect(String(kept)).not.toContain(token)
    for (const token of signIn.issued) expect(asked.join('\n')).not.toContain(token)

    const refresh = signIn.issued.at(-1)
    await button(page, 'Sign out').click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(signIn.revoked).toEqual([refresh])
    await eventually(() => signIn.asked.at(-1)).toBe('logout')
  })

  it('takes no code that somebody else began with, and says that one is not signed in', async () => {
    const { address, signIn } = await openCloud()
    const { page } = await openPage(browser, address, { signInAt: signIn.address })
    await page.goto(`${address}/?code=of-somebody-else&state=unknown`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(page.url()).not.toContain('code')
    expect(signIn.asked).toEqual([])
  })
})
