import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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

/** Runs the program where its user stands, with nothing in its environment but `env`. */
function runner(program: string) {
  return async (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const cwd = join(dirname(program), '../../..')
    const options = { cwd, env: { PATH: process.env.PATH, ...env } }
    const ended = promisify(execFile)(process.execPath, [program, ...words], options)
    return ended.catch(({ code, stdout, stderr }) => ({ code, stdout, stderr }))
  }
}

describe.skipIf(!hasTar)('the package', { timeout: 240_000 }, () => {
  it('holds what it needs: installed into an empty folder, its commands run', async () => {
    const directory = temporaryDirectory()
    const program = install(directory)
    const run = runner(program)
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

  it('is put together once by two that start at once, and anew after an edit; what nobody uses any more goes', async () => {
    const program = install(temporaryDirectory())
    const home = join(dirname(program), '..')
    const run = runner(program)
    const programs = () => readdirSync(join(home, 'node_modules/.cache/exchange-history'))
    const both = await Promise.all([run(['--version']), run(['--version'])])
    for (const { stdout, stderr } of both) {
      expect(stdout).toBe('exchange-history 0.1.0\n')
      expect(stderr).toBe('')
    }
    const [first = '', ...others] = programs()
    expect(others).toEqual([])

    const file = join(home, 'local/version.ts')
    const written = readFileSync(file, 'utf8')
    const edit = (text: string) => writeFileSync(file, text)
    edit(written.replace('return `', "return 'Edited: ' + `"))
    expect((await run(['--version'])).stdout).toBe('Edited: exchange-history 0.1.0\n')
    expect(programs()).toHaveLength(2)

    const longAgo = new Date(Date.now() - 2 * 86_400_000)
    utimesSync(join(home, 'node_modules/.cache/exchange-history', first), longAgo, longAgo)
    edit(written.replace('  return `', "  throw new Error('on purpose')\n  return `"))
    // A stack tells lines of the sources.
    expect(await run(['--version'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Error: on purpose\n +at .*local\/version\.ts:9:9/),
    })
    expect(programs()).not.toContain(first)

    edit('no program at all')
    const broken = await run(['--version'])
    expect(broken).toMatchObject({ code: 1, stdout: '' })
    expect(broken.stderr).toMatch(/local\/version\.ts:1:3[\s\S]*The programs could not be put together/)
    expect(programs().filter((name) => name.startsWith('making-'))).toEqual([])
  })

  it('runs where it may write nothing beside itself, and leaves nothing behind; where there is no room at all it says so', async () => {
    const directory = temporaryDirectory()
    const program = install(directory)
    const run = runner(program)
    // Not even root makes a folder below a file.
    writeFileSync(join(dirname(program), '../node_modules'), '')
    const [cache, passing] = [join(directory, 'cache'), join(directory, 'passing')]
    mkdirSync(passing)
    const environment = { XDG_CACHE_HOME: cache, TMPDIR: passing, LOCALAPPDATA: cache }
    expect((await run(['--version'], environment)).stdout).toBe('exchange-history 0.1.0\n')
    expect(readdirSync(join(cache, 'exchange-history'))).toHaveLength(1)

    rmSync(cache, { recursive: true })
    writeFileSync(cache, '')
    expect((await run(['--version'], environment)).stdout).toBe('exchange-history 0.1.0\n')
    expect(readdirSync(passing).filter((name) => name.startsWith('exchange-history-'))).toEqual([])

    rmSync(cache)
    const command = `trap '' XFSZ; ulimit -f 100; exec "$0" "$@"`
    const { status, stderr } = spawnSync('bash', ['-c', command, process.execPath, program, '--version'], {
      env: { PATH: process.env.PATH, ...environment },
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stderr).toMatch(/The programs found no room in any of .*: make some, and start again\.\n$/)
  })
})
