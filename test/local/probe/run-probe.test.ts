import { describe, expect, it, onTestFinished } from 'vitest'
import { runProbe } from '../../../local/probe/run-probe.ts'
import { generateAccount } from '../../../local/simulated-bitmart/account.ts'
import { demoKey } from '../../../local/simulated-bitmart/options.ts'
import { startSimulatedBitmart } from '../../model/engine.ts'
import { capture, surroundings } from '../import-process.ts'

async function run(words: readonly string[], env: Readonly<Record<string, string>> = {}, over = false) {
  const [stdout, stderr] = [capture(), capture()]
  let asked = 0
  const exitCode = await runProbe(words, {
    ...surroundings(env),
    // The second time that it is looked at, ten minutes have gone by.
    clock: () => Date.now() + (over && asked++ > 0 ? 11 * 60_000 : 0),
    stdout: stdout.stream,
    stderr: stderr.stream,
  })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

describe('npm run probe', () => {
  it('prints a report that names what was tried in each stream, and neither the key nor its secret', async () => {
    const account = generateAccount({ seed: 3, now: Date.now(), spotFills: 20, futuresFills: 20, days: 20 })
    const simulator = await startSimulatedBitmart({ account })
    onTestFinished(() => simulator.close())
    const { exitCode, stdout, stderr } = await run(
      ['--exchange', 'bitmart'],
      {
        BITMART_SPOT_URL: simulator.spotUrl,
        BITMART_FUTURES_URL: simulator.futuresUrl,
        BITMART_API_KEY: demoKey.apiKey,
        BITMART_API_SECRET: demoKey.secret,
        BITMART_API_MEMO: demoKey.memo,
      },
      true,
    )
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toMatch(/^# What BitMart does, \d{4}-\d{2}-\d{2}\n\nFound by exchange-history /)
    expect(stdout).toContain('\n\n## Spot fills (isolated margin included)\n- *reach*: How far back')
    expect(stdout).toContain('**Found:** nothing, the time was over.')
    expect(stderr).toContain('Trying Spot fills')
    for (const secret of [demoKey.apiKey, demoKey.secret, demoKey.memo])
      expect(stdout + stderr).not.toContain(secret)
  })

  it('asks which exchange, explains itself, and asks nobody without credentials', async () => {
    expect(await run([])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--exchange bitmart'),
    })
    const help = await run(['--help'])
    expect(help.exitCode).toBe(0)
    expect(help.stdout).toContain('may be\nattached to a public issue')
    const keyless = await run(['--exchange', 'bitmart'])
    expect(keyless).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('BITMART_API_KEY') })
  })
})
