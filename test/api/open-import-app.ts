import { inspect } from 'node:util'
import { expect } from 'vitest'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { createApp, type LogEntry } from '../../lambdas/api/app.ts'
import { partsOf } from '../../lambdas/api/import-answers.ts'
import { type ImportPorts, importRoutes } from '../../lambdas/api/import-routes.ts'
import { contentKey, keepContent } from '../../lambdas/use-cases/add-statement-file.ts'
import { openStatementFiles, sha256 } from '../use-cases/statement-files-home.ts'

/** Stands in every file as a cell that is read and never shown, and in its name: no log and no problem may hold it. */
export const canary = 'CANARY-OF-THE-FILE'

/** The routes of statement files, for `ada` and `bob`, who have a connection each. */
export async function openImportApp() {
  const opened = await openStatementFiles({
    owners: ['ada', 'bob'].map((user) => ({ user, connection: `of-${user}` })),
    clock: () => Date.UTC(2026, 10, 27),
  })
  const { stores, objects } = opened
  const log: LogEntry[] = []
  const ports: ImportPorts = {
    ...opened.ports,
    ...stores,
    hash: sha256,
    uploadTo: async (file) => ({
      url: `https://bucket.invalid/${contentKey(file)}`,
      headers: { 'x-sum': file.sha256 },
    }),
  }
  const app = createApp({
    routes: importRoutes,
    ports,
    log: (entry) => log.push(entry),
    user: (context) => context.req.header('x-user') ?? 'ada',
  })

  async function call(
    method: string,
    path: string,
    { body, user = 'ada' }: { body?: object; user?: string } = {},
  ) {
    const answer = await app.request(path, {
      method,
      headers: { 'x-user': user, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const json = text === '' ? undefined : JSON.parse(text)
    expect(inspect(log, { depth: 9 })).not.toContain(canary)
    if (answer.status >= 400) {
      expect(shapes.problem.parse(json)).toMatchObject({ status: answer.status })
      expect(json.detail).toMatch(/[.?”]$/)
    }
    return { status: answer.status, headers: answer.headers, json }
  }

  /** Announces a file, and sends its content as a bucket would take it. */
  async function add(text: string | Uint8Array, { user = 'ada', name = `${canary}.csv`, more = {} } = {}) {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
    const whose = 'exchange' in more ? {} : { connection: `of-${user}` }
    const begun = await call('POST', '/v1/imports', {
      user,
      body: { ...whose, ...more, name, bytes: bytes.length, sha256: sha256(bytes) },
    })
    if (begun.status !== 201) return begun
    const { connection, file } = partsOf(begun.json.id)
    await keepContent(ports, user, connection, file, bytes)
    return begun
  }

  const rowsOf = (connection: string, user = 'ada') => opened.history({ user, connection })
  return { app, log, call, add, rowsOf, stores, ports, objects }
}

/** Three spot orders as BingX tells them, two of them in one minute. */
export const bingxFile = `UID,Order No.,Time(UTC),Pair,Type,Price,Amount,Order Value,Fee,Fee Coin,Order Type
77,2001,2026-01-07 11:35:35,KAS/USDT,Buy,0.04,1000,40,-1,KAS,${canary}
77,2002,2026-02-07 11:35:35,KAS/USDT,Sell,0.05,1000,50,-0.1,USDT,${canary}
77,2003,2026-02-07 11:35:59,KAS/USDT,Buy,0.05,10,0.5,-0.01,KAS,${canary}
`

/** Fills of an exchange that nobody knows: days up to 12, decimal commas, no zone. */
export const unknownFile = `Zeit;Markt;Richtung;Kurs;Menge;Notiz
03.04.2025 12:00:00;BTC_USDT;Kauf;1,234;2,345;${canary}
04.05.2025 13:00:00;BTC_USDT;Verkauf;1,235;2,346;${canary}
`

export const unknownLayout = {
  granularity: 'fill',
  stream: 'spot-trade',
  time: 'Zeit',
  columns: { symbol: 'Markt', price: 'Kurs', amount: 'Menge' },
  words: [
    { column: 'Richtung', isClosed: true, means: { Kauf: { side: 'buy' }, Verkauf: { side: 'sell' } } },
  ],
  symbol: { split: '_', join: '_' },
}
