import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { z } from 'zod'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const found = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      nodes: z.array(z.object({ target: z.array(z.unknown()), failureSummary: z.string() })),
    }),
  ),
})

/** What axe finds against WCAG 2.2 AA on the page as it stands, in words. */
export async function findingsOn(page: Page): Promise<readonly string[]> {
  // By the debugger, since the page's own policy lets no foreign script in.
  const session = await page.context().newCDPSession(page)
  const known = await session.send('Runtime.evaluate', { expression: 'typeof axe' })
  if (known.result.value === 'undefined') await session.send('Runtime.evaluate', { expression: source })
  const { result } = await session.send('Runtime.evaluate', {
    expression:
      "axe.run({ resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(({ violations }) => JSON.parse(JSON.stringify({ violations })))",
    awaitPromise: true,
    returnByValue: true,
  })
  await session.detach()
  return found
    .parse(result.value)
    .violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    )
}

/**
 * What axe finds on the page as it stands, and whether it is wider than the window: a light and wide one, a dark and narrow one.
 * `prepare`: what is done in each look before.
 */
export async function faultsOf(
  page: Page,
  state: string,
  { in: looks = twoLooks, prepare }: { in?: readonly Look[]; prepare?: () => Promise<void> } = {},
): Promise<readonly string[]> {
  const found: string[] = []
  for (const [theme, width] of looks) {
    await page.emulateMedia({ colorScheme: theme })
    await page.setViewportSize({ width, height: 900 })
    await prepare?.()
    await page.evaluate('scrollTo(0, 0)')
    found.push(...(await findingsOn(page)).map((one) => `${state} ${theme} ${width}: ${one}`))
    if (await page.evaluate('document.documentElement.scrollWidth > innerWidth'))
      found.push(`${state} ${theme} ${width}: wider than the window`)
  }
  return found
}

type Look = readonly ['dark' | 'light', number]
const twoLooks = [
  ['dark', 390],
  ['light', 1280],
] as const
export const allLooks: readonly Look[] = [['dark', 1280], ['light', 390], ...twoLooks]
