import { createHash } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultsOf } from './accessibility.ts'
import { eventually, openPage, skipped } from './browser.ts'
import { isMissing, startBrowser } from './chromium.ts'
import { type Home, openHome } from './home.ts'

/** Fills of before all that BitMart still serves, as a German spreadsheet has them: in Latin-1, the day first, of which no day is above 12. */
const german = Buffer.from(
  `Zeit;Währung;Art;Preis;Menge;Gebühr;Gebühr in
03.04.2025 12:00:00;BTC_USDT;Kauf;94000,5;0,0125;1,175;USDT
03.04.2025 12:00:01;BTC_USDT;Kauf;94000,5;0,0125;1,175;USDT
04.05.2025 13:30:00;ETH_USDT;Verkauf;3100,25;0,5;0,775;USDT
`,
  'latin1',
)
const pick = { name: 'Käufe 2025.csv', mimeType: 'text/csv', buffer: german }

/** Chooses the file, and says what its columns mean: what looks likely is filled in, the rest is chosen. */
async function pickAndMap(page: Page, home: Home) {
  await page.goto(`${home.server.address}/#/files`)
  await page.locator('input[type=file]').setInputFiles(pick)
  await page.getByRole('heading', { name: 'What its columns mean' }).waitFor()
  const column = (field: string) => page.locator(`[data-field="${field}"] > select`)
  const columns = {
    time: 'Zeit',
    symbol: 'Währung',
    side: 'Art',
    amount: 'Menge',
    price: 'Preis',
    fee: 'Gebühr',
    feeCurrency: 'Gebühr in',
  }
  await page.getByLabel('What a row is').selectOption('spot-fill')
  for (const [field, name] of Object.entries(columns)) await column(field).selectOption(name)
  await page.getByLabel('“Kauf” means').selectOption('buy')
  await page.getByLabel('“Verkauf” means').selectOption('sell')
  await page.getByLabel('What stands between').selectOption('_')
}

/** Says what the file does not: the order of its dates, its decimal signs and its time zone. */
async function answerQuestions(page: Page, then = 'What would be stored') {
  await page.getByLabel('the day first').check()
  for (const sign of await page.getByLabel('a comma: 1,5').all()) await sign.check()
  await page.getByLabel('Of which time zone are its times?').fill('Europe/Berlin')
  await page.getByRole('button', { name: 'Read it so' }).click()
  await page.getByText(then).waitFor()
}

/** A file with the first row alone, by the API. */
async function bringFirstRow(home: Home, whose: object) {
  const content = Buffer.from(german.toString('latin1').split('\n').slice(0, 2).join('\n'), 'latin1')
  const sha256 = createHash('sha256').update(content).digest('hex')
  const announced = { ...whose, name: 'one.csv', bytes: content.length, sha256 }
  const { id, connection, upload } = await home.call<{
    id: string
    connection: string
    upload: { url: string; headers: Record<string, string> }
  }>('POST', '/v1/imports', announced)
  await fetch(new URL(upload.url, home.server.address), {
    method: 'PUT',
    headers: upload.headers,
    body: content,
  })
  const plan = <Answer>(settings: object) => home.call<Answer>('POST', `/v1/imports/${id}/plan`, settings)
  const asked = await plan<{ questions: { signature: string }[] }>({})
  const settings = {
    layouts: { [asked.questions[0]?.signature ?? '']: layout },
    dateOrder: 'day-first',
    decimalSigns: { Preis: ',', Menge: ',', Gebühr: ',' },
    timezone: 'Europe/Berlin',
  }
  const planned = await plan<{ plan: { id: string } }>(settings)
  await home.call('POST', `/v1/imports/${id}/commit`, { ...settings, plan: planned.plan.id })
  return connection
}

const layout = {
  granularity: 'fill',
  stream: 'spot-trade',
  time: 'Zeit',
  columns: {
    symbol: 'Währung',
    price: 'Preis',
    amount: 'Menge',
    fee: 'Gebühr',
    feeCurrency: 'Gebühr in',
  },
  words: [{ column: 'Art', isClosed: true, means: { Kauf: { side: 'buy' }, Verkauf: { side: 'sell' } } }],
  symbol: { split: '_', join: '_' },
}

const storedFills = async (home: Home) => {
  const { items } = await home.call<{ items: { price: string; time: string; raw: object }[] }>(
    'GET',
    '/v1/transactions?stream=spot-trade&to=2026-01-01T00:00:00Z',
  )
  return items
}

const ofBingx = `UID,Order No.,Time(UTC),Pair,Type,Price,Amount,Order Value,Fee,Fee Coin,Order Type
77,2001,2025-01-07 11:35:35,KAS/USDT,Buy,0.04,1000,40,-1,KAS,Market
`

describe.skipIf(isMissing)(`statement files in a browser${skipped}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())

  it('maps, previews, stores and takes back a semicolon file in Latin-1 whose days come first', async () => {
    const home = await openHome()
    const id = await home.connected()
    const { page } = await openPage(browser, home.server.address)
    const faults: string[] = []
    const look = async (state: string) => faults.push(...(await faultsOf(page, state)))
    await page.goto(`${home.server.address}/#/files`)
    await page.getByText('No file was added yet.').waitFor()
    // None of several is passed over in silence, and one that misses its place does not take that of the page.
    const several = await page.evaluateHandle(
      "(() => { const data = new DataTransfer(); for (const name of ['a.csv', 'b.csv']) data.items.add(new File(['x'], name)); return data })()",
    )
    await page.locator('.drop').dispatchEvent('drop', { dataTransfer: several })
    await page.getByText('Drop one file at a time').waitFor()
    const missed = "new DragEvent('drop', { bubbles: true, cancelable: true })"
    expect(await page.evaluate(`document.querySelector('h1').dispatchEvent(${missed})`)).toBe(false)
    await look('none')
    await pickAndMap(page, home)
    await look('mapping')
    // What its encoding is taken for is shown by its own words, beside the choice.
    await eventually(() => page.locator('[data-field="time"] .values').innerText()).toContain('03.04.2025')
    await page.getByRole('button', { name: 'Read it so' }).click()
    // No day is above 12: nothing is guessed, and nothing can be read before all is said.
    await page.getByText('How are its dates written?').waitFor()
    expect(await page.getByRole('button', { name: 'Read it so' }).isDisabled()).toBe(true)
    await look('questions')
    await answerQuestions(page)
    await page.getByText('3 Apr 2025 10:00 UTC (the file says 03.04.2025 12:00:00, line 2)').waitFor()
    expect(await page.locator('[data-class=new]').getAttribute('data-count')).toBe('3')
    expect(await storedFills(home)).toEqual([])
    expect((await page.locator('.counts').textContent())?.replaceAll(/\s+/g, ' ')).toBe(
      'Apr 2025 2May 2025 1',
    )
    await page.getByLabel('The file has everything of its time').check()
    await page.getByText('is attested by a file').waitFor()
    const folded = page.locator('main details:not([open]) > summary')
    while ((await folded.count()) > 0) await folded.first().click()
    await look('preview')
    await page.getByRole('button', { name: 'Store 3 rows' }).click()
    await page.getByText('3 rows written.').waitFor()
    await look('stored')
    expect(await storedFills(home)).toMatchObject([
      { time: '2025-04-03T10:00:00.000Z', side: 'buy', price: '94000.5', amount: '0.0125', fee: '1.175' },
      { time: '2025-04-03T10:00:01.000Z' },
      { time: '2025-05-04T11:30:00.000Z', side: 'sell', base: 'ETH' },
    ])

    // Attested time is seen by its stripes, its legend and its words, and is never covered.
    await page.getByRole('link', { name: 'Coverage' }).click()
    await page.locator('svg .attested').first().waitFor()
    await page.locator('.legend', { hasText: 'attested by a file' }).waitFor()
    await page.locator('summary', { hasText: 'The same as a table' }).click()
    await look('coverage')
    const row = page.locator('tr', { has: page.locator('.kind-attested') })
    expect(await row.innerText()).toContain('You say that a file has everything of it.')

    // The same file again is known by its content before it is sent.
    await page.goto(`${home.server.address}/#/files?connection=${id}`)
    await page.locator('input[type=file]').setInputFiles({ ...pick, name: 'another name.csv' })
    await page.getByText('You added this file on').waitFor()
    await look('known')
    await page.getByRole('link', { name: 'Open it' }).click()
    await page.getByRole('button', { name: 'Take it back' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
    await page.getByText('It was taken back.').waitFor()
    expect(faults).toEqual([])
    expect(await storedFills(home)).toEqual([])
    const { attested = [] } = await home.call<{ attested?: object[] }>(
      'GET',
      `/v1/connections/${id}/coverage`,
    )
    expect(attested).toEqual([])
  })

  it('stores what the preview says and nothing else: a preview of what has changed since is refused, and looked at again', async () => {
    const home = await openHome()
    const id = await home.connected()
    const { page } = await openPage(browser, home.server.address)
    await pickAndMap(page, home)
    await page.getByRole('button', { name: 'Read it so' }).click()
    await answerQuestions(page)
    await page.getByRole('button', { name: 'Store 3 rows' }).waitFor()

    // Meanwhile a program brings in another file, which tells one of its rows.
    await bringFirstRow(home, { connection: id })
    expect(await storedFills(home)).toHaveLength(1)

    await page.getByRole('button', { name: 'Store 3 rows' }).click()
    await page.getByRole('button', { name: 'Look again' }).waitFor()
    const faults = [...(await faultsOf(page, 'stale'))]
    expect(await page.getByRole('button', { name: /^Store/ }).count()).toBe(0)
    expect(await storedFills(home)).toHaveLength(1)
    await page.getByRole('button', { name: 'Look again' }).click()
    await page.getByRole('button', { name: /^Store/ }).waitFor()
    const said = Number(await page.locator('[data-class=new]').getAttribute('data-count'))
    await page.getByRole('button', { name: /^Store/ }).click()
    await page.getByText(`${said} rows written`).waitFor()
    expect(await storedFills(home)).toHaveLength(3)

    // A file of which a cell cannot be read is refused whole, with the line.
    const broken = Buffer.from(german.toString('latin1').replace('3100,25', 'viel'), 'latin1')
    await page.goto(`${home.server.address}/#/files`)
    await page.locator('input[type=file]').setInputFiles({ ...pick, buffer: broken })
    await page.getByText('You told this of a file with the same header before.').waitFor()
    await page.getByRole('button', { name: 'Read it so' }).click()
    await answerQuestions(page, 'Nothing of this file is stored.')
    expect(await page.locator('tr', { hasText: 'viel' }).innerText()).toMatch(/^4\b/)
    faults.push(...(await faultsOf(page, 'refused')))
    await page.getByRole('button', { name: 'Change how it is read' }).click()
    await page.getByText('How are its dates written?').waitFor()
    expect(faults).toEqual([])
  })

  it('makes no account of files that cannot be read or did not arrive, and one of the first that can', async () => {
    const home = await openHome()
    const { page } = await openPage(browser, home.server.address)
    const noAccount = async () => {
      await page.goto(`${home.server.address}/#/`)
      await page.getByText('No account is connected yet.').waitFor()
    }
    const give = async (buffer: Buffer, name = 'noise.csv') => {
      await page.goto(`${home.server.address}/#/files`)
      await page
        .getByLabel('Account', { exact: true })
        .selectOption({ label: 'BingX, an account without a key' })
      await page.getByLabel('Your name for this account').fill('Old')
      await page.locator('input[type=file]').setInputFiles({ ...pick, name, buffer })
    }
    for (const text of ['no table at all', 'nor is this one']) {
      await give(Buffer.from(`\u0000\u0001 ${text}`))
      await page.getByText('Nothing of this file is stored.').waitFor()
      await noAccount()
    }
    await page.route('**/v1/imports/*/content', (route) => route.abort())
    await give(Buffer.from(ofBingx), 'lost.csv')
    await page.getByText('The file did not arrive. Choose it again.').waitFor()
    await page.locator('[data-file]', { hasText: 'lost.csv' }).getByText('has not arrived').waitFor()
    await noAccount()
    await page.unroute('**/v1/imports/*/content')
    await give(Buffer.from(ofBingx), 'lost.csv')
    await page.locator('.facts-line', { hasText: 'Old' }).waitFor()
    await page.getByRole('button', { name: 'Store 1 row' }).click()
    await page.getByText('1 row written.').waitFor()
    await page.goto(`${home.server.address}/#/`)
    await page.getByRole('article', { name: 'Old' }).getByText('From files alone').waitFor()
    const { items } = await home.call<{ items: { label: string }[] }>('GET', '/v1/connections')
    expect(items.map(({ label }) => label)).toEqual(['Old'])

    // An address of the same page that names another account is heeded, and a word that nobody knows has a way on.
    const account = page.getByLabel('Account', { exact: true })
    await page.goto(`${home.server.address}/#/files?connection=exchange:bitrue`)
    await eventually(() => account.inputValue()).toBe('exchange:bitrue')
    await page.goto(`${home.server.address}/#/files`)
    await eventually(() => account.locator('option:checked').innerText()).toBe('Old')
    const odd = Buffer.from(ofBingx.replace('Buy', 'Frobnicate').replace('2025-01-07', '2025-01-09'))
    await page.locator('input[type=file]').setInputFiles({ ...pick, name: 'odd.csv', buffer: odd })
    await page.getByText('No page asks for that yet').waitFor()
    expect(await faultsOf(page, 'an unknown word')).toEqual([])
  })

  it('says of an account of files only that it is one, and lets its owner remove a file of which nothing can be read', async () => {
    const home = await openHome()
    const id = await bringFirstRow(home, { exchange: 'bitmart' })
    const { page } = await openPage(browser, home.server.address)
    const card = page.getByRole('article', { name: 'BitMart, from files' })
    await card.getByText('From files alone').waitFor()
    const told = (await card.innerText()).replaceAll(/\s+/g, ' ')
    expect(told).toContain('Spot fills 1')
    expect(told).not.toMatch(/Disconnected|key …|Connect again|Import now|not complete/)
    const faults = [...(await faultsOf(page, 'overview'))]
    await card.getByRole('link', { name: 'Coverage' }).click()
    await page.getByText('It has no key: the exchange is never asked.').waitFor()
    await page.getByRole('link', { name: 'one.csv' }).waitFor()
    expect(await page.getByText(/not asked yet|No sync is remembered|not complete/).count()).toBe(0)
    faults.push(...(await faultsOf(page, 'account')))
    await page.getByRole('link', { name: 'Connect a key' }).click()
    await page.getByRole('heading', { name: 'Connect a key to BitMart, from files' }).waitFor()

    await page.goto(`${home.server.address}/#/files?connection=${id}`)
    const noise = { ...pick, name: 'noise.csv', buffer: Buffer.from('\u0000\u0001 no table at all') }
    await page.locator('input[type=file]').setInputFiles(noise)
    await page.getByText('Nothing of this file is stored.').waitFor()
    // A file of another exchange is taken to where it belongs without being chosen again.
    const foreign = { ...pick, name: 'bingx.csv', buffer: Buffer.from(ofBingx) }
    await page.goto(`${home.server.address}/#/files?connection=${id}`)
    await page.locator('input[type=file]').setInputFiles(foreign)
    await page.getByText('This file is of BingX').waitFor()
    faults.push(...(await faultsOf(page, 'foreign')))
    await page.getByRole('button', { name: 'Take it to BingX, an account without a key' }).click()
    await page.getByRole('button', { name: 'Store 1 row' }).waitFor()
    // One whose content never came is told from one that cannot be read, and each has its own way on.
    const sha256 = createHash('sha256').update('never sent').digest('hex')
    await home.call('POST', '/v1/imports', { connection: id, name: 'unsent.csv', bytes: 10, sha256 })
    await page.goto(`${home.server.address}/#/files`)
    await page.reload()
    const listed = (name: string) => page.locator('[data-file]', { hasText: name })
    await listed('unsent.csv').getByText('has not arrived').waitFor()
    await listed('unsent.csv').getByRole('link', { name: 'Choose it again' }).waitFor()
    await listed('noise.csv').getByText('cannot be added').waitFor()
    expect(await listed('bingx.csv').count()).toBe(1)
    await listed('bingx.csv').getByText('BingX, from files').waitFor()
    await listed('noise.csv').getByRole('link', { name: 'noise.csv' }).click()
    await page.getByText('Nothing of this file is stored.').waitFor()
    await page.goBack()
    await listed('noise.csv').getByRole('button', { name: 'Remove it' }).click()
    faults.push(...(await faultsOf(page, 'removing')))
    await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
    await eventually(() => page.getByText('noise.csv').count()).toBe(0)
    // What had the focus is gone with it.
    await eventually(() => page.locator(':focus').innerText()).toBe('Statement files')
    await page.getByRole('link', { name: 'one.csv' }).waitFor()
    expect(await storedFills(home)).toHaveLength(1)
    // An address of it that somebody kept says so.
    await page.goForward()
    await page.getByText('This file is not here. It may have been removed.').waitFor()
    expect(faults).toEqual([])
  })
})
