import { describe, expect, it } from 'vitest'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { formatList } from '../../lambdas/api/export-shapes.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { hour } from '../../lambdas/domain/window.ts'
import { exchange, fill, startOfTime } from '../use-cases/home-in-memory.ts'
import { expectShape, openApp } from './open-app.ts'

describe('at a glance', () => {
  it('tells each connection with its exchange, its rows by stream, what is missing and its sync', async () => {
    const { connect, get, cover, put } = openApp()
    const { json } = await connect({ label: 'Main' })
    const owner = { user: 'ada', connection: json.id }
    put(owner, fill(startOfTime - hour, '1'), fill(startOfTime - 2 * hour, '2'))
    cover(owner, {
      ...noCoverage('spot-trade', 'spot'),
      covered: [{ from: startOfTime - 48 * hour, to: startOfTime - hour }],
      attempted: startOfTime,
    })
    const { status, json: summary } = await get('/v1/summary')
    expect(status).toBe(200)
    expectShape(shapes.summary, summary)
    expect(summary).toMatchObject({
      pollAfter: 1_000,
      items: [
        {
          connection: { id: json.id, label: 'Main' },
          exchange: {
            id: 'bitmart',
            name: 'BitMart',
            state: 'closing',
            closing: exchange.closing.map(() => ({})),
          },
          rows: 2,
          sync: { id: json.sync.id, state: 'running' },
        },
      ],
    })
    expect(summary.items[0].streams[0]).toEqual({
      stream: 'spot-trade',
      title: 'Spot fills',
      state: 'incomplete',
      rows: 2,
      gaps: expect.any(Number),
      parts: 1,
      gapParts: 1,
      longestGap: expect.any(Object),
    })
    expect((await get('/v1/summary', 'bob')).json).toEqual({ items: [] })
  })

  it('counts the rows of every thirty days, and tells the latest syncs, newest first', async () => {
    const { connect, get, put, send, ports } = openApp()
    const { json } = await connect()
    const owner = { user: 'ada', connection: json.id }
    put(owner, ...[1, 2, 900].map((hours) => fill(startOfTime - hours * hour, `${hours}`)))
    const { json: months } = await get(`/v1/connections/${json.id}/months`)
    expectShape(shapes.monthList, months)
    expect(months.items.map(({ rows }: { rows: number }) => rows)).toEqual([1, 2])
    const again = await send('POST', `/v1/connections/${json.id}/syncs`, {})
    const { json: syncs } = await get(`/v1/connections/${json.id}/syncs`)
    expectShape(shapes.runList, syncs)
    expect(syncs.items.map(({ id }: { id: string }) => id)).toEqual([again.json.id, json.sync.id])
    expect(syncs.items.map(({ pollAfter }: { pollAfter: number }) => pollAfter)).toEqual([1_000, 1_000])
    expect(await ports.runs.list({ user: 'ada', connection: json.id }, 1)).toHaveLength(1)
  })

  it('remembers what was exported lately, newest first, for whoever asked for it', async () => {
    const { connect, get, send, home } = openApp()
    await connect()
    const first = await send('POST', '/v1/exports', { format: 'koinly' })
    home.now += 1_000
    const second = await send('POST', '/v1/exports', { format: 'hledger' })
    const { json } = await get('/v1/exports')
    expectShape(formatList, json)
    expect(json.recent.map(({ id }: { id: string }) => id)).toEqual([second.json.id, first.json.id])
    expect((await get('/v1/exports', 'bob')).json.recent).toEqual([])
  })

  it('refuses to export where no account is connected, as the command does', async () => {
    const { get, send } = openApp()
    const refused = await send('POST', '/v1/exports', { format: 'koinly' })
    expectShape(shapes.problem, refused.json)
    expect(refused).toMatchObject({
      status: 409,
      json: {
        code: 'nothing-connected',
        sentence: 'No account is connected yet, so there is nothing to export: connect one first.',
      },
    })
    expect((await get('/v1/exports')).json.recent).toEqual([])
  })
})
