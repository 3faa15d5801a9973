import { afterEach, describe, expect, it } from 'vitest'
import { hash } from '../../lambdas/adapters/identity.ts'
import { day } from '../../lambdas/domain/window.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { submit } from '../../lambdas/use-cases/submission.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import type { ImportRequest } from '../../local/import/arguments.ts'
import { importAccount } from '../../local/import/import-account.ts'
import { type AccountOptions, demoSizes, generateAccount } from '../../local/simulated-bitmart/account.ts'
import { demoKey } from '../../local/simulated-bitmart/options.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { statementObjects, statementsDirectory } from '../../local/statement-objects.ts'
import { surroundings, temporaryDirectory } from '../local/import-process.ts'
import { hurried, patiently } from '../model/engine.ts'

const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0)) await step()
})

/** An importer for two keys of one account and one of another. */
async function setUp(rows: Partial<AccountOptions>) {
  const now = Date.now()
  const account = generateAccount({ seed: 1, now, ...rows })
  const stranger = generateAccount({ seed: 2, now, ...rows })
  // Generated ids are the same in every account; a stranger's are not.
  for (const row of stranger.transfers)
    Object.assign(row, { withdraw_id: row.withdraw_id && `9${row.withdraw_id}` })
  const keys = ['first-key-of-the-account', 'second-key-of-the-account', 'key-of-a-stranger'].map(
    (apiKey) => ({
      ...demoKey,
      apiKey,
      account: apiKey.endsWith('stranger') ? stranger : account,
    }),
  )
  const simulator = await startSimulatedBitmart({ keys, enforceLimits: false })
  const dataDir = temporaryDirectory()
  const store = await openEmbeddedStore({ dataDir })
  cleanUp.push(
    () => simulator.close(),
    () => store.close(),
  )
  const exchange = hurried()
  const { clock, random, signal } = surroundings({})
  let said: readonly string[] = []
  const run = async (apiKey: string, replaceKey = false, says: Partial<ImportRequest> = {}) => {
    const submission = submit(exchange, { apiKey, secret: demoKey.secret, passphrase: demoKey.memo }, hash)
    if ('problems' in submission) throw new Error('not a key')
    const client = openExchangeClient(exchange, submission.credentials, {
      hosts: { spot: simulator.spotUrl, swap: simulator.futuresUrl },
      clock,
      sleep: patiently,
      random,
    })
    cleanUp.push(() => client.close())
    const { connection, run } = await importAccount(
      {
        table: store.table,
        client,
        clock,
        sleep: patiently,
        signal,
        statementObjects: statementObjects(statementsDirectory(dataDir)),
        onConnected: (_connection, warnings) => {
          said = warnings
        },
        onProgress: () => undefined,
      },
      {
        exchange,
        subaccount: '',
        out: '',
        json: false,
        allowPowerfulKey: false,
        replaceKey,
        newAccount: false,
        sameAccount: false,
        recheck: false,
        ...says,
      },
      submission,
    )
    const added = run.streams.reduce((sum, stream) => sum + stream.new, 0)
    return { id: connection.id, state: run.state, added }
  }
  return { run, simulator, store, said: () => said }
}

describe('a second import', () => {
  it('writes no transaction, counted at the store, and asks at most twelve questions, counted at the exchange', async () => {
    const { run, simulator, store } = await setUp(demoSizes)
    const key = 'first-key-of-the-account'
    const first = await run(key)
    expect(first.state).toBe('unverified')
    expect(store.requests.transactionWrites).toBe(first.added)
    const asked = simulator.requests.length
    expect(await run(key)).toEqual({ ...first, added: 0 })
    expect(store.requests.transactionWrites).toBe(first.added)
    expect(simulator.requests.length - asked).toBeLessThanOrEqual(12)
  })
})

describe('a second key of an account', () => {
  it.each([
    ['spot fills', { spotFills: 30 }],
    ['futures fills alone', { futuresFills: 30 }],
    ['withdrawals alone', { withdrawals: 30, transferYears: 0.5 }],
  ])('is recognised by %s, and goes on with the same history when asked to', async (_what, rows) => {
    const { run } = await setUp(rows)
    const first = await run('first-key-of-the-account')
    expect(first).toMatchObject({ state: 'unverified', added: 30 })
    await expect(run('second-key-of-the-account')).rejects.toMatchObject({
      code: 'same-account',
      connection: first.id,
    })
    expect(await run('second-key-of-the-account', true)).toEqual({
      id: first.id,
      state: 'unverified',
      added: 0,
    })
    expect(await run('second-key-of-the-account')).toEqual({ id: first.id, state: 'unverified', added: 0 })
  })

  it('is asked about where nothing that is stored is served any more, and goes on as its user says', async () => {
    const { run, simulator } = await setUp({ spotFills: 30 })
    // Of the last week the exchange documents that it serves all.
    for (const { account } of simulator.options.keys)
      account?.spotFills.splice(
        0,
        30,
        ...account.spotFills.filter((row) => row.createTime < Date.now() - 8 * day),
      )
    const first = await run('first-key-of-the-account')
    simulator.options.lookBack = { ...simulator.options.lookBack, fills: day }
    for (const replaceKey of [false, true])
      await expect(run('second-key-of-the-account', replaceKey)).rejects.toMatchObject({
        code: 'account-unknown',
        connection: first.id,
      })
    expect((await run('second-key-of-the-account', true, { sameAccount: true })).id).toBe(first.id)
    const other = await run('key-of-a-stranger', false, { newAccount: true })
    expect(other.id).not.toBe(first.id)
  })

  it('is not taken for a key of another account, which joins no history, and is told that it replaced nothing', async () => {
    const { run, said } = await setUp({ withdrawals: 30, transferYears: 0.5 })
    const first = await run('first-key-of-the-account')
    const other = await run('key-of-a-stranger', true)
    expect(other).toMatchObject({ state: 'unverified', added: 30 })
    expect(other.id).not.toBe(first.id)
    expect(said().join()).toMatch(/--replace-key replaced nothing: .* opens another account than /)
    await run('key-of-a-stranger', true)
    expect(said().join()).not.toContain('--replace-key')
  })
})
