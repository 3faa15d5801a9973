import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, openPage, skipped } from './browser.ts'
import { isMissing, startBrowser } from './chromium.ts'
import { heldBy, manyRowsServer, pagesAsked, passRows } from './many-rows.ts'
import { listening } from './sign-in-page.ts'

const total = 100_000

describe.skipIf(isMissing)(`100,000 rows in a browser${skipped}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())

  it('scroll to their end and back by keyboard, within 60 MB and 1,500 nodes, with two pages asked for a jump', async () => {
    const address = await listening(await manyRowsServer(total, Date.now()))
    const { page, asked } = await openPage(browser, address)
    await page.goto(`${address}/#/transactions`)
    await page.locator(`[data-total="${total}"]`).waitFor()
    await page.locator('[data-row="0"]').focus()
    const shown = (index: number) => page.locator(`[data-row="${index}"]`)
    const focused = () => page.locator(':focus').getAttribute('data-row')

    const before = asked.length
    await page.keyboard.press('End')
    await eventually(() => shown(total - 1).innerText()).toContain(`0.000${total - 1}`)
    expect(await focused()).toBe(String(total - 1))
    expect(pagesAsked(asked, before)).toBeLessThanOrEqual(2)
    await page.keyboard.press('PageUp')
    expect(Number(await focused())).toBeLessThan(total - 1)
    const atEnd = asked.length
    await page.keyboard.press('Home')
    await eventually(() => shown(0).innerText()).toContain('0.00000000')
    expect(await focused()).toBe('0')
    expect(pagesAsked(asked, atEnd)).toBeLessThanOrEqual(2)

    // More than are kept.
    await passRows(page, 0, 21_600)
    const { heap, nodes } = await heldBy(page)
    expect(nodes).toBeLessThanOrEqual(1_500)
    expect(heap).toBeLessThanOrEqual(60_000_000)

    // Rows are counted by thirty days: how many are in a part of them is not known before all have come.
    const middle = new Date(Date.now() - 100 * 86_400_000).toISOString()
    await page.goto(`${address}/#/transactions?to=${middle}`)
    await page.locator('[data-total]', { hasText: /^about [\d,]+ rows$/ }).waitFor()
  })
})
