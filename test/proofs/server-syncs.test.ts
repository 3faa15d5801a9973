import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { demoKey } from '../../local/simulated-bitmart/options.ts'
import {
  ask,
  connected,
  ended,
  history,
  noted,
  openLocalHome,
  rowsOf,
  runAfter,
  stored,
} from './local-home.ts'

describe('syncs of the local server', () => {
  it('imports an account over HTTP, every row once, and keeps its key in the vault only', async () => {
    const { simulate, serve, dataDir, log } = await openLocalHome()
    const simulator = await simulate()
    const server = await serve(simulator)
    const { id, sync, keyHint } = await connected(server)
    expect(keyHint).toBe(demoKey.apiKey.slice(-4))
    const run = await ended(server, id, sync.id)
    expect(run).toMatchObject({ state: 'unverified', percent: 100 })
    const items = await history(server)
    expect(items).toHaveLength(rowsOf(simulator))
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length)
    expect(items.map(({ time }) => time)).toEqual(items.map(({ time }) => time).sort())
    expect(await noted(server, id, sync.id)).toMatchObject({
      status: 'connected',
      // In the night, at a time of its own.
      nextSyncAt: expect.stringMatching(/^2026-08-21T0[0-5]:\d\d:00\.000Z$/),
    })
    const answer = await ask(server, 'GET', `/v1/connections/${id}/coverage`)
    const coverage = shapes.coverageList.parse(answer.json)
    expect(coverage.items.flatMap(({ partitions }) => partitions.flatMap(({ gaps }) => gaps))).toEqual([])
    await server.close()

    for (const file of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue
      const path = join(file.parentPath, file.name)
      const holds = (await readFile(path, 'utf8')).includes(demoKey.secret)
      expect(holds, path).toBe(path === server.vaultPath)
    }
    expect((await stat(server.vaultPath)).mode & 0o777).toBe(0o600)
    expect(JSON.stringify(log)).not.toMatch(/demo-(access|secret)-key|demo memo/)
  })

  it('writes nothing new when it syncs again, and joins a sync under way', async () => {
    const { simulate, serve } = await openLocalHome()
    const server = await serve(await simulate({ latency: 20 }))
    const { id, sync } = await connected(server)
    const joined = await ask(server, 'POST', `/v1/connections/${id}/syncs`)
    expect([joined.status, joined.json.id]).toEqual([202, sync.id])
    await ended(server, id, sync.id)
    const again = await ask(server, 'POST', `/v1/connections/${id}/syncs`)
    expect(again.json.id).not.toBe(sync.id)
    const run = await ended(server, id, again.json.id)
    expect(stored(run)).toEqual([0, 0, 0, 0, 0])
    expect(run.requests).toBeLessThanOrEqual(12)
  })

  it('goes on where it was when it is stopped in the middle of an import', async () => {
    const { simulate, serve } = await openLocalHome()
    const simulator = await simulate({ latency: 15 })
    const first = await serve(simulator)
    const { id, sync } = await connected(first)
    while (simulator.requests.length < 40) await delay(5)
    await first.close()
    const second = await serve(simulator)
    expect((await ask(second, 'GET', `/v1/connections/${id}/syncs/${sync.id}`)).json.state).toBe(
      'interrupted',
    )
    const lastRun = await runAfter(second, id, sync.id)
    expect((await ended(second, id, lastRun)).state).toBe('unverified')
    expect(await history(second)).toHaveLength(rowsOf(simulator))
  })

  it('ends a sync within moments when the connection is deleted, and keeps nothing of it', async () => {
    const { simulate, serve } = await openLocalHome()
    const simulator = await simulate({ latency: 15 })
    const server = await serve(simulator)
    const { id } = await connected(server)
    while (simulator.requests.length < 30) await delay(5)
    expect((await ask(server, 'DELETE', `/v1/connections/${id}?history=delete`)).status).toBe(204)
    const asked = simulator.requests.length
    expect((await ask(server, 'GET', '/v1/connections')).json.items).toEqual([])
    expect(await history(server)).toEqual([])
    expect(simulator.requests.length).toBe(asked)
    expect(await readFile(server.vaultPath, 'utf8')).not.toContain(demoKey.secret)
    const again = await connected(server)
    expect(again.id).toBe(id)
    await ended(server, id, again.sync.id)
    expect(await history(server)).toHaveLength(rowsOf(simulator))
  })

  it('syncs again by itself when the night comes', async () => {
    const { simulate, serve, sleepUntil } = await openLocalHome()
    const server = await serve(await simulate())
    const { id, sync } = await connected(server)
    const { nextSyncAt } = await noted(server, id, sync.id)
    const night = await sleepUntil(Date.parse(String(nextSyncAt)), () => runAfter(server, id, sync.id))
    expect((await ended(server, id, night)).startedAt).toBe(nextSyncAt)
  })
})
