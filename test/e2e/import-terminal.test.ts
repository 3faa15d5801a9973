import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { canary, canaryKey, expectNoSecretIn, temporaryDirectory } from '../local/import-process.ts'

/** util-linux lends a pseudo-terminal with this; elsewhere these tests have nothing to run in. */
const lender = 'script'
const hasTerminal = process.platform === 'linux' && spawnSync(lender, ['--version']).status === 0

function typeInto(argv: readonly string[], env: Readonly<Record<string, string>>, after = '') {
  const program = [process.execPath, 'local/exchange-history.mjs', 'import', ...argv].join(' ')
  const command = after === '' ? `exec ${program}` : `${program} ${after}`
  const child = spawn(lender, ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let screen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
  })
  const exitCode = new Promise<number | null>((resolve) => child.on('close', resolve))
  return {
    screen: () => screen,
    exitCode,
    async type(prompt: string, keys: string) {
      await vi.waitUntil(() => screen.includes(prompt), { timeout: 60_000 })
      child.stdin.write(keys)
    },
  }
}

describe.skipIf(!hasTerminal)('in a terminal the importer', { timeout: 180_000 }, () => {
  it('asks for credentials without echo, draws a bar for each stream, and ends with a table', async () => {
    const bitmart = await startSimulatedBitmart({
      account: generateAccount({ seed: 1, now: Date.now(), spotFills: 300 }),
      keys: [{ ...canaryKey, subaccount: true, futuresOpened: false }],
      enforceLimits: false,
    })
    const directory = temporaryDirectory()
    const env = {
      BITMART_SPOT_URL: bitmart.spotUrl,
      BITMART_FUTURES_URL: bitmart.futuresUrl,
      DATA_DIR: join(directory, 'data'),
    }
    const { type, screen, exitCode } = typeInto(['--out', join(directory, 'out')], env)
    await type('BitMart access key', `${canary.apiKey}\r`)
    await type('BitMart secret key', `${canary.secret}\r`)
    await type('BitMart memo', `${canary.memo}\r`)
    expect(await exitCode).toBe(3)
    await bitmart.close()
    for (const secret of Object.values(canary)) expect(screen()).not.toContain(secret)
    expect(screen()).toContain('\u001B[36m█')
    expect(screen()).toMatch(/spot-trade .*100 %.* 300 .*done/)
    expect(screen()).toMatch(/Not known to be complete: 300 new transactions/)
    expect(screen()).toMatch(/│ spot-trade .*│ unverified +│/)
    expect(screen().lastIndexOf('\u001B[?25h'), 'the cursor is back').toBeGreaterThan(
      screen().lastIndexOf('\u001B[?25l'),
    )
    await expectNoSecretIn(directory)
  })

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
    ['Ctrl-D after other keys', 'abc\u0004'],
    ['a Ctrl-D that was pressed before', '\u0000'],
  ])('ends with 130 on %s while it asks, and has stored nothing', async (_name, key) => {
    const dataDir = join(temporaryDirectory(), 'data')
    const { type, screen, exitCode } = typeInto([], { DATA_DIR: dataDir, NO_COLOR: '1' })
    await type('(hidden)', key)
    expect(await exitCode).toBe(130)
    expect(screen()).toContain('Interrupted before anything was imported.')
    expect(existsSync(dataDir)).toBe(false)
  })

  it('asks on stderr when its output goes into another program', async () => {
    const directory = temporaryDirectory()
    const piped = join(directory, 'piped')
    const env = { BITMART_SPOT_URL: 'http://127.0.0.1:1', DATA_DIR: join(directory, 'data') }
    const { type, screen, exitCode } = typeInto(['--out', join(directory, 'out')], env, `| cat > ${piped}`)
    await type('BitMart access key', `  ${canary.apiKey} \r`)
    await type('BitMart secret key', `${canary.secret}\r`)
    await type('BitMart memo', '\u0004')
    await exitCode
    expect(screen()).toContain('Interrupted before anything was imported.')
    expect(await readFile(piped, 'utf8')).toBe('')
  })
})
