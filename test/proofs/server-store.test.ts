import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runConnections } from '../../local/connections/run-connections.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { runExport } from '../../local/export/run-export.ts'
import { sayServedAt } from '../../local/served-at.ts'
import { runStatus } from '../../local/status/run-status.ts'
import { capture, surroundings } from '../local/import-process.ts'
import { ask, connected, ended, openLocalHome } from './local-home.ts'

describe('the store, the port and the address of the local server', () => {
  it('is where connections sends those who find its store open, and status and export look into it', async () => {
    const { simulate, serve, dataDir } = await openLocalHome()
    const server = await serve(await simulate())
    const { id, sync } = await connected(server)
    await ended(server, id, sync.id)
    const changing = capture()
    const around = surroundings({ DATA_DIR: dataDir })
    expect(await runConnections(['rename', 'a', 'b'], { ...around, stderr: changing.stream })).toBe(2)
    expect(changing.text()).toContain(
      `is open in the server at ${server.address}: ${server.address}/docs shows how`,
    )
    for (const { run, words } of [
      { run: runStatus, words: [] },
      { run: runExport, words: ['--format', 'koinly', '--out', join(dataDir, 'out')] },
    ]) {
      const looking = capture()
      expect(await run(words, { ...around, stderr: looking.stream })).toBe(3)
      expect(looking.text()).toContain('this is what was stored up to now')
    }
    await server.close()
    const stderr = capture()
    expect(await runStatus([], { ...around, stderr: stderr.stream })).toBe(3)
    expect(stderr.text()).toBe('')
  })

  it('is not named by the store once it was killed and somebody else has it open', async () => {
    const { serve, dataDir } = await openLocalHome()
    const store = await openEmbeddedStore({ dataDir })
    await sayServedAt(dataDir, 'http://127.0.0.1:1')
    await store.close()
    const next = await openEmbeddedStore({ dataDir })
    onTestFinished(() => next.close())
    await expect(serve()).rejects.toThrow(/is in use by another process/)
  })

  it('says in one sentence that the store or the port is taken, and harms nothing', async () => {
    const { serve, dataDir } = await openLocalHome()
    const server = await serve()
    await expect(serve()).rejects.toThrow(`is open in the server at ${server.address}`)
    const port = Number(new URL(server.address).port)
    const elsewhere = join(dataDir, 'elsewhere')
    await expect(serve(undefined, { port, dataDir: elsewhere })).rejects.toThrow(`Port ${port} is in use`)
    await expect(serve(undefined, { dataDir: elsewhere })).resolves.toBeDefined()
    expect((await ask(server, 'GET', '/v1/connections')).status).toBe(200)
  })

  it('listens on 127.0.0.1 only', async () => {
    const { serve } = await openLocalHome()
    const server = await serve()
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const port = new URL(server.address).port
    const elsewhere = ask({ ...server, address: `http://[::1]:${port}` }, 'GET', '/v1/exchanges')
    await expect(elsewhere).rejects.toThrow()
  })
})
