import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { z } from 'zod'
import {
  type coverageList,
  monthList,
  type summary,
  transactionList,
} from '../../../lambdas/api/answer-shapes.ts'
import { day, minute } from '../../../lambdas/domain/window.ts'
import { buildConsole } from '../../../web/build.ts'
import { consoleHeaders } from '../../../web/headers.ts'

const month = 30 * day
const id = 'connection-of-many-rows'

/** An account of so many rows, each ten minutes older than the one before, as the API tells it, without a store behind: what is tried is the page. */
function manyRows(total: number, now: number) {
  const timeOf = (index: number) => now - (index + 1) * 10 * minute
  const iso = (time: number) => new Date(time).toISOString()
  /** How many rows are as new as `time`, or newer. */
  const newerThan = (time: number) => Math.min(total, Math.max(0, Math.floor((now - time) / (10 * minute))))
  const oldest = timeOf(total - 1)

  const row = (index: number) => ({
    id: `row-${index}`,
    connection: id,
    exchange: 'bitmart',
    stream: 'spot-trade' as const,
    time: iso(timeOf(index)),
    symbol: 'BTC_USDT',
    base: 'BTC',
    quote: 'USDT',
    side: index % 2 === 0 ? ('buy' as const) : ('sell' as const),
    price: '67123.45',
    amount: `0.${String(index).padStart(8, '0')}`,
    quoteAmount: '343.48219385',
    fee: '0.34348219',
    feeCurrency: 'USDT',
    role: 'taker' as const,
    orderId: `order-${index}`,
    tradeId: `trade-${index}`,
  })

  function transactions(query: URLSearchParams): z.input<typeof transactionList> {
    const limit = Number(query.get('limit') ?? 100)
    const [from, to] = ['from', 'to'].map((name) => query.get(name))
    const first = to === null || to === undefined ? 0 : newerThan(Date.parse(to))
    const last = from === null || from === undefined ? total : newerThan(Date.parse(from) - 1)
    const cursor = query.get('cursor')
    if (query.get('order') === 'desc') {
      const begin = cursor === null ? first : Number(cursor)
      const end = Math.min(last, begin + limit)
      return { items: between(begin, end), ...(end < last && { nextCursor: String(end) }) }
    }
    const end = cursor === null ? last : Number(cursor)
    const begin = Math.max(first, end - limit)
    return { items: between(begin, end).reverse(), ...(begin > first && { nextCursor: String(begin) }) }
  }

  const between = (begin: number, end: number) =>
    Array.from({ length: Math.max(0, end - begin) }, (_, place) => row(begin + place))

  function months(): z.input<typeof monthList> {
    const first = Math.floor(oldest / month)
    const many = Math.floor(now / month) - first + 1
    return {
      items: Array.from({ length: many }, (_, place) => {
        const [from, to] = [(first + place) * month, (first + place + 1) * month]
        return {
          stream: 'spot-trade' as const,
          from: iso(from),
          to: iso(to),
          rows: newerThan(from - 1) - newerThan(to - 1),
        }
      }),
    }
  }

  const stream = { stream: 'spot-trade' as const, title: 'Spot fills', state: 'complete' as const }
  const glance: z.input<typeof summary> = {
    items: [
      {
        connection: {
          id,
          exchange: 'bitmart',
          keyHint: 'mart',
          status: 'connected',
          completeness: 'complete',
          createdAt: iso(oldest),
        },
        exchange: { id: 'bitmart', name: 'BitMart', state: 'open', closing: [], closingAdvice: [] },
        rows: total,
        streams: [{ ...stream, rows: total, gaps: 0, parts: 1, gapParts: 0 }],
        sentences: [],
      },
    ],
  }
  const covered = { from: iso(oldest), to: iso(now) }
  const coverage: z.input<typeof coverageList> = {
    state: 'complete',
    sentences: [],
    lacking: [],
    items: [
      {
        ...stream,
        sentences: [],
        partitions: [{ partition: 'spot', covered: [covered], gaps: [], unverified: [], unfinished: 0 }],
      },
    ],
    absent: [],
  }

  return (path: string, query: URLSearchParams): unknown => {
    if (path === '/console.json') return { signIn: null }
    if (path === '/v1/summary') return glance
    if (path === '/v1/transactions') return transactionList.parse(transactions(query))
    if (path.endsWith('/months')) return monthList.parse(months())
    return path.endsWith('/coverage') ? coverage : undefined
  }
}

/** The console with such an account behind it. */
export async function manyRowsServer(total: number, now: number): Promise<ReturnType<typeof createServer>> {
  const files = new Map((await buildConsole()).map((file) => [file.path, file]))
  const answer = manyRows(total, now)
  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://console.invalid')
    const file = files.get(url.pathname)
    if (file !== undefined)
      return response.writeHead(200, { ...consoleHeaders(), 'content-type': file.contentType }).end(file.body)
    const found = answer(url.pathname, url.searchParams)
    return response
      .writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(found ?? {}))
  })
}

/** Scrolls down over so many rows, in steps so small that what was read stays at hand. */
export async function passRows(page: Page, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index += 240) {
    await page.evaluate(`document.querySelector('.grid').scrollTop = ${index * 36}`)
    // Where a jump was estimated, rows may stand a little elsewhere: what is seen has to be there, whichever it is.
    await delay(20)
    while ((await page.locator('.grid .bone').count()) > 0) await delay(20)
  }
}

/** What the page holds once its rubbish is gone. */
export async function heldBy(page: Page): Promise<{ readonly heap: number; readonly nodes: number }> {
  const heap = await page.evaluate('gc(), performance.memory.usedJSHeapSize')
  const nodes = await page.evaluate("document.querySelectorAll('*').length")
  return { heap: Number(heap), nodes: Number(nodes) }
}

/** How many pages of rows were asked for since `asked` had so many entries. */
export function pagesAsked(asked: readonly string[], since = 0): number {
  return asked.slice(since).filter((one) => one.includes('/v1/transactions?')).length
}
