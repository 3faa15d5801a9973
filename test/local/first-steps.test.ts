import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { startServer } from '../../local/server.ts'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import { demoKey } from '../../local/simulated-bitmart/options.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { hurried } from '../model/engine.ts'

const now = Date.UTC(2026, 7, 20, 12)
const has = (program: string) => spawnSync(program, ['--version']).error === undefined

/** Each block of the first steps, as somebody copies it from the page. */
function blocksOf(page: string): readonly string[] {
  const section = page.slice(page.indexOf('<h2 id="first-steps">'), page.indexOf('</section>'))
  return [...section.matchAll(/<pre[^>]*><code>([\s\S]*?)<\/code><\/pre>/g)].map(([, code = '']) =>
    code.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
  )
}

async function openHome() {
  const directory = await mkdtemp(join(tmpdir(), 'first-steps-'))
  const simulator = await startSimulatedBitmart({
    clock: () => now,
    account: generateAccount({ seed: 1, now, spotFills: 12, deposits: 2 }),
    enforceLimits: false,
  })
  const server = await startServer({
    dataDir: join(directory, 'data'),
    port: 0,
    exchanges: new Map([...exchanges].map(([id, exchange]) => [id, hurried(exchange)])),
    hosts: new Map([['bitmart', { spot: simulator.spotUrl, swap: simulator.futuresUrl }]]),
    clock: () => now,
    sleep: async (_ms, signal) =>
      new Promise((resolve) => {
        if (_ms < 15_000) setImmediate(resolve)
        else signal?.addEventListener('abort', () => resolve(), { once: true })
      }),
    random: () => 0.5,
    log: () => undefined,
  })
  onTestFinished(async () => {
    await server.close()
    await simulator.close()
    await rm(directory, { recursive: true, force: true })
  })
  return { server, directory }
}

describe.skipIf(!has('curl'))('the first steps on /docs', () => {
  // A Bash whose input is a socket takes itself for a remote login, and would read the machine's own settings.
  it.each([
    ['sh', []],
    ['bash', ['--norc']],
  ])('run in %s when they are copied, on the port in use, to the last one', async (shell, settings) => {
    const { server, directory } = await openHome()
    const blocks = blocksOf(await (await fetch(`${server.address}/docs`)).text())
    expect(blocks[0]).toContain(`API='${server.address}'`)
    const script = blocks
      .map((block) => `echo '=== step'\n${block}`)
      .join('\n')
      .replace('your-access-key', demoKey.apiKey)
      .replace('your-secret-key', demoKey.secret)
      .replace('your-memo', demoKey.memo)
    const { stdout, stderr } = await promisify(execFile)(shell, [...settings, '-eu', '-c', script], {
      cwd: directory,
    })
    expect(stderr).toBe('')
    const answers = stdout.split('=== step\n').slice(1)
    expect(answers).toHaveLength(blocks.length)
    expect(answers.join('')).not.toMatch(/"status":[45]\d\d/)
    const [exchangeList, connected, sync, coverage, history, started] = answers.map((answer) =>
      answer.trim() === '' ? undefined : JSON.parse(answer.split('\n')[0] ?? ''),
    )
    expect(exchangeList.items[0].id).toBe('bitmart')
    expect(connected).toMatchObject({ exchange: 'bitmart', label: 'Main account' })
    expect(sync).toMatchObject({ id: connected.sync.id, connection: connected.id })
    expect(coverage.items.map(({ stream }: { stream: string }) => stream)).toContain('spot-trade')
    expect(history).toHaveProperty('items')
    expect(started).toMatchObject({ format: 'koinly' })
    const [saved = ''] = (await readdir(directory)).filter((name) => name.endsWith('.csv'))
    expect(await readFile(join(directory, saved), 'utf8')).toMatch(/^Date,/)
  })
})
