import { mkdir, stat, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { isMissing, startBrowser } from '../e2e/console/chromium.ts'
import { openAccounts, type Pictured, taken } from './accounts.ts'

/** Makes the pictures of the console that the README shows, light and dark: `npm run pictures`, with chromium installed. */

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url))
/** More would make whoever reads the README wait. */
const mostBytes = 150_000

type Subject = {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly at: (accounts: Pictured) => string
  /** Until everything is there that belongs into the picture. */
  readonly ready: (page: Page) => Promise<void>
}

const subjects: readonly Subject[] = [
  {
    name: 'overview',
    width: 1024,
    height: 900,
    at: () => '#/',
    ready: (page) => page.getByText('Not complete').first().waitFor(),
  },
  {
    name: 'coverage',
    width: 1024,
    height: 790,
    at: ({ gapped }) => `#/connections/${gapped}`,
    ready: async (page) => {
      // What is pointed at is told below the drawing.
      await page.locator('svg g.gap').last().waitFor()
      await page.locator('[data-span*="futures-trade gap"]').last().hover()
      await page.locator('svg .lit').first().waitFor()
    },
  },
  {
    name: 'transactions',
    width: 1280,
    height: 640,
    at: () => '#/transactions',
    ready: async (page) => {
      await page.locator('[data-row="8"] td:nth-child(2)').waitFor()
    },
  },
  {
    name: 'exports',
    width: 1024,
    height: 900,
    at: () => '#/exports',
    ready: async (page) => {
      await page.getByLabel('Format').selectOption('koinly')
      await page.getByText('Not complete for this period').waitFor()
    },
  },
]

async function main(): Promise<void> {
  if (isMissing) {
    process.stderr.write('The pictures are made with chromium: install it, or name it in CHROMIUM.\n')
    process.exitCode = 2
    return
  }
  await mkdir(folder, { recursive: true })
  const accounts = await openAccounts()
  const browser = await startBrowser()
  try {
    for (const subject of subjects)
      for (const theme of ['light', 'dark'] as const) await take(browser, accounts, subject, theme)
  } finally {
    await browser.close()
    await accounts.close()
  }
}

async function take(
  browser: Browser,
  accounts: Pictured,
  { name, width, height, at, ready }: Subject,
  theme: 'light' | 'dark',
): Promise<void> {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: theme,
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  })
  await page.clock.setFixedTime(taken)
  await page.goto(`${accounts.address}/${at(accounts)}`)
  await ready(page)
  const path = `${folder}${name}-${theme}.png`
  await writeFile(path, await page.screenshot())
  await page.close()
  const { size } = await stat(path)
  process.stdout.write(`docs/pictures/${name}-${theme}.png  ${Math.ceil(size / 1_000)} kB\n`)
  if (size > mostBytes) throw new Error(`${path} has more than ${mostBytes / 1_000} kB.`)
}

await main()
