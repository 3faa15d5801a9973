import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEmbeddedStore } from '../../local/embedded-store.ts'

let dataDir = ''
const started: ChildProcess[] = []
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'start-test-'))
})
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  await rm(dataDir, { recursive: true, force: true })
})

/** As `npm start` does: in a shell that waits. */
function start(options = '') {
  const child = spawn('/bin/sh', ['-c', `"$NODE" local/exchange-history.mjs start ${options}; exit $?`], {
    env: {
      PATH: process.env.PATH,
      NODE: process.execPath,
      npm_lifecycle_event: 'start',
      PORT: '0',
      DATA_DIR: dataDir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  return child
}

describe.skipIf(process.platform === 'win32')('npm start', () => {
  it('stops and lets go of the store when the shell around it is ended by a SIGTERM', async () => {
    const shell = start()
    await once(shell.stdout, 'readable')
    const printed = text(shell.stdout)
    shell.kill('SIGTERM')
    expect(await printed).toMatch(/Stopping …\nStopped\.\n$/)
    const store = await openEmbeddedStore({ dataDir })
    await store.close()
  })

  it('goes on when whoever read its output has ended', async () => {
    const shell = start()
    let introduction = ''
    while (!/http:\/\/\S+\s/.test(introduction)) introduction += String((await once(shell.stdout, 'data'))[0])
    const address = /http:\/\/\S+/.exec(introduction)?.[0]
    shell.stdout.destroy()
    for (let time = 0; time < 3; time += 1)
      expect((await fetch(`${address}/v1/connections`)).status).toBe(200)
    shell.kill('SIGTERM')
    expect(await text(shell.stderr)).toBe('')
  })

  it('tells with --help what it does and which settings there are, and starts nothing', async () => {
    const shell = start('--help')
    const [, said] = await Promise.all([once(shell, 'close'), text(shell.stdout)])
    expect(said).toMatch(
      /^Serves the console and the API[\s\S]*\n {2}PORT .*\n {2}DATA_DIR .*\n {2}VAULT_PASSPHRASE /,
    )
    expect(shell.exitCode).toBe(0)
    expect(await readdir(dataDir)).toEqual([])
  })

  it('takes no other options, and says where settings go', async () => {
    const shell = start('--port 1')
    const [, said] = await Promise.all([once(shell, 'close'), text(shell.stderr)])
    expect(said).toMatch(/^npm start takes no options but --open and --help: .* in the environment\.\n$/)
    expect(shell.exitCode).toBe(2)
  })
})
