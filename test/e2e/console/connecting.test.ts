import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoKey, type SimulatedKey } from '../../../local/simulated-bitmart/options.ts'
import { faultsOf } from './accessibility.ts'
import { eventually, openPage, skipped } from './browser.ts'
import { isMissing, startBrowser } from './chromium.ts'
import { openHome } from './home.ts'

const other: SimulatedKey = { ...demoKey, apiKey: 'another-access-key-of-the-simulated-bitmart' }

async function enter(page: Page, { apiKey, secret, memo }: Pick<SimulatedKey, 'apiKey' | 'secret' | 'memo'>) {
  await page.getByLabel('Access key', { exact: true }).fill(apiKey)
  await page.getByLabel('Secret key', { exact: true }).fill(secret)
  await page.getByLabel('Memo', { exact: true }).fill(memo)
}

/** The id of what has the focus. */
const focused = (page: Page) => page.locator(':focus').getAttribute('id')

const connect = (page: Page) => page.getByRole('button', { name: 'Connect', exact: true }).click()

describe.skipIf(isMissing)(`connecting in a browser${skipped}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())

  it('takes a newcomer from an empty page to rows, coverage and a Koinly file in nine clicks', async () => {
    const home = await openHome()
    const { page } = await openPage(browser, home.server.address)
    let clicks = 0
    const click = async (role: 'link' | 'button', name: string) => {
      clicks += 1
      await page.getByRole(role, { name, exact: true }).first().click()
    }
    await eventually(() => page.getByText('No account is connected yet.').count()).toBe(1)
    await click('link', 'Connect an account')
    clicks += 1
    await page.getByRole('link', { name: /^BitMart/ }).click()
    const keyPage = page.getByRole('link', { name: 'Open the page of BitMart where keys are made' })
    expect(await keyPage.getAttribute('href')).toMatch(/^https:\/\/www\.bitmart\.com\//)
    expect(await keyPage.getAttribute('rel')).toBe('noopener noreferrer')
    await enter(page, demoKey)
    await click('button', 'Connect')
    await page.getByText('Connected. The first sync has begun.').waitFor()
    // What was to be known about this key stays until it is read.
    await page.getByText('so this was not checked').waitFor()
    const faults = [...(await faultsOf(page, 'connected'))]
    await page.getByText('260', { exact: true }).first().waitFor()
    await click('button', 'I have read this')
    await page.getByText('The same as a table').waitFor()
    await click('link', 'Export')
    // Opening the list and choosing from it.
    clicks += 2
    await page.getByLabel('Format').selectOption('koinly')
    await page.getByText('Not complete for this period:').waitFor()
    await click('button', 'Make the file')
    const [download] = await Promise.all([page.waitForEvent('download'), click('link', 'Download')])
    expect(download.suggestedFilename()).toMatch(/koinly.*\.csv$/)
    expect(clicks).toBe(9)
    expect(faults).toEqual([])
    // A dialogue that asks for something has the focus where it is typed, and Enter sends it.
    await page.goBack()
    await click('button', 'Name and first use')
    await page.getByRole('dialog').waitFor()
    expect(await page.locator('input:focus').getAttribute('id')).toBe('label')
    await page.keyboard.type('Savings')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Savings' }).waitFor()
    await eventually(() => page.locator(':focus').innerText()).toBe('Name and first use')
  })

  it('tells a wrong memo at the secret and at the memo, and keeps both texts', async () => {
    const home = await openHome()
    const { page } = await openPage(browser, `${home.server.address}`)
    await page.goto(`${home.server.address}/#/connect/bitmart`)
    await enter(page, { ...demoKey, memo: 'another memo' })
    await connect(page)
    for (const name of ['Secret key', 'Memo']) {
      const field = page.getByLabel(name, { exact: true })
      await eventually(() => field.getAttribute('aria-invalid')).toBe('true')
      expect(await field.inputValue()).not.toBe('')
    }
    expect(await page.getByLabel('Access key', { exact: true }).getAttribute('aria-invalid')).toBe('false')
    await eventually(() => focused(page)).toBe('field-secret')
    expect(await faultsOf(page, 'a wrong memo')).toEqual([])
    await page.getByLabel('Memo', { exact: true }).fill(demoKey.memo)
    await connect(page)
    await page.getByText('Connected. The first sync has begun.').waitFor()
  })

  it('leaves out white space around a pasted key and says so, and leaves a memo as it is', async () => {
    const memo = ' with white space '
    const home = await openHome({ simulator: { keys: [{ ...demoKey, memo }] } })
    const { page } = await openPage(browser, home.server.address)
    await page.goto(`${home.server.address}/#/connect/bitmart`)
    await enter(page, { apiKey: `  ${demoKey.apiKey} `, secret: `${demoKey.secret}\t`, memo })
    expect(await page.getByLabel('Access key', { exact: true }).inputValue()).toBe(demoKey.apiKey)
    expect(await page.getByText('White space around it was left out.').count()).toBe(2)
    expect(await page.getByText('It begins or ends with white space.').count()).toBe(1)
    await connect(page)
    await page.getByText('Connected. The first sync has begun.').waitFor()
  })

  it('points out a secret that was pasted into both fields', async () => {
    const home = await openHome()
    const { page } = await openPage(browser, home.server.address)
    await page.goto(`${home.server.address}/#/connect/bitmart`)
    await enter(page, { ...demoKey, apiKey: demoKey.secret })
    await page.getByText('one of the two was pasted twice').waitFor()
  })

  it('shows a step at a time on a phone, each with its own number, and leads who has a key to where it is entered', async () => {
    const home = await openHome()
    const { page } = await openPage(browser, home.server.address, { width: 390 })
    await page.goto(`${home.server.address}/#/connect/bitmart`)
    const shown = 'getComputedStyle(document.querySelector(".guide > li:not([hidden])"), "::before").content'
    for (const number of ['1', '2', '3']) {
      await eventually(() => page.locator('.guide > li:visible').count()).toBe(1)
      await eventually(() => page.evaluate(shown)).toBe(`"${number}"`)
      await page.getByRole('button', { name: 'Next' }).click()
    }
    await page.getByRole('button', { name: 'Enter the key' }).click()
    await eventually(() => focused(page)).toBe('form')
    await enter(page, demoKey)
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('button', { name: 'Next' }).click()
    await eventually(() => focused(page)).toBe('form')
  })

  it('refuses a key that can withdraw at the step of its rights, and takes it when somebody insists', async () => {
    const home = await openHome({ simulator: { keys: [{ ...demoKey, permissions: ['read', 'withdraw'] }] } })
    const { page } = await openPage(browser, home.server.address)
    await page.goto(`${home.server.address}/#/connect/bitmart`)
    await enter(page, demoKey)
    await connect(page)
    const step = page.locator('[data-step=rights].refused')
    await step.waitFor()
    expect(await step.innerText()).toContain('withdraw')
    await eventually(() => focused(page)).toBe('refused-step')
    expect(await faultsOf(page, 'too strong')).toEqual([])
    expect(await page.getByText('allowPowerfulKey').count()).toBe(0)
    await page.getByLabel('I know what this key can do').check()
    await connect(page)
    await page.getByText('Connected. The first sync has begun.').waitFor()
  })

  it('leads a key that is connected already to its connection, and offers to replace its key', async () => {
    const home = await openHome()
    const id = await home.connected()
    const { page } = await openPage(browser, home.server.address)
    await page.goto(`${home.server.address}/#/connect/bitmart`)
    await enter(page, demoKey)
    await page.getByText('More', { exact: true }).click()
    await page.getByLabel('Sub-account').fill('desk')
    await connect(page)
    await page.getByRole('link', { name: 'Replace its key instead' }).waitFor()
    expect(await faultsOf(page, 'connected already')).toEqual([])
    await page.getByRole('link', { name: 'Open that connection' }).click()
    expect(page.url()).toContain(id)
    await page.getByRole('heading', { name: 'Main account' }).waitFor()
  })

  it('replaces a key that has expired, and the history goes on', async () => {
    const keys: SimulatedKey[] = [{ ...demoKey }, other]
    const home = await openHome({ simulator: { keys } })
    const id = await home.connected()
    keys[0] = { ...demoKey, expired: true }
    await home.call('POST', `/v1/connections/${id}/syncs`)
    await home.settled(id)
    const { page } = await openPage(browser, home.server.address)
    await page.getByText('Needs you').waitFor()
    await page.getByRole('link', { name: 'Replace the key' }).click()
    await enter(page, other)
    await page.getByRole('button', { name: 'Replace the key' }).click()
    await page.getByText('The key is replaced. The history goes on.').waitFor()
    await home.settled(id)
    const { items } = await home.call<{ items: { rows: number }[] }>('GET', '/v1/summary')
    expect(items.map(({ rows }) => rows)).toEqual([460])
  })
})
