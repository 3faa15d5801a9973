import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { exchanges } from '../../lambdas/exchanges/index.ts'
import { runExport } from '../../local/export/run-export.ts'
import { type AccountOptions, generateAccount } from '../../local/simulated-bitmart/account.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import {
  canaryKey,
  capture,
  environmentFor,
  runImportHere,
  surroundings,
  temporaryDirectory,
} from '../local/import-process.ts'

// What ccxt keeps to of a limit it waits for by the real clock: of this test it was nine tenths.
vi.mock('../../lambdas/exchanges/index.ts', async (original) => {
  const { hurried } = await import('../model/engine.ts')
  const real = await original<{ exchanges: typeof exchanges }>()
  const opened = Date.UTC(2018, 0, 1)
  const each = [...real.exchanges].map(([id, exchange]) => [id, hurried(exchange, opened)] as const)
  return { ...real, exchanges: new Map(each) }
})

const day = 86_400_000
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)

/** Import and export of one account, by the same store. */
async function peopleWith(rows: Omit<AccountOptions, 'seed' | 'now'>, rowsUntil: number) {
  const bitmart = await startSimulatedBitmart({
    account: generateAccount({ seed: 1, now: rowsUntil, ...rows }),
    keys: [canaryKey],
    enforceLimits: false,
  })
  onTestFinished(() => bitmart.close())
  const root = temporaryDirectory()
  const env = environmentFor(bitmart, join(root, 'data'))
  return {
    importing: (...argv: readonly string[]) =>
      runImportHere(['--out', join(root, 'history'), '--json', ...argv], env),
    async exporting(...argv: readonly string[]) {
      const [stdout, stderr] = [capture(), capture()]
      const exitCode = await runExport(
        ['--out', join(root, 'exports'), '--format', 'canonical-csv', '--json', ...argv],
        { ...surroundings(env), stdout: stdout.stream, stderr: stderr.stream },
      )
      return { exitCode, json: JSON.parse(stdout.text()), told: stderr.text() }
    },
  }
}

describe('what is known is said by import and export alike', () => {
  it('of an account whose fills are all older than what is served: nobody can tell, with 3, whatever came', async () => {
    const { importing, exporting } = await peopleWith({ spotFills: 520 }, Date.now() - 100 * day)
    const imported = await importing()
    expect(imported.exitCode).toBe(3)
    expect(imported.stderr).toMatch(
      /^Not known to be complete: nothing new in .*\n {2}.*Spot fills.*: before \d{4}-\d\d-\d\d.* nobody can tell\.$/m,
    )
    const told = JSON.parse(imported.stdout)
    expect(told).toMatchObject({ state: 'unverified', complete: false })
    expect(told.streams[0]).toMatchObject({ stream: 'spot-trade', state: 'unverified', gaps: [] })
    expect(told.streams[0].unverified[0]).toMatchObject({
      from: '2018-01-01T00:00:00.000Z',
      reason: 'beyond-depth',
    })
    const exported = await exporting()
    expect(exported.exitCode).toBe(3)
    expect(exported.json).toMatchObject({ state: 'unverified', complete: false })
    expect(exported.told).toContain(
      'UTC: not known to be complete: nothing is known to be missing, and for some of the time nobody can tell.',
    )
    const [sentence] = /before \S+(?: \S+)? nobody can tell: the exchange [^.;]*/.exec(imported.stderr) ?? []
    expect(exported.json.sentences.join('\n')).toContain(sentence)

    const since = await importing('--since', dayOf(Date.now() - 5 * day))
    expect(since.stderr).toMatch(/^Complete: nothing new/m)
    expect(since).toMatchObject({ exitCode: 0 })
    expect(JSON.parse(since.stdout)).toMatchObject({ state: 'complete', complete: true })
    const whole = await exporting()
    expect(whole).toMatchObject({ exitCode: 0, json: { state: 'complete', complete: true } })
    expect(whole.told).toContain(`before ${dayOf(Date.now() - 5 * day)} none, as its owner says`)

    const today = ['--from', dayOf(Date.now()), '--to', dayOf(Date.now() + day)]
    const future = await exporting(...today)
    expect(future).toMatchObject({ exitCode: 3, json: { state: 'incomplete' } })
    expect(future.told).toContain('not complete: it ends later than is known yet.')

    // What was said once stays said, until it is taken back.
    expect((await importing()).exitCode).toBe(0)
    expect((await importing('--since', 'none')).exitCode).toBe(3)
  })

  it('of an account whose owner is refuted by a row from before: his word does not count, and why', async () => {
    const { importing, exporting } = await peopleWith({ deposits: 5, transferYears: 0.3 }, Date.now() - day)
    const since = dayOf(Date.now() - 12 * 3_600_000)
    const imported = await importing('--since', since)
    expect(imported.exitCode).toBe(3)
    const refuted = new RegExp(
      `Not used before ${since}, says its owner, but a row of .* is stored: so that does not count\\.`,
      'g',
    )
    const [headline] = imported.stderr.split('\n\n').slice(-4)
    expect(imported.stderr.match(refuted), headline).toHaveLength(1)
    const exported = await exporting()
    expect(exported.exitCode).toBe(3)
    expect(exported.told.match(refuted)).toHaveLength(1)
  })
})

describe('what an owner may say of the beginning', () => {
  it.each([
    ['2026-02-30', /^--since must be a day such as 2026-03-01/],
    ['yesterday', /^--since must be a day such as 2026-03-01/],
    ['2999-01-01', /^--since lies in the future: name the day on which you began to use the account\.$/m],
  ])('is not %s', async (since, sentence) => {
    const finished = await runImportHere(['--since', since], { DATA_DIR: temporaryDirectory() })
    expect(finished).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(sentence) })
  })
})
