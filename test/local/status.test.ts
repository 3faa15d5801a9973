import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { monthOf, noSums } from '../../lambdas/domain/sums.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { describeStatus } from '../../local/status/describe-status.ts'
import { runStatus } from '../../local/status/run-status.ts'
import { capture, surroundings, temporaryDirectory } from './import-process.ts'
import { savings } from './savings.ts'

const now = Date.UTC(2026, 10, 26, 12)

/** A store in which every stream of the account is covered but for `missing`, and nothing is known of another account. */
async function home({
  missing = 0,
  other = false,
  damaged = false,
  said = {},
  oldest,
  ahead,
}: {
  missing?: number
  other?: boolean
  damaged?: boolean
  /** By the owner of the account. */
  said?: Pick<Connection, 'accountSince'>
  oldest?: number
  /** Of the clock of the exchange, in the last run. */
  ahead?: number
} = {}) {
  const dataDir = temporaryDirectory()
  const store = await openEmbeddedStore({ dataDir })
  const { connections, coverage, lease, runs, sums } = openStores(store.table)
  await connections.swap(undefined, { ...savings, ...said })
  const owner = { user: 'local', connection: savings.id }
  const epoch = (await lease.acquire(owner, 'test', now, hour)) ?? 0
  for (const { stream, partitions, opened } of bitmart.streams)
    for (const partition of partitions)
      await coverage.save(
        owner,
        {
          ...noCoverage(stream, partition),
          covered: [{ from: opened + (stream === 'spot-trade' ? missing : 0), to: now - hour }],
          ...(stream === 'spot-trade' &&
            missing > 0 && { unverified: [{ from: opened, to: opened + missing, reason: 'beyond-depth' }] }),
          attempted: now - hour,
          ...(oldest !== undefined && { oldest }),
        },
        epoch,
      )
  if (damaged)
    await sums.save(
      owner,
      {
        ...noSums('deposit'),
        version: 1,
        months: [{ month: monthOf({ time: now - 2 * day }), count: 1, hash: '0000000000000001' }],
      },
      epoch,
    )
  await lease.release(owner, 'test', epoch)
  const run: Run = {
    id: '2026',
    connection: savings.id,
    state: 'complete',
    startedAt: now - hour - (ahead ?? 0),
    finishedAt: now - hour + 5_000 - (ahead ?? 0),
    ...(ahead !== undefined && { ahead }),
    requests: 3,
    streams: [],
  }
  await runs.save(owner, run)
  if (other)
    await connections.swap(undefined, {
      ...savings,
      id: 'bbbb000000000000',
      label: undefined,
      keyHint: 'k7k7',
      createdAt: 2,
    })
  await store.close()
  return async (words: readonly string[] = [], screen: object = {}, at = now) => {
    const [stdout, stderr] = [capture(screen), capture()]
    const exitCode = await runStatus(words, {
      ...surroundings({ DATA_DIR: dataDir }),
      clock: () => at,
      stdout: stdout.stream,
      stderr: stderr.stream,
    })
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
  }
}

describe('npm run -s status', () => {
  const clockAhead = /^ {2}warning +The exchange’s clock is \d+ days ahead of ours.*\n/m

  it('goes by the clock of the exchange where the last run showed ours to be wrong, put right or not', async () => {
    const right = await (await home())()
    expect(right.stdout).toContain('BitMart is closing')
    for (const ahead of [-200 * day, 300 * day]) {
      const status = await home({ ahead })
      for (const at of [now, now - ahead]) {
        const { stdout } = await status([], {}, at)
        expect(stdout.replace(clockAhead, '')).toBe(right.stdout)
        // Which of the two is wrong nobody here knows: only one that is ahead of ours may have made time known that is still to come.
        expect(clockAhead.test(stdout)).toBe(ahead > 0)
      }
      const { connections } = JSON.parse((await status(['--json'], {}, now - ahead)).stdout)
      expect(connections[0].lastRun.startedAt).toBe(new Date(now - hour).toISOString())
    }
  })

  it('has a line for the last run and for each stream of an account, and says how long its exchange can be read', async () => {
    const status = await home()
    const { exitCode, stdout, stderr } = await status()
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout.split('\n').slice(0, 8)).toEqual([
      'BitMart Savings, key …x9f2',
      '  id                   aaaa00000000',
      '  last run             2026-11-26 11:00 UTC, complete, 0 new transactions',
      '  Spot fills           complete, up to 2026-11-26 11:00',
      '  Futures fills        complete, up to 2026-11-26 11:00',
      '  Futures ledger rows  complete, up to 2026-11-26 11:00',
      '  Withdrawals          complete, up to 2026-11-26 11:00',
      '  Deposits             complete, up to 2026-11-26 11:00',
    ])
    expect(stdout).toContain('\nBitMart is closing\n  2027-01-31 15:59 UTC  in 66 days: the platform ceases')
    expect(stdout).not.toContain('2026-07-26')
  })

  it('tells in one line what the owner says of the beginning, and whether a row refutes it', async () => {
    const said = { accountSince: Date.UTC(2026, 2, 1) }
    const { stdout, exitCode } = await (await home({ said }))()
    expect(stdout).toContain('\n  account used         before 2026-03-01 none, as its owner says\n')
    expect(exitCode).toBe(0)
    const refuted = await home({ said, oldest: Date.UTC(2026, 1, 1) })
    const told = (await refuted()).stdout
    expect(told).toMatch(/\n {2}account used +Not used before 2026-03-01, .* a row of 2026-02-01 is stored/)
    expect(told.match(/its owner/g)).toHaveLength(1)
    expect(JSON.parse((await refuted(['--json'])).stdout).connections[0].accountSince).toMatchObject({
      refutedBy: '2026-02-01T00:00:00.000Z',
    })
  })

  it('calls nothing complete that is not stored any more', async () => {
    const status = await home({ damaged: true })
    const { exitCode, stdout } = await status()
    expect(exitCode).toBe(3)
    expect(stdout).toMatch(/\n {2}Deposits +unverified, .*nobody can tell\n/)
  })

  it('tells what is past as past, in words and to programs', async () => {
    const status = await home()
    const march = Date.UTC(2027, 2, 1)
    const { stdout } = await status([], {}, march)
    expect(stdout).toContain('\nBitMart has closed\n')
    expect(stdout).not.toContain('is closing')
    const { closing } = JSON.parse((await status(['--json'], {}, march)).stdout)
    expect(closing.map(({ past, days }: { past: boolean; days?: number }) => [past, days])).toEqual(
      closing.map(() => [true, undefined]),
    )
    const { closing: before } = JSON.parse((await status(['--json'])).stdout)
    expect(
      before.map(({ past, days }: { past: boolean; days?: number }) => past === (days === undefined)),
    ).toEqual(before.map(() => true))
    expect(before.filter(({ past }: { past: boolean }) => past).length).toBeGreaterThan(0)
  })

  it('ends with 3 when nobody can tell, and says of which time', async () => {
    const status = await home({ missing: 400 * day })
    const { exitCode, stdout } = await status()
    expect(exitCode).toBe(3)
    expect(stdout).toMatch(/\n {2}Spot fills +unverified, before 2019-02-05 nobody can tell\n/)
  })

  it('ends with 3 when nothing is known yet of one account, and names each', async () => {
    const status = await home({ other: true })
    const { exitCode, stdout } = await status()
    expect(exitCode).toBe(3)
    expect(stdout).toContain('\n\nBitMart …k7k7\n')
    expect(stdout).toMatch(/\n {2}last run +none\n {2}Spot fills +incomplete, nothing is known yet\n/)
  })

  it('fits into sixty columns', async () => {
    const status = await home({ missing: 400 * day, other: true })
    const { stdout } = await status([], { isTTY: true, columns: 60 })
    expect(stdout.split('\n').filter((line) => [...line].length > 60)).toEqual([])
  })

  it('is one object for programs', async () => {
    const status = await home({ missing: 400 * day })
    const { stdout } = await status(['--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'unverified',
      connections: [
        {
          id: 'aaaa000000000000',
          name: 'Savings',
          folder: 'bitmart-aaaa00000000',
          state: 'unverified',
          asOf: '2026-11-26T11:00:00.000Z',
          lastRun: { state: 'complete', startedAt: '2026-11-26T11:00:00.000Z', new: 0 },
          streams: expect.arrayContaining([
            expect.objectContaining({
              stream: 'deposit',
              state: 'complete',
              coveredUntil: '2026-11-26T11:00:00.000Z',
            }),
          ]),
        },
      ],
      closing: expect.arrayContaining([
        expect.objectContaining({ at: '2027-01-31T15:59:00.000Z', days: 66 }),
      ]),
    })
  })

  it('ends with 2 where nothing was imported, and creates nothing', async () => {
    const stderr = capture()
    const around = { ...surroundings({ DATA_DIR: '/nowhere/at/all' }), stderr: stderr.stream }
    expect(await runStatus([], around)).toBe(2)
    expect(stderr.text()).toMatch(/^Nothing was imported into \/nowhere\/at\/all yet: npm run import begins/)
    expect(await runStatus(['now'], around)).toBe(2)
  })

  it('does not say that nothing was imported where nobody can look', async () => {
    const stderr = capture()
    const dataDir = join(temporaryDirectory(), 'x'.repeat(300))
    expect(await runStatus([], { ...surroundings({ DATA_DIR: dataDir }), stderr: stderr.stream })).toBe(2)
    expect(stderr.text()).toContain(' cannot be opened (ENAMETOOLONG): see that')
    expect(stderr.text()).not.toContain('Nothing was imported')
  })

  it('ends with 2 where a store knows no account', async () => {
    const dataDir = temporaryDirectory()
    await (await openEmbeddedStore({ dataDir })).close()
    const stderr = capture()
    const around = { ...surroundings({ DATA_DIR: dataDir }), stderr: stderr.stream }
    expect(await runStatus([], around)).toBe(2)
    expect(stderr.text()).toBe('No account was imported yet: npm run import begins.\n')
  })
})

it('nobody is told to import while somebody does', () => {
  const lastRun: Run = {
    id: '2026',
    connection: savings.id,
    state: 'running',
    startedAt: now,
    requests: 0,
    streams: [],
  }
  const known = {
    connection: { ...savings, exchange: 'bingx' },
    exchange: bingx,
    coverage: [],
    lastRun,
    files: undefined,
  }
  const perishing = (isInUse: boolean) =>
    describeStatus([{ ...known, isInUse }], now).connections[0]?.perishing
  expect(perishing(true)).toEqual([])
  expect(perishing(false)).not.toEqual([])
})
