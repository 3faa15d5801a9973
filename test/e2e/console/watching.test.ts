import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { summary } from '../../../lambdas/api/answer-shapes.ts'
import { day, hour } from '../../../lambdas/domain/window.ts'
import { demoKey, type SimulatedKey } from '../../../local/simulated-bitmart/options.ts'
import { faultsOf } from './accessibility.ts'
import { eventually, openPage, skipped } from './browser.ts'
import { isMissing, startBrowser } from './chromium.ts'
import { openHome } from './home.ts'

describe.skipIf(isMissing)(`watching syncs in a browser${skipped}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())

  it('shows a sync stream by stream while it lasts, and the last result beside it', async () => {
    const home = await openHome({ simulator: { latency: 30 } })
    const id = await home.connected()
    const { page } = await openPage(browser, home.server.address)
    await page.goto(`${home.server.address}/#/connections/${id}`)
    await page.getByRole('button', { name: 'Ask again for everything missing' }).click()
    await page.locator('.progress li').first().waitFor()
    expect(await page.locator('.progress li').count()).toBe(5)
    // What was found before is not repainted by what is under way.
    expect(await page.locator('.badge').first().innerText()).toContain('Not known to be complete')
    await page.getByText('Last sync').waitFor()
    expect(await page.locator('.progress').count()).toBe(0)
  })

  it('shows a stream that failed in amber and heals, and a dead key in red with what to do', async () => {
    const keys: SimulatedKey[] = [{ ...demoKey }]
    const home = await openHome({ simulator: { keys } })
    const id = await home.connected()
    const { page } = await openPage(browser, home.server.address)
    keys[0] = { ...demoKey, expired: true }
    await page.getByRole('button', { name: 'Sync now' }).click()
    const card = page.locator('.card.bad')
    await card.waitFor()
    await card.getByRole('link', { name: 'Replace the key' }).waitFor()
    expect(await card.innerText()).toContain('460 rows')
    const faults = [...(await faultsOf(page, 'a dead key'))]
    await card.getByRole('link', { name: 'Main account' }).click()
    await page.locator('.notice.bad').waitFor()
    faults.push(...(await faultsOf(page, 'the account of a dead key')))
    expect(faults).toEqual([])
    keys[0] = { ...demoKey }
    await home.call('POST', `/v1/connections/${id}/syncs`)
    await home.settled(id)
    await page.reload()
    await page.getByText('Not known to be complete').first().waitFor()
  })

  it('shows what a sync warns of in a place of its own, before anything else', async () => {
    const home = await openHome()
    const id = await home.connected()
    const { page } = await openPage(browser, home.server.address)
    const warning =
      'Spot fills: of 12 stored rows that were read again, 9 say something else than when final.'
    // What an exchange has to do for this takes days; how it is told is the page's.
    await page.route('**/v1/summary', async (route) => {
      const answer = await route.fetch()
      const { items, ...more } = await answer.json()
      const warned = items.map((one: { sync: object; sentences: string[] }) => ({
        ...one,
        sync: { ...one.sync, warnings: [warning] },
        sentences: [warning, ...one.sentences],
      }))
      await route.fulfill({ response: answer, json: { items: warned, ...more } })
    })
    const faults: string[] = []
    for (const hash of ['#/', `#/connections/${id}`]) {
      await page.goto(`${home.server.address}/${hash}`)
      await page.reload()
      await page.locator('.notice.bad', { hasText: warning }).waitFor()
      // Once, and not among what is merely not known.
      expect(await page.getByText(warning).count()).toBe(1)
      faults.push(...(await faultsOf(page, `${hash} warned`)))
    }
    expect(faults).toEqual([])
  })

  it('tells by name how far it is with an exchange that is asked name by name', async () => {
    const home = await openHome()
    const id = await home.connected()
    const { page } = await openPage(browser, home.server.address)
    const names = [
      { each: 'symbols', asked: 240, of: 1_700 },
      { each: 'coins', asked: 3, of: 700, apart: { filter: 'status', values: ['0', '5'] } },
    ]
    let isRunning = true
    // A first import of such an exchange takes three quarters of an hour; how it is told is the page's.
    await page.route('**/v1/summary', async (route) => {
      const answer = await route.fetch()
      const told = summary.parse(await answer.json())
      const items = told.items.map(({ sync, ...one }) => {
        if (sync === undefined || !isRunning) return { ...one, sync }
        const { finishedAt: _none, ...run } = sync
        const streams = run.streams.map((stream, place) =>
          place === 0 ? { ...stream, state: 'running' as const, percent: 14.2, names } : stream,
        )
        return { ...one, sync: { ...run, state: 'running' as const, streams } }
      })
      await route.fulfill({ response: answer, json: { ...told, items, pollAfter: 1_000 } })
    })
    const faults: string[] = []
    for (const hash of ['#/', `#/connections/${id}`]) {
      await page.goto(`${home.server.address}/${hash}`)
      await page.reload()
      const stream = page.locator('.progress li').first()
      await stream.getByText('240 of 1,700 symbols asked for').waitFor()
      await stream.getByText('3 of 700 coins asked for, each by status (0, 5)').waitFor()
      expect(await stream.locator('progress').getAttribute('value')).toBe('14.2')
      faults.push(...(await faultsOf(page, `${hash} running`)))
    }
    expect(faults).toEqual([])
    isRunning = false
    await eventually(() => page.locator('.progress').count()).toBe(0)
    await page.unrouteAll({ behavior: 'ignoreErrors' })
  })

  it('pauses the nightly syncs of an account, says so where it is seen, and goes on', async () => {
    const home = await openHome()
    const id = await home.connected()
    const { page: other } = await openPage(browser, home.server.address)
    await other.getByRole('heading', { name: 'Main account' }).waitFor()
    const { page } = await openPage(browser, home.server.address)
    await page.goto(`${home.server.address}/#/connections/${id}`)
    await page.getByRole('button', { name: 'Pause the nightly syncs' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Pause the nightly syncs' }).click()
    await page.getByText('The nightly syncs of this account are paused').waitFor()
    await page.getByText('no nightly syncs: paused').waitFor()
    expect(await faultsOf(page, 'paused')).toEqual([])
    expect(await home.call('GET', `/v1/connections/${id}`)).toMatchObject({ paused: true })
    // Whoever comes back to another tab sees it there.
    await other.evaluate("void dispatchEvent(new Event('visibilitychange'))")
    await other.getByText('no nightly syncs: paused').waitFor()
    await page.getByRole('button', { name: 'Go on with the nightly syncs' }).click()
    await eventually(() => page.getByText('are paused').count()).toBe(0)
    expect(await home.call('GET', `/v1/connections/${id}`)).not.toHaveProperty('paused')
  })

  it('says when the importer is gone, keeps what is there, and goes on when it is back', async () => {
    const home = await openHome()
    await home.connected()
    const { page } = await openPage(browser, home.server.address)
    await page.getByRole('heading', { name: 'Main account' }).waitFor()
    await home.stop()
    await page.getByRole('button', { name: 'Sync now' }).click()
    await page.getByText('This page cannot reach the importer since').waitFor()
    expect(await page.getByRole('heading', { name: 'Main account' }).count()).toBe(1)
    expect(await faultsOf(page, 'old data, no answer')).toEqual([])
    await home.restart()
    await page.getByRole('button', { name: 'Sync now' }).click()
    await eventually(() => page.getByText('This page cannot reach').count()).toBe(0)
  })

  it('shows a gap by eye, by keyboard and to a screen reader, with its reason and what to do', async () => {
    let now = Date.now() - 10 * day
    const keys: SimulatedKey[] = [{ ...demoKey }]
    const home = await openHome({ server: { clock: () => now }, simulator: { keys } })
    const id = await home.connected()
    keys[0] = { ...demoKey, expired: true }
    now += 10 * day
    await home.call('POST', `/v1/connections/${id}/syncs`)
    await home.settled(id)
    const { page } = await openPage(browser, home.server.address)
    await page.getByRole('link', { name: /gaps?.*, .*from .* to .* UTC/ }).click()
    await page.locator('svg .gap').first().waitFor()
    const drawing = page.getByRole('img', { name: /^Coverage of Main account/ })
    expect(await drawing.getAttribute('aria-label')).toMatch(/missing/)
    await page.locator('summary', { hasText: 'The same as a table' }).press('Enter')
    const row = page.locator('tr', { has: page.locator('.kind-gap') }).first()
    expect(await row.innerText()).toContain('Not obtained yet.')
    await row.getByRole('link').focus()
    // A mouse that rests where the table opens, and does not move, takes nothing from whoever walks by keyboard.
    await page.locator('.spans tbody tr').last().dispatchEvent('pointerenter')
    await eventually(() => page.locator('svg .gap.lit').count()).toBe(1)
    const faults = [...(await faultsOf(page, 'a gap, its table open'))]
    await row.getByRole('link').focus()
    await page.keyboard.press('ArrowDown')
    expect(await page.locator(':focus').innerText()).toBe('Show rows')
    await row.getByRole('link').press('Enter')
    await page.getByRole('heading', { name: 'Transactions' }).waitFor()
    expect(page.url()).toMatch(/connection=.*&stream=.*&from=.*&to=/)
    faults.push(...(await faultsOf(page, 'rows of a gap')))
    // An export says so before anybody waits for it.
    await page.goto(`${home.server.address}/#/exports`)
    await page
      .getByText(/^Futures fills: from .* to .* is missing/)
      .first()
      .waitFor()
    faults.push(...(await faultsOf(page, 'an export of a gap')))
    expect(faults).toEqual([])
  })

  it('warns of an exchange that closes, and still exports from one that has closed', async () => {
    let now = Date.UTC(2027, 0, 20)
    const home = await openHome({ server: { clock: () => now } })
    const id = await home.connected()
    const { page } = await openPage(browser, home.server.address)
    await page.getByText('BitMart ends on 31 Jan 2027').waitFor()
    // What can still be had is one click away.
    await page.getByRole('button', { name: 'Read everything now' }).click()
    await eventually(
      async () => (await home.call<{ items: object[] }>('GET', `/v1/connections/${id}/syncs`)).items.length,
    ).toBe(2)
    await home.settled(id)
    now = Date.UTC(2027, 1, 3) + hour
    await page.goto(`${home.server.address}/#/connections/${id}`)
    await page.reload()
    await page.getByText('BitMart is closed. Your history is kept').waitFor()
    expect(await page.getByRole('button', { name: 'Sync now' }).count()).toBe(0)
    const faults = [...(await faultsOf(page, 'closed'))]
    await page.getByRole('link', { name: 'Export', exact: true }).click()
    await page.getByLabel('Format').selectOption('koinly')
    // A double click is one wish.
    await page.getByRole('button', { name: 'Make the file' }).dblclick()
    await page.getByRole('link', { name: 'Download' }).waitFor()
    expect(await page.locator('[data-export]').count()).toBe(1)
    faults.push(...(await faultsOf(page, 'an export')))
    await page.goto(`${home.server.address}/#/connect/bitmart`)
    await page.getByText('BitMart is closed.').waitFor()
    faults.push(...(await faultsOf(page, 'connecting what is closed')))
    expect(faults).toEqual([])
  })
})
