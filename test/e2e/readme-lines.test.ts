import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { startServer } from '../../local/server.ts'
import { demoKey as bingxKey } from '../../local/simulated-bingx/options.ts'
import { startSimulatedBingx } from '../../local/simulated-bingx/server.ts'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import { demoKey } from '../../local/simulated-bitmart/options.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { hurried } from '../model/engine.ts'
import { shellOf } from './cloud/shell-lines.ts'

const run = promisify(execFile)
const now = Date.UTC(2026, 7, 20, 12)
const curlInstalled = spawnSync('curl', ['--version']).error === undefined

/** The API as `npm start` serves it, before simulated exchanges. */
async function openHome() {
  const directory = await mkdtemp(join(tmpdir(), 'readme-lines-'))
  const bitmart = await startSimulatedBitmart({
    clock: () => now,
    account: generateAccount({ seed: 1, now, spotFills: 12, deposits: 2 }),
    enforceLimits: false,
  })
  const bingx = await startSimulatedBingx({ clock: () => now, enforceLimits: false })
  const server = await startServer({
    dataDir: join(directory, 'data'),
    port: 0,
    exchanges: new Map([...exchanges].map(([id, exchange]) => [id, hurried(exchange)])),
    hosts: new Map<string, Readonly<Record<string, string>>>([
      ['bitmart', { spot: bitmart.spotUrl, swap: bitmart.futuresUrl }],
      ['bingx', { bingx: bingx.url }],
    ]),
    clock: () => now,
    sleep: async (ms, signal) =>
      new Promise((resolve) => {
        if (ms < 15_000) setImmediate(resolve)
        else signal?.addEventListener('abort', () => resolve(), { once: true })
      }),
    random: () => 0.5,
    log: () => undefined,
  })
  onTestFinished(async () => {
    await server.close()
    await bitmart.close()
    await bingx.close()
    await rm(directory, { recursive: true, force: true })
  })
  return { server, directory }
}

/** The secrets of the key that a line is about, in the place of what the page leaves out. */
function filledIn(block: string): string {
  const keys: Readonly<Record<string, readonly string[]>> = {
    bitmart: [demoKey.apiKey, demoKey.secret],
    bingx: [bingxKey.apiKey, bingxKey.secret],
  }
  return block
    .replaceAll(/"exchange":"(\w+)","apiKey":"…","secret":"…"/g, (_, exchange: string) => {
      const [apiKey, secret] = keys[exchange] ?? []
      return `"exchange":"${exchange}","apiKey":"${apiKey}","secret":"${secret}"`
    })
    .replaceAll('your memo', demoKey.memo)
}

describe.skipIf(!curlInstalled)('The README’s lines for curl', () => {
  it('connect, list, tell, change and disconnect, each as it is pasted, at home and as for the cloud', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    const lines = (block: string) => block.split(/\n(?=curl )/)
    const blocks = shellOf(readme).blocks.filter((block) => block.startsWith('curl '))
    const atHome = blocks.filter((block) => block.includes('localhost:8787')).flatMap(lines)
    const inCloud = blocks.filter((block) => block.includes('$API')).flatMap(lines)
    expect(blocks).toHaveLength(2)
    // Any line that the page gets later is run here, too.
    expect(atHome.length + inCloud.length).toBe(readme.match(/^curl /gm)?.length)
    const { server, directory } = await openHome()
    // The first that is connected is the one that is changed, disconnected, and connected once more.
    const asked: { readonly line: string; readonly said: unknown }[] = []
    let id = ''
    for (const line of [...atHome, ...inCloud]) {
      const script = filledIn(line)
        .replaceAll('localhost:8787', server.address.replace('http://', ''))
        .replaceAll('/ID', `/${id}`)
      const { stdout } = await run('bash', ['--norc', '-eu', '-c', script], {
        cwd: directory,
        env: { PATH: process.env.PATH, API: server.address, TOKEN: 'at-home-nobody-asks' },
      })
      const said = stdout === '' ? undefined : JSON.parse(stdout)
      expect(stdout, line).not.toMatch(/"status":[45]\d\d/)
      id ||= said?.id ?? ''
      asked.push({ line, said })
    }
    const [bitmart, bingx, list, page, coverage, changed, gone, exchangeList, again] = asked.map(
      ({ said }) => said,
    )
    expect([bitmart, bingx, again]).toMatchObject([
      { exchange: 'bitmart', status: 'connected' },
      { exchange: 'bingx', status: 'connected' },
      { exchange: 'bitmart', id },
    ])
    expect(list).toMatchObject({ items: [{}, {}] })
    expect(page).toHaveProperty('items')
    expect(coverage).toHaveProperty('items')
    expect(changed).toMatchObject({ exchange: 'bitmart', accountSince: '2026-03-01T00:00:00.000Z' })
    expect(gone).toBeUndefined()
    expect(exchangeList).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id: 'bitmart' })]),
    })
  }, 60_000)
})
