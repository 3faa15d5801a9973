import { spawn, spawnSync } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { canaryKey, environmentFor, runImporter, temporaryDirectory } from '../local/import-process.ts'

const hasLimits = process.platform === 'linux' && spawnSync('bash', ['-c', 'ulimit -f 1']).status === 0

/** No file may grow beyond this, in KiB: to the store, a disk that is full. */
const room = 200

describe.skipIf(!hasLimits)('on a disk that is full', { timeout: 240_000 }, () => {
  it('an import ends with 2 and a sentence that names the folder, and goes on when there is room', async () => {
    const bitmart = await startSimulatedBitmart({
      account: generateAccount({ seed: 1, now: Date.now(), spotFills: 2_000, futuresFills: 1 }),
      keys: [{ ...canaryKey, subaccount: true, futuresOpened: false }],
      enforceLimits: false,
    })
    onTestFinished(() => bitmart.close())
    // There was room when the programs were put together.
    spawnSync(process.execPath, ['local/exchange-history.mjs', '--version'])
    const directory = temporaryDirectory()
    const env = environmentFor(bitmart, `${directory}/data`)
    const argv = ['local/exchange-history.mjs', 'import', '--out', `${directory}/out`]
    const command = `trap '' XFSZ; ulimit -f ${room}; exec "$0" "$@"`
    const child = spawn('bash', ['-c', command, process.execPath, ...argv], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const exitCode = new Promise((resolve) => child.on('close', resolve))
    const said = (await text(child.stderr))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('Note: '))
    expect(said).toEqual([
      expect.stringMatching(
        new RegExp(
          `^The store in ${directory}/data could not be read or written \\(\\w+\\): make room on its disk, or`,
        ),
      ),
    ])
    expect(await exitCode).toBe(2)

    const again = await runImporter(['--out', `${directory}/out`], env)
    expect([0, 3]).toContain(again.exitCode)
    expect(again.stdout).toContain('transactions.jsonl')
  })
})
