import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoKey } from '../../../local/simulated-bitmart/options.ts'
import { allLooks, faultsOf, findingsOn } from './accessibility.ts'
import { eventually, openPage, skipped } from './browser.ts'
import { isMissing, startBrowser } from './chromium.ts'
import { openHome } from './home.ts'

describe.skipIf(isMissing)(`reading a history in a browser${skipped}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())

  it('keeps a filter in the address, where a reload, the way back and another person find it', async () => {
    const home = await openHome()
    await home.connected()
    const { page } = await openPage(browser, home.server.address)
    await page.goto(`${home.server.address}/#/transactions`)
    await page.locator('[data-total="460"]').waitFor()
    await page.getByLabel('Kind').selectOption('deposit')
    await page.locator('[data-total="8"]').waitFor()
    const shared = page.url()
    await page.reload()
    await page.locator('[data-total="8"]').waitFor()
    await page.goBack()
    await page.locator('[data-total="460"]').waitFor()
    await page.goto(shared)
    await page.locator('[data-total="8"]').waitFor()
    expect(await page.getByLabel('Kind').inputValue()).toBe('deposit')
    // What is wrong is told by what the page calls it.
    await page.goto(`${home.server.address}/#/transactions?from=2026-02-01&to=2026-01-01`)
    await page.getByText('“Before” must be later than from.').waitFor()
    await page.goto(shared)
    await page.locator('[data-total="8"]').waitFor()

    // What an export cannot take is named.
    await page.getByRole('link', { name: 'Export this' }).click()
    await page.getByText('It cannot be narrowed by Kind').waitFor()
  })

  it('shows in the details the payload digit by digit, and says four things of what is not there', async () => {
    const home = await openHome()
    const { page } = await openPage(browser, home.server.address)
    await page.goto(`${home.server.address}/#/transactions`)
    await page.getByText('No account is connected yet.').waitFor()
    await home.connected()
    await page.reload()
    await page.locator('[data-row="0"] td:nth-child(2)').click()
    const shown = await page.locator('dialog pre').innerText()
    const answer = await fetch(`${home.server.address}/v1/transactions?order=desc&limit=1`)
    const raw = (await answer.text()).split('"raw":')[1]?.split('}')[0] ?? ''
    for (const [number] of raw.matchAll(/-?\d+\.\d+/g)) expect(shown).toContain(number)
    expect(shown.replaceAll(/\s/g, '')).toBe(`${raw}}`.replaceAll(/\s/g, ''))
    await page.keyboard.press('Escape')
    await eventually(() => page.locator('dialog').count()).toBe(0)
    expect(await page.locator(':focus').getAttribute('data-row')).toBe('0')

    await page.goto(`${home.server.address}/#/transactions?q=nothing-is-called-this`)
    await page.getByText('Nothing fits these filters.').waitFor()
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await page.locator('[data-row="0"]').waitFor()
  })

  it('lets no secret out: into no address, storage, title, log, cache or answer', async () => {
    const home = await openHome()
    const { page, asked } = await openPage(browser, home.server.address)
    const answers: string[] = []
    page.on('response', (response) => {
      void response.text().then(
        (text) => answers.push(text),
        () => undefined,
      )
    })
    await page.goto(`${home.server.address}/#/connect/bitmart`)
    const typed = {
      apiKey: 'CANARY-OF-THE-KEY-0123456789',
      secret: 'CANARY-OF-THE-SECRET',
      memo: 'CANARY OF THE MEMO',
    }
    for (const key of [typed, demoKey]) {
      await page.getByLabel('Access key', { exact: true }).fill(key.apiKey)
      await page.getByLabel('Secret key', { exact: true }).fill(key.secret)
      await page.getByLabel('Memo', { exact: true }).fill(key.memo)
      await page.getByRole('button', { name: 'Connect', exact: true }).click()
      if (key === typed) await page.locator('[aria-invalid=true]').first().waitFor()
    }
    await page.getByText('Connected. The first sync has begun.').waitFor()
    await page.getByRole('link', { name: 'Rows' }).click()
    await page.locator('[data-row="0"]').waitFor()
    await page.goBack()
    await page.goBack()
    await page.getByLabel('Access key', { exact: true }).waitFor()
    for (const name of ['Access key', 'Secret key', 'Memo'])
      expect(await page.getByLabel(name, { exact: true }).inputValue()).toBe('')
    const kept = await page.evaluate(
      'JSON.stringify([localStorage, sessionStorage, document.title, location.href, document.documentElement.outerHTML])',
    )
    const caches = await page.evaluate('caches.keys().then((keys) => keys.length)')
    const shown = [String(kept), ...asked, ...answers, JSON.stringify(home.log)].join('\n')
    const secrets = [typed, demoKey].flatMap(({ apiKey, secret, memo }) => [apiKey, secret, memo])
    for (const secret of secrets) expect(shown).not.toContain(secret)
    expect(caches).toBe(0)
  })

  it('can be read with text of twice the size: nothing is cut off beside the window, and axe finds nothing', async () => {
    const home = await openHome()
    const id = await home.connected()
    const { page } = await openPage(browser, home.server.address)
    const found: string[] = []
    for (const hash of [
      '#/',
      '#/connect/bitmart',
      '#/transactions',
      '#/files',
      '#/exports',
      `#/connections/${id}`,
    ]) {
      await page.goto(`${home.server.address}/${hash}`)
      await page.locator('h1').waitFor()
      await eventually(() => page.locator('.late').count()).toBe(0)
      await page.evaluate("void (document.documentElement.style.fontSize = '200%')")
      found.push(...(await findingsOn(page)).map((one) => `${hash}: ${one}`))
      if (await page.evaluate('document.documentElement.scrollWidth > innerWidth'))
        found.push(`${hash}: wider than the window`)
    }
    expect(found).toEqual([])
  })

  it('can be used by everybody: axe finds nothing on any page, light or dark, wide or narrow', async () => {
    const home = await openHome()
    const pages = ['#/', '#/connect', '#/connect/bitmart', '#/transactions', '#/files', '#/exports', '#/help']
    const empty = await openPage(browser, home.server.address, { width: 390 })
    await empty.page.getByText('No account is connected yet.').waitFor()
    expect(await findingsOn(empty.page)).toEqual([])
    const id = await home.connected()
    const { page } = await openPage(browser, home.server.address)
    const found: string[] = []
    const unfold = async () => {
      const folded = page.locator('main details:not([open]) > summary:visible')
      while ((await folded.count()) > 0) await folded.first().click()
    }
    const look = async (state: string, prepare = unfold) =>
      found.push(...(await faultsOf(page, state, { in: allLooks, prepare })))
    for (const hash of [...pages, `#/connections/${id}`, `#/connections/${id}/key`]) {
      await page.goto(`${home.server.address}/${hash}`)
      await page.locator('h1').waitFor()
      await eventually(() => page.locator('.late').count()).toBe(0)
      await look(hash)
    }
    const none = async () => undefined
    await page.goto(`${home.server.address}/#/transactions`)
    await page.locator('[data-row="0"] td:nth-child(2)').click()
    await page.locator('dialog pre').waitFor()
    await look('one row', none)
    await page.goto(`${home.server.address}/#/connections/${id}`)
    for (const name of ['Name and first use', 'Pause the nightly syncs', 'Delete the history too']) {
      await page.getByRole('button', { name }).click()
      await look(name, none)
      await page.keyboard.press('Escape')
    }
    for (const [hash, told] of [
      ['#/transactions?q=nothing-is-called-this', 'Nothing fits these filters.'],
      ['#/connections/nowhere', 'There is no connection with this address.'],
      ['#/nowhere', 'There is no such page.'],
      ['#/connect/nowhere', 'There is no such exchange here.'],
    ] as const) {
      await page.goto(`${home.server.address}/${hash}`)
      await page.getByText(told).waitFor()
      await look(hash)
    }
    expect(found).toEqual([])
  })

  it('says of a page that cannot be drawn that it cannot, and draws the others', async () => {
    const home = await openHome()
    await home.connected()
    const { page } = await openPage(browser, home.server.address)
    await page.getByRole('heading', { name: 'Main account' }).waitFor()
    await page.route('**/v1/exports', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, json: { items: 1, recent: [] } })
    })
    await page.getByRole('link', { name: 'Exports' }).click()
    await page.getByText('This page does not understand the answer.').waitFor()
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('heading', { name: 'Main account' }).waitFor()
  })

  it('can be used by everybody while nothing has come yet, and when nothing answers', async () => {
    const home = await openHome()
    const id = await home.connected()
    const { page } = await openPage(browser, home.server.address)
    const found: string[] = []
    for (const state of ['waiting', 'silent']) {
      await page.unroute('**/v1/**')
      await page.route('**/v1/**', (route) => (state === 'waiting' ? undefined : route.abort()))
      for (const hash of [
        '#/',
        '#/connect',
        '#/transactions',
        '#/files',
        '#/exports',
        `#/connections/${id}`,
      ]) {
        await page.goto(`${home.server.address}/${hash}`)
        await page.reload()
        await (state === 'waiting' ? page.locator('.late') : page.locator('.notice.bad')).first().waitFor()
        found.push(...(await faultsOf(page, `${hash} ${state}`)))
      }
    }
    expect(found).toEqual([])
  })
})
