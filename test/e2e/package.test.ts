import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { canaryKey, environmentFor, filesOf, temporaryDirectory } from '../local/import-process.ts'

const hasTar = spawnSync('tar', ['--version']).status === 0

/**
 * A folder in which the tarball of `npm pack` is installed: unpacked where npm puts it, its dependencies beside it and
 * not below it, as npm hoists them, without asking a registry for them.
 */
function install(directory: string): string {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', directory], { encoding: 'utf8' }),
  )
  const modules = join(directory, 'project/node_modules')
  const home = join(modules, packed.name)
  mkdirSync(home, { recursive: true })
  execFileSync('tar', ['-xzf', join(directory, packed.filename), '--strip-components=1', '-C', home])
  for (const name of readdirSync('node_modules'))
    if (!name.startsWith('.')) symlinkSync(join(process.cwd(), 'node_modules', name), join(modules, name))
  // Settings of the user's own project, which are not ours.
  writeFileSync(
    join(directory, 'project/tsconfig.json'),
    '{"compilerOptions":{"baseUrl":"nowhere"},"extends":"./no"}',
  )
  return join(home, 'local/exchange-history.mjs')
}

describe.skipIf(!hasTar)('the package', { timeout: 240_000 }, () => {
  it('holds what it needs: installed into an empty folder, its commands run', async () => {
    const directory = temporaryDirectory()
    const program = install(directory)
    const run = async (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      const options = { cwd: join(directory, 'project'), env: { PATH: process.env.PATH, ...env } }
      const ended = promisify(execFile)(process.execPath, [program, ...words], options)
      return ended.catch(({ code, stdout, stderr }) => ({ code, stdout, stderr }))
    }
    expect(await run(['--version'])).toMatchObject({ stdout: 'exchange-history 0.1.0\n' })
    const help = await run([])
    for (const [, command = ''] of help.stdout.matchAll(/^ {2}(\w+) /gm))
      if (command !== 'start') expect((await run([command, '--help'])).stdout, command).toContain('--')
    expect(await run(['imprt'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^There is no such command; known: import, export, /),
    })

    const bitmart = await startSimulatedBitmart({
      account: generateAccount({ seed: 1, now: Date.now(), spotFills: 30 }),
      keys: [{ ...canaryKey, subaccount: true, futuresOpened: false }],
      enforceLimits: false,
    })
    const imported = await run(['import', '--json'], environmentFor(bitmart, join(directory, 'data')))
    await bitmart.close()
    expect(JSON.parse(imported.stdout).streams[0]).toMatchObject({ stream: 'spot-trade', new: 30 })
    const { read } = await filesOf(join(directory, 'project/history'))
    expect((await read('transactions.jsonl')).match(/\n/g)).toHaveLength(30)
  })
})
