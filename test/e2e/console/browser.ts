import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { isMissing } from './chromium.ts'

export const skipped = isMissing ? ' (chromium is not installed)' : ''

export type Look = {
  readonly width?: number
  readonly height?: number
  readonly theme?: 'light' | 'dark'
  /** Whom the page may ask besides its own origin: where one signs in. */
  readonly signInAt?: string
}

/** What a page did that no page of ours may do. */
export type Watched = {
  readonly page: Page
  readonly context: BrowserContext
  /** Every address that was asked for, by its method. */
  readonly asked: string[]
  /** Everything that the page printed or threw, and every violation of its policy. */
  readonly complaints: string[]
}

/** A page of a browser that knows nothing yet. After the test it must have asked nobody else, and have complained of nothing. */
export async function openPage(browser: Browser, address: string, look: Look = {}): Promise<Watched> {
  const { width = 1280, height = 900, theme = 'light', signInAt = address } = look
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    permissions: ['clipboard-read', 'clipboard-write'],
    acceptDownloads: true,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // The browser prints each answer that is a refusal, and each that does not come: both are told on the page.
    if (!/^Failed to load resource/.test(message.text())) complaints.push(message.text())
  })
  onTestFinished(async () => {
    await context.close()
    expect(complaints).toEqual([])
    const allowed = [`${address}/`, `${signInAt}/`]
    const elsewhere = asked.filter((one) => !allowed.some((own) => one.split(' ')[1]?.startsWith(own)))
    expect(elsewhere).toEqual([])
  })
  await page.goto(`${address}/`)
  return { page, context, asked, complaints }
}

/** What a page shows as soon as it can, on however busy a machine. */
export const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 20_000 })
