import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { buildConsole } from '../../web/build.ts'
import { isMissing, startBrowser } from '../e2e/console/chromium.ts'
import { heldBy, manyRowsServer, pagesAsked, passRows } from '../e2e/console/many-rows.ts'
import { table, whole } from './table.ts'

const rows = 100_000

/** What the console weighs, and what a browser holds of a long history. The budgets are held by test/web and test/e2e/console. */
export async function* console(): AsyncGenerator<string> {
  const measured = [...(await weights()), ...(isMissing ? [] : await inABrowser())]
  yield `## The console

${isMissing ? 'Chromium is not installed, so that only files were weighed.\n\n' : ''}${table(['', 'measured', 'at most'], measured)}`
}

async function weights(): Promise<readonly (readonly string[])[]> {
  const files = await buildConsole()
  const text = (path: string) => new TextDecoder().decode(files.find((one) => one.path === path)?.body)
  const kB = (paths: readonly string[]) =>
    `${(paths.reduce((sum, path) => sum + gzipSync(text(path)).length, 0) / 1_000).toFixed(1)} kB`
  const scripts = files.map(({ path }) => path).filter((path) => path.endsWith('.js'))
  const [, first = ''] = /src="\.(\/assets\/[^"]+)"/.exec(text('/')) ?? []
  return [
    ['script of the first page, compressed', kB([...loadedFirst(text, first)]), '25 kB'],
    ['script of all pages, compressed', kB(scripts), '60 kB'],
    ['style, compressed', kB(files.map(({ path }) => path).filter((path) => path.endsWith('.css'))), '8 kB'],
  ]
}

function loadedFirst(text: (path: string) => string, path: string, met = new Set<string>()): Set<string> {
  met.add(path)
  for (const [, name] of text(path).matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g))
    if (!met.has(`/assets/${name}`)) loadedFirst(text, `/assets/${name}`, met)
  return met
}

async function inABrowser(): Promise<readonly (readonly string[])[]> {
  const server = await manyRowsServer(rows, Date.now())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const browser = await startBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(`${address}/#/transactions`)
    await page.locator('[data-row="0"]').focus()
    await page.locator(`[data-total="${rows}"]`).waitFor()
    const before = asked.length
    await page.keyboard.press('End')
    await page.locator(`[data-row="${rows - 1}"] td:nth-child(2)`).waitFor()
    const jump = pagesAsked(asked, before)
    const startedAt = performance.now()
    await passRows(page, 0, rows)
    const seconds = (performance.now() - startedAt) / 1_000
    const { heap, nodes } = await heldBy(page)
    return [
      [
        `heap after ${whole(rows)} rows were passed (${seconds.toFixed(0)} s)`,
        `${whole(heap / 1e6)} MB`,
        '60 MB',
      ],
      ['nodes of the page then', whole(nodes), '1,500'],
      ['pages asked for by a jump to the end', whole(jump), '2'],
    ]
  } finally {
    await browser.close()
    server.closeAllConnections()
    server.close()
  }
}
