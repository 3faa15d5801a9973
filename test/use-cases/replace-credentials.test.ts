import { describe, expect, it } from 'vitest'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { disconnect } from '../../lambdas/use-cases/disconnect.ts'
import { replaceCredentials } from '../../lambdas/use-cases/replace-credentials.ts'
import {
  canaries,
  connecting,
  exchange,
  fill,
  hash,
  homeInMemory,
  startOfTime,
  submission,
} from './home-in-memory.ts'

const newKey = 'ANOTHER-ACCESS-KEY-9999'

function replacing(
  ports: ReturnType<typeof homeInMemory>['ports'],
  id: string,
  apiKey = newKey,
  sameAccount = false,
) {
  return replaceCredentials(ports, {
    user: 'ada',
    id,
    exchange,
    submission: submission({ ...canaries, apiKey }),
    allowPowerfulKey: false,
    sameAccount,
  })
}

/** Where nobody can tell, the user is asked, nothing changes, and the answer is taken. */
async function asksAndGoesOn(ports: ReturnType<typeof homeInMemory>['ports'], id: string) {
  const before = await ports.connections.find('ada', id)
  await expect(replacing(ports, id)).rejects.toMatchObject({
    code: 'account-unknown',
    connection: id,
    message: expect.stringContaining('If it is the same account, say so'),
  })
  expect(await ports.connections.find('ada', id)).toEqual(before)
  await expect(replacing(ports, id, newKey, true)).resolves.toBeDefined()
}

async function connected() {
  const home = homeInMemory()
  const { connection } = await connecting(home.ports)
  home.calls.length = 0
  return { ...home, id: connection.id, owner: { user: 'ada', connection: connection.id }, connection }
}

describe('replacing a key', () => {
  it('keeps the id, swaps the secret and starts a sync', async () => {
    const { ports, id, connection, secrets, connections, queued, stopped } = await connected()
    const { connection: replaced, run } = await replacing(ports, id)
    expect(replaced).toMatchObject({ id, keyHint: '9999', status: 'connected' })
    expect(replaced.vaultRef).not.toBe(connection.vaultRef)
    expect([...secrets.keys()]).toEqual([replaced.vaultRef])
    expect([...connections.values()]).toEqual([replaced])
    expect(stopped).toEqual([id])
    expect(queued.at(-1)).toBe(run)
  })

  it('starts a sync of its own, whatever a worker still says of the run of the old key', async () => {
    const { ports, id, connection, connections } = await connected()
    connections.set(`ada/${id}`, { ...connection, lastRun: 'run-of-the-old-key' })
    const lastRuns: unknown[] = []
    const enqueue: typeof ports.enqueue = async ({ lastRun }, run) => {
      lastRuns.push(lastRun)
      return run
    }
    await replacing({ ...ports, enqueue }, id)
    await disconnect(ports, { user: 'ada', id, history: 'keep' })
    connections.set(`ada/${id}`, { ...connection, lastRun: 'another', status: 'disconnected' })
    await connecting({ ...ports, enqueue })
    expect(lastRuns).toEqual([undefined, undefined])
  })

  it('removes the old secret only after the new one is stored and in use', async () => {
    const { ports, id, calls } = await connected()
    await replacing(ports, id)
    expect(calls.filter((name) => /vault|swap/.test(name))).toEqual([
      'vault.put',
      'connections.swap',
      'vault.remove',
    ])
  })

  it('takes the same key with a corrected secret, and an earlier key of the same connection', async () => {
    const { ports, id } = await connected()
    await replacing(ports, id, canaries.apiKey)
    await replacing(ports, id, newKey)
    await expect(replacing(ports, id, canaries.apiKey)).resolves.toBeDefined()
  })

  it('goes on with a disconnected connection', async () => {
    const { ports, id } = await connected()
    await disconnect(ports, { user: 'ada', id, history: 'keep' })
    expect((await replacing(ports, id)).connection.status).toBe('connected')
  })

  it('gives a first key to an account of files only, which is asked for from then on as any other is, from the cell of its user', async () => {
    const { ports, home, put, connections } = homeInMemory()
    const id = 'of-files'
    connections.set(`ada/${id}`, {
      id,
      user: 'ada',
      exchange: exchange.id,
      subaccount: '',
      keyHint: '',
      status: 'disconnected',
      statementsOnly: true,
      files: true,
      createdAt: 0,
    })
    // By the id of a row that a file tells nobody can ask: that it is not served says nothing.
    put({ user: 'ada', connection: id }, fill(startOfTime - hour, 'of a file', { source: 'file' }))
    home.serves = []
    const cloud = { ...ports, joinCell: async () => 3 }
    await asksAndGoesOn(cloud, id)
    const connected = await ports.connections.find('ada', id)
    expect(connected).toMatchObject({ status: 'connected', keyHint: '9999', files: true, cell: 3 })
    expect(connected).not.toHaveProperty('statementsOnly')
  })

  it('clears what needed attention', async () => {
    const { ports, id, connection, connections } = await connected()
    connections.set(`ada/${id}`, { ...connection, status: 'attention', reason: 'expired' })
    expect((await replacing(ports, id)).connection).toMatchObject({ status: 'connected', reason: undefined })
  })

  it('refuses the key of another connection, before asking the exchange', async () => {
    const { ports, id, calls, stored } = await connected()
    const other = await connecting(ports, { apiKey: newKey, newAccount: true })
    const before = stored()
    calls.length = 0
    await expect(replacing(ports, id)).rejects.toMatchObject({
      code: 'key-already-used',
      connection: other.connection.id,
    })
    expect(calls).not.toContain('checkKey')
    expect(stored()).toEqual(before)
  })

  it('refuses a key that the exchange refuses, and changes nothing', async () => {
    const { ports, id, home, stored } = await connected()
    const before = stored()
    home.check = new FailureError({ kind: 'wrong-signature' })
    await expect(replacing(ports, id)).rejects.toMatchObject({ code: 'wrong-signature' })
    home.check = { powers: ['withdraw'], uncheckable: [], sample: [] }
    await expect(replacing(ports, id)).rejects.toMatchObject({ code: 'key-too-strong' })
    expect(stored()).toEqual(before)
  })

  it('refuses a key of another account: rows of covered time that are not stored', async () => {
    const { ports, id, owner, home, cover, put, stored } = await connected()
    const row = fill(startOfTime - 2 * hour, 'BTC_USDT|1|2')
    cover(owner, {
      ...noCoverage('spot-trade', 'spot'),
      covered: [{ from: startOfTime - 9 * hour, to: startOfTime - hour }],
    })
    home.check = { powers: [], uncheckable: [], sample: [row] }
    const before = stored()
    await expect(replacing(ports, id)).rejects.toMatchObject({ code: 'different-account' })
    expect(stored()).toEqual(before)
    put(owner, row)
    await expect(replacing(ports, id)).resolves.toBeDefined()
  })

  it('joins no other account to a history whose rows it would have to serve and does not, whatever its user says', async () => {
    const { ports, id, owner, home, put, stored } = await connected()
    put(owner, fill(startOfTime - hour, 'mine'))
    home.serves = []
    const before = stored()
    for (const sameAccount of [false, true])
      await expect(replacing(ports, id, newKey, sameAccount)).rejects.toMatchObject({
        code: 'different-account',
      })
    expect(stored()).toEqual(before)
  })

  it('knows the account by rows that are years old', async () => {
    const { ports, id, owner, home, put } = await connected()
    const old = fill(startOfTime - 900 * day, 'mine')
    put(owner, old, fill(startOfTime - 800 * day, 'vanished at the exchange'))
    home.serves = [old]
    await expect(replacing(ports, id)).resolves.toBeDefined()
  })

  it('asks where the rows of a history are no longer served', async () => {
    const { ports, id, owner, home, put } = await connected()
    put(owner, fill(startOfTime - 900 * day, 'mine'))
    home.check = { powers: [], uncheckable: [], sample: [fill(startOfTime - hour, 'new')] }
    await asksAndGoesOn(ports, id)
  })

  it('does not ask where there is no history to be joined, nor about a key that the connection has or had', async () => {
    const { ports, id, owner, put, home } = await connected()
    await replacing(ports, id)
    put(owner, fill(startOfTime - 900 * day, 'mine'))
    home.askedRows.length = 0
    await replacing(ports, id, newKey)
    await replacing(ports, id, canaries.apiKey)
    expect(home.askedRows).toEqual([])
  })

  it('cannot tell the account from rows that are newer than what is covered', async () => {
    const { ports, id, owner, home, cover } = await connected()
    cover(owner, {
      ...noCoverage('spot-trade', 'spot'),
      covered: [{ from: startOfTime - 9 * hour, to: startOfTime - hour }],
    })
    home.check = { powers: [], uncheckable: [], sample: [fill(startOfTime - hour, 'new')] }
    await asksAndGoesOn(ports, id)
  })

  it('refuses a key of an account that another connection imports', async () => {
    const { ports, id, home, put } = await connected()
    const other = await connecting(ports, { apiKey: 'A-THIRD-ACCESS-KEY-3333', newAccount: true })
    const row = fill(startOfTime - hour, 'BTC_USDT|1|2')
    put({ user: 'ada', connection: other.connection.id }, row)
    home.check = { powers: [], uncheckable: [], sample: [row] }
    await expect(replacing(ports, id)).rejects.toMatchObject({ code: 'same-account' })
  })

  it('leaves the old key in use when storing the new one fails, whatever the step', async () => {
    for (const step of ['vault.put', 'stopSync', 'connections.swap']) {
      const { ports, id, home, connection, connections, secrets } = await connected()
      home.failAt = step
      await expect(replacing(ports, id), step).rejects.toThrow('failed')
      expect([...connections.values()], step).toEqual([connection])
      expect([...secrets.keys()], step).toEqual([connection.vaultRef])
    }
  })

  it('knows no connection of another user', async () => {
    const { ports, id } = await connected()
    await expect(
      replaceCredentials(ports, {
        user: 'bob',
        id,
        exchange,
        submission: submission(),
        allowPowerfulKey: false,
      }),
    ).rejects.toMatchObject({ code: 'not-found' })
  })

  it('refuses rows of another account only where every part of their stream is known to be complete', async () => {
    const { ports, id, owner, home, cover } = await connected()
    const covered = [{ from: startOfTime - 9 * hour, to: startOfTime - hour }]
    const futures = { ...noCoverage('futures-trade', 'futures'), covered }
    const copies = { ...noCoverage('futures-trade', 'copy_trading'), covered }
    const sample = [fill(startOfTime - 2 * hour, 'BTCUSDT|1|2', { stream: 'futures-trade' })]
    home.check = { powers: [], uncheckable: [], sample }
    const earlier = [{ from: startOfTime - 9 * hour, to: startOfTime - 3 * hour }]
    for (const known of [
      [futures, { ...copies, covered: earlier }],
      [{ ...futures, covered: earlier }, copies],
    ]) {
      cover(owner, ...known)
      await expect(replacing(ports, id)).rejects.toMatchObject({ code: 'account-unknown' })
    }
    cover(owner, futures, copies)
    await expect(replacing(ports, id)).rejects.toMatchObject({ code: 'different-account' })
    cover(owner, futures, { ...copies, covered: [], note: 'not-opened' })
    await expect(replacing(ports, id)).rejects.toMatchObject({ code: 'different-account' })
    cover(owner, { ...futures, note: 'not-opened' }, { ...copies, note: 'not-opened' })
    await asksAndGoesOn(ports, id)
  })

  it('cannot tell the account while a part of the stream was never asked for', async () => {
    const { ports, id, owner, home, cover } = await connected()
    cover(owner, {
      ...noCoverage('futures-trade', 'futures'),
      covered: [{ from: startOfTime - 9 * hour, to: startOfTime - hour }],
    })
    const sample = [fill(startOfTime - 2 * hour, 'BTCUSDT|1|2', { stream: 'futures-trade' })]
    home.check = { powers: [], uncheckable: [], sample }
    await asksAndGoesOn(ports, id)
  })

  it('cannot tell the account from rows of a stream of which nothing is known', async () => {
    const { ports, id, owner, home, cover } = await connected()
    cover(owner, {
      ...noCoverage('spot-trade', 'spot'),
      covered: [{ from: startOfTime - 9 * hour, to: startOfTime - hour }],
    })
    home.check = {
      powers: [],
      uncheckable: [],
      sample: [fill(startOfTime - 2 * hour, '7', { stream: 'deposit' })],
    }
    await asksAndGoesOn(ports, id)
  })

  it('refuses a key that was claimed for a connection which is not there any more', async () => {
    const { ports, id, guards, stored } = await connected()
    guards.set(`ada/bitmart/${hash(newKey)}`, 'gone')
    const before = stored()
    const refusal = await replacing(ports, id).catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      code: 'key-already-used',
      connection: undefined,
      message: 'This key belongs to another connection. Use a new key of this account.',
    })
    expect(stored()).toEqual(before)
  })

  it('refuses a key that another connection claims while the exchange is asked', async () => {
    const { ports, id, home, guards, connection, secrets } = await connected()
    home.before.set('connections.claimKey', async () => {
      guards.set(`ada/bitmart/${hash(newKey)}`, 'quicker')
    })
    await expect(replacing(ports, id)).rejects.toMatchObject({ code: 'key-already-used' })
    expect([...secrets.keys()]).toEqual([connection.vaultRef])
  })

  it('gives way when the connection changes at the same moment, and leaves no secret behind', async () => {
    const { ports, id, home, connections, secrets, connection } = await connected()
    const changed = { ...connection, vaultRef: 'of-somebody-quicker' }
    home.before.set('connections.swap', async () => {
      connections.set(`ada/${id}`, changed)
    })
    await expect(replacing(ports, id)).rejects.toMatchObject({ code: 'busy', connection: id })
    expect(connections.get(`ada/${id}`)).toEqual(changed)
    expect([...secrets.keys()]).toEqual([connection.vaultRef])
  })

  it('keeps the new key once it is in use, although a later step fails', async () => {
    for (const step of ['intents.end', 'vault.remove', 'enqueue']) {
      const { ports, id, home, connections, secrets } = await connected()
      home.failAt = step
      await expect(replacing(ports, id), step).rejects.toThrow('failed')
      const now = connections.get(`ada/${id}`)
      expect(now, step).toMatchObject({ keyHint: '9999', status: 'connected', nextSyncAt: startOfTime })
      expect(secrets.has(now?.vaultRef ?? ''), step).toBe(true)
    }
  })
})
