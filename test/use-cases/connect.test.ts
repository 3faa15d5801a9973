import { describe, expect, it } from 'vitest'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { connectionId } from '../../lambdas/use-cases/connect.ts'
import { disconnect } from '../../lambdas/use-cases/disconnect.ts'
import { RefusedError } from '../../lambdas/use-cases/refusal.ts'
import { replaceCredentials } from '../../lambdas/use-cases/replace-credentials.ts'
import { connection } from '../model/engine.ts'
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

const otherKey = 'ANOTHER-ACCESS-KEY-9999'

async function refusalOf(promise: Promise<unknown>): Promise<RefusedError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof RefusedError) return error
  throw new Error(`not refused: ${String(error)}`)
}

describe('connecting a key', () => {
  it('stores the key in the vault and the connection without it, and starts the first sync', async () => {
    const { ports, connections, secrets, queued } = homeInMemory()
    const { connection, run } = await connecting(ports, { label: 'Main' })
    expect([...connections.values()]).toEqual([connection])
    expect(connection).toMatchObject({
      user: 'ada',
      exchange: 'bitmart',
      subaccount: '',
      label: 'Main',
      keyHint: 'x7Qa',
      status: 'connected',
      createdAt: startOfTime,
    })
    expect([...secrets.keys()]).toEqual([connection.vaultRef])
    expect(queued).toEqual([run])
    expect(run.streams.map(({ stream, state }) => [stream, state])).toEqual(
      exchange.streams.map(({ stream }) => [stream, 'waiting']),
    )
    expect(JSON.stringify([...connections.values(), ...queued])).not.toContain('CANARY')
  })

  it('joins the cell of its user at that exchange, and stays in it when it is connected again or gets another key', async () => {
    const { ports, connections } = homeInMemory()
    const joined: string[] = []
    const inCells = {
      ...ports,
      joinCell: async (user: string, exchange: string) => {
        joined.push(`${user} ${exchange}`)
        return 7
      },
    }
    const { connection: made } = await connecting(inCells)
    expect(made.cell).toBe(7)
    await disconnect(ports, { user: 'ada', id: made.id, history: 'keep' })
    expect((await connecting(inCells)).connection).toMatchObject({ id: made.id, cell: 7 })
    await replaceCredentials(ports, {
      user: 'ada',
      id: made.id,
      exchange,
      submission: submission({ ...canaries, apiKey: otherKey }),
      allowPowerfulKey: false,
      sameAccount: true,
    })
    expect([...connections.values()]).toMatchObject([{ id: made.id, cell: 7 }])
    expect(joined).toEqual(['ada bitmart'])
  })

  it('claims the key, then fills the vault, then saves the connection, then starts the sync', async () => {
    const { ports, calls } = homeInMemory()
    await connecting(ports)
    expect(calls.filter((name) => /claimKey|vault.put|swap|enqueue/.test(name))).toEqual([
      'connections.claimKey',
      'vault.put',
      'connections.swap',
      'enqueue',
    ])
  })

  it('has an id made of user, exchange, key and sub-account, in which names that look alike are one', () => {
    const id = (user: string, key: string, name: string) => connectionId(hash, user, 'bitmart', key, name)
    const one = id('ada', 'k', 'Desk A')
    expect(one).toMatch(/^[0-9a-f]{32}$/)
    expect(id('ada', 'k', '  desk \u00a0a ')).toBe(one)
    expect(new Set([one, id('bob', 'k', 'Desk A'), id('ada', 'l', 'Desk A'), id('ada', 'k', '')]).size).toBe(
      4,
    )
    expect(id('a', 'bk', '')).not.toBe(id('ab', 'k', ''))
  })

  it('tells what could not be checked about the key, and of symbols in the memo that trouble other tools', async () => {
    const { ports } = homeInMemory()
    expect((await connecting(ports)).warnings).toEqual([expect.stringContaining('spot trading')])
    const troubled = submission({ ...canaries, passphrase: 'geheim!※ 🙂' })
    expect(troubled.warnings).toEqual([expect.stringContaining('! and ※')])
    expect(troubled.warnings.join()).not.toContain('geheim')
  })

  it('names what is odd about the memo where the exchange does not say whether secret or memo is wrong', async () => {
    const { ports, home } = homeInMemory()
    home.check = new FailureError({ kind: 'wrong-signature', code: '30005' })
    const refusalOf = async (passphrase: string) =>
      connecting(ports, { passphrase }).catch((error) => error.message)
    expect(await refusalOf('plain')).toMatch(/when you made the key\.$/)
    expect(await refusalOf('trailing ')).toMatch(
      /when you made the key\. The memo as it was entered ends with a blank: is that so at the exchange, too\?$/,
    )
    expect(await refusalOf('trailing ')).not.toContain('trailing')
  })

  it.each([
    'unauthorized',
    'wrong-signature',
    'forbidden-ip',
    'expired',
    'no-permission',
    'account-restricted',
    'exchange-down',
    'rate-limited',
  ] as const)(
    'is refused with the exchange’s own sentence, storing nothing, when the answer is %s',
    async (kind) => {
      const { ports, home, stored } = homeInMemory()
      const before = stored()
      home.check = new FailureError({ kind, code: '30002' })
      const refusal = await refusalOf(connecting(ports))
      expect(refusal).toMatchObject({ code: kind, message: exchange.sentences[kind] })
      expect(stored()).toEqual(before)
    },
  )

  it('is refused with a sentence even for a failure that the exchange has no words for', async () => {
    const { ports, home } = homeInMemory()
    home.check = new FailureError({ kind: 'out-of-range' })
    expect((await refusalOf(connecting(ports))).message).toContain('BitMart did not do what was asked')
  })

  it('is refused when the key can do more than read, unless the user insists', async () => {
    const { ports, home, stored } = homeInMemory()
    const before = stored()
    home.check = { powers: ['withdraw', 'futures-trade'], uncheckable: [], sample: [] }
    const refusal = await refusalOf(connecting(ports))
    expect(refusal.code).toBe('key-too-strong')
    expect(refusal.message).toContain('withdraw funds and trade futures')
    expect(stored()).toEqual(before)
    const { warnings } = await connecting(ports, { allowPowerfulKey: true })
    expect(warnings).toEqual([expect.stringContaining('withdraw funds and trade futures')])
  })

  it('undoes everything when a step fails, whichever it is', async () => {
    const rehearsal = homeInMemory()
    await connecting(rehearsal.ports)
    for (const step of new Set(rehearsal.calls)) {
      const { ports, home, stored } = homeInMemory()
      const before = stored()
      home.failAt = step
      await expect(connecting(ports), step).rejects.toThrow('failed')
      expect(stored(), step).toEqual(before)
      await expect(connecting(ports), step).resolves.toBeDefined()
    }
  })

  it('undoes a failed reconnection without touching the history that is there', async () => {
    const rehearsal = homeInMemory()
    const { connection } = await connecting(rehearsal.ports)
    await disconnect(rehearsal.ports, { user: 'ada', id: connection.id, history: 'keep' })
    rehearsal.calls.length = 0
    await connecting(rehearsal.ports)
    for (const step of new Set(rehearsal.calls)) {
      const { ports, home, connections, secrets, put, rowCount } = homeInMemory()
      const { id } = (await connecting(ports)).connection
      const owner = { user: 'ada', connection: id }
      put(owner, fill(startOfTime - 5, 'a'))
      await disconnect(ports, { user: 'ada', id, history: 'keep' })
      const before = connections.get(`ada/${id}`)
      home.failAt = step
      await expect(connecting(ports), step).rejects.toThrow('failed')
      expect(connections.get(`ada/${id}`), step).toEqual(before)
      expect([secrets.size, rowCount(owner)], step).toEqual([0, 1])
      expect((await connecting(ports)).connection.id, step).toBe(id)
    }
  })

  it('is refused with how long to wait when the exchange wants everybody to wait', async () => {
    const { ports, home } = homeInMemory()
    home.check = new FailureError({ kind: 'rate-limited', retryAfter: 90_000 })
    expect(await refusalOf(connecting(ports))).toMatchObject({ code: 'rate-limited', retryAfter: 90_000 })
  })
})

describe('connecting a key that is known', () => {
  it('is refused as a duplicate while the same pair is connected, before the exchange is asked', async () => {
    const { ports, calls, stored } = homeInMemory()
    const { connection } = await connecting(ports, { subaccount: 'Desk A' })
    const before = stored()
    calls.length = 0
    const refusal = await refusalOf(connecting(ports, { subaccount: ' desk  a ' }))
    expect(refusal).toMatchObject({ code: 'duplicate-connection', connection: connection.id })
    expect(calls).not.toContain('checkKey')
    expect(stored()).toEqual(before)
  })

  it('is refused under another sub-account name, connected or not', async () => {
    const { ports } = homeInMemory()
    const { connection } = await connecting(ports)
    expect(await refusalOf(connecting(ports, { subaccount: 'desk' }))).toMatchObject({
      code: 'key-already-used',
      connection: connection.id,
    })
    await disconnect(ports, { user: 'ada', id: connection.id, history: 'keep' })
    expect((await refusalOf(connecting(ports, { subaccount: 'desk' }))).code).toBe('key-already-used')
  })

  it('is no matter between users', async () => {
    const { ports } = homeInMemory()
    const ada = await connecting(ports)
    const bob = await connecting(ports, { user: 'bob' })
    expect(bob.connection.id).not.toBe(ada.connection.id)
  })

  it('meets the same connection again after a disconnect', async () => {
    const { ports, home } = homeInMemory()
    const first = await connecting(ports, { subaccount: 'Desk A', label: 'Desk' })
    await disconnect(ports, { user: 'ada', id: first.connection.id, history: 'keep' })
    home.now += 1_000
    const again = await connecting(ports, { subaccount: 'desk a' })
    expect(again.connection).toMatchObject({
      id: first.connection.id,
      subaccount: 'Desk A',
      label: 'Desk',
      status: 'connected',
      createdAt: startOfTime,
      checkedAt: startOfTime + 1_000,
    })
  })

  it('meets the connection whose key it replaced, once that is disconnected', async () => {
    const { ports } = homeInMemory()
    const { connection } = await connecting(ports)
    const replacement = submission({ ...canaries, apiKey: otherKey })
    await replaceCredentials(ports, {
      user: 'ada',
      id: connection.id,
      exchange,
      submission: replacement,
      allowPowerfulKey: false,
    })
    expect((await refusalOf(connecting(ports, { apiKey: otherKey }))).code).toBe('duplicate-connection')
    expect((await refusalOf(connecting(ports, { apiKey: otherKey, subaccount: 'x' }))).code).toBe(
      'key-already-used',
    )
    expect((await refusalOf(connecting(ports))).code).toBe('duplicate-connection')
    await disconnect(ports, { user: 'ada', id: connection.id, history: 'keep' })
    expect((await refusalOf(connecting(ports, { apiKey: otherKey, subaccount: 'x' }))).code).toBe(
      'key-already-used',
    )
    expect((await connecting(ports, { apiKey: otherKey })).connection.id).toBe(connection.id)
  })

  it('is refused when it opens an account whose rows are stored under another connection', async () => {
    const { ports, home, put, stored } = homeInMemory()
    const { connection } = await connecting(ports, { label: 'Main' })
    const row = fill(startOfTime - 1_000, 'BTC_USDT|1|2')
    put({ user: 'ada', connection: connection.id }, row)
    home.check = { powers: [], uncheckable: [], sample: [row] }
    const before = stored()
    const refusal = await refusalOf(connecting(ports, { apiKey: otherKey }))
    expect(refusal).toMatchObject({ code: 'same-account', connection: connection.id })
    expect(refusal.message).toContain('“Main” (key …x7Qa)')
    expect(stored()).toEqual(before)
    await expect(connecting(ports, { apiKey: otherKey, user: 'bob' })).resolves.toBeDefined()
  })

  it('may be connected anew when everything of it was deleted', async () => {
    const { ports, guards } = homeInMemory()
    const { connection } = await connecting(ports)
    await disconnect(ports, { user: 'ada', id: connection.id, history: 'delete' })
    expect(guards.size).toBe(0)
    await expect(connecting(ports, { subaccount: 'desk' })).resolves.toBeDefined()
  })

  it('is let through when its guard points at a connection that was never stored', async () => {
    const { ports, guards, connections } = homeInMemory()
    const orphan = connectionId(hash, 'ada', 'bitmart', hash(canaries.apiKey), 'desk')
    guards.set(`ada/bitmart/${hash(canaries.apiKey)}`, orphan)
    const { connection } = await connecting(ports)
    expect([...guards.values()]).toEqual([connection.id])
    expect([...connections.keys()]).toEqual([`ada/${connection.id}`])
  })

  it('is connected once when the same request comes twice at a time', async () => {
    const { ports, secrets, queued } = homeInMemory()
    const outcomes = await Promise.allSettled([connecting(ports), connecting(ports), connecting(ports)])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(['busy', 'duplicate-connection']).toContain(outcome.reason.code)
    expect([secrets.size, queued.length]).toEqual([1, 1])
  })

  it('gives way to a quicker request, and touches nothing of what that one has imported', async () => {
    const { ports, home, put, rowCount, stored } = homeInMemory()
    let before: unknown
    home.before.set('checkKey', async () => {
      home.before.clear()
      const { connection } = await connecting(ports)
      put({ user: 'ada', connection: connection.id }, fill(startOfTime - 1, 'a'))
      before = stored()
    })
    const refusal = await refusalOf(connecting(ports))
    expect(refusal.code).toBe('busy')
    expect(rowCount({ user: 'ada', connection: refusal.connection ?? '' })).toBe(1)
    const { leases: _counted, ...rest } = stored()
    expect(before).toMatchObject(rest)
  })

  it('is connected under one name when two come at a time', async () => {
    const { ports, secrets, connections } = homeInMemory()
    const outcomes = await Promise.allSettled([connecting(ports), connecting(ports, { subaccount: 'desk' })])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect([secrets.size, connections.size]).toEqual([1, 1])
  })

  it('is refused with the name that the key was connected under', async () => {
    const { ports } = homeInMemory()
    await connecting(ports)
    expect((await refusalOf(connecting(ports, { subaccount: 'desk' }))).message).toContain(
      'with no sub-account. One key opens one account',
    )
    await connecting(ports, { apiKey: otherKey, subaccount: 'Desk A', newAccount: true })
    expect((await refusalOf(connecting(ports, { apiKey: otherKey }))).message).toContain(
      'with the sub-account “Desk A”. One key opens one account',
    )
  })

  it('is connected beside another account whose rows it does not serve, of a time that they would have to be served', async () => {
    for (const sample of [[], [fill(startOfTime - 9 * day, 'older')]]) {
      const { ports, home, put, connections } = homeInMemory()
      const { connection } = await connecting(ports)
      // Of what the exchange documents that it serves, or younger than a row that it does serve.
      const time = startOfTime - (sample.length === 0 ? hour : 8 * day)
      put({ user: 'ada', connection: connection.id }, fill(time, 'BTC_USDT|1|2'))
      home.check = { powers: [], uncheckable: [], sample }
      home.serves = []
      await connecting(ports, { apiKey: otherKey })
      expect(connections.size).toBe(2)
    }
  })

  it('is connected beside another account of whose complete time it serves rows that are not stored', async () => {
    const { ports, home, cover, connections } = homeInMemory()
    const { connection } = await connecting(ports)
    const covered = [{ from: startOfTime - day, to: startOfTime }]
    cover({ user: 'ada', connection: connection.id }, { ...noCoverage('spot-trade', 'spot'), covered })
    home.check = { powers: [], uncheckable: [], sample: [fill(startOfTime - 1_000, 'BTC_USDT|3|4')] }
    await connecting(ports, { apiKey: otherKey })
    expect(connections.size).toBe(2)
  })

  it('is refused when the only rows that both share are years old, and whatever its user says', async () => {
    const { ports, home, put, stored } = homeInMemory()
    const { connection } = await connecting(ports)
    const owner = { user: 'ada', connection: connection.id }
    const old = startOfTime - 700 * day
    put(owner, fill(old, 'shared', { symbol: 'MATIC_USDT' }), fill(old - day, 'older'))
    // Served under the name that the market has now.
    home.serves = [fill(old, 'shared', { symbol: 'POL_USDT' })]
    home.check = { powers: [], uncheckable: [], sample: [fill(startOfTime, 'only here')] }
    const before = stored()
    for (const newAccount of [false, true])
      expect(await refusalOf(connecting(ports, { apiKey: otherKey, newAccount }))).toMatchObject({
        code: 'same-account',
        connection: connection.id,
      })
    expect(stored()).toEqual(before)
  })

  it('knows the account by a transfer whose time has moved since', async () => {
    const { ports, home, put } = homeInMemory()
    const { connection } = await connecting(ports)
    const transfer = fill(startOfTime - hour, '1679952', { stream: 'withdrawal' })
    put({ user: 'ada', connection: connection.id }, transfer)
    home.check = { powers: [], uncheckable: [], sample: [{ ...transfer, time: startOfTime }] }
    expect(await refusalOf(connecting(ports, { apiKey: otherKey }))).toMatchObject({ code: 'same-account' })
  })

  it('is told to be connected to an account from files, which has no key that could be replaced', async () => {
    const { ports, connections, put } = homeInMemory()
    connections.set('ada/of-files', {
      ...{ id: 'of-files', user: 'ada', exchange: exchange.id, subaccount: '', keyHint: '', createdAt: 0 },
      ...{ status: 'disconnected', statementsOnly: true, files: true },
    })
    put({ user: 'ada', connection: 'of-files' }, fill(startOfTime - 700 * day, 'long ago'))
    const refusal = await refusalOf(connecting(ports))
    expect(refusal).toMatchObject({ code: 'account-unknown', connection: 'of-files' })
    expect(refusal.message).toContain('if it is the same, connect the key to that account instead')
  })

  it('is refused with a question where nothing can be compared, stores nothing, and takes the answer', async () => {
    const nothingStored = homeInMemory()
    await connecting(nothingStored.ports)
    const notServed = homeInMemory()
    const { connection } = await connecting(notServed.ports, { label: 'Main' })
    notServed.put({ user: 'ada', connection: connection.id }, fill(startOfTime - 700 * day, 'long ago'))
    const provesNothing = homeInMemory()
    const owner = { user: 'ada', connection: (await connecting(provesNothing.ports)).connection.id }
    provesNothing.put(owner, fill(startOfTime - 700 * day, 'long ago'))
    provesNothing.home.serves = []
    for (const { ports, stored, home } of [nothingStored, notServed, provesNothing]) {
      home.check = { powers: [], uncheckable: [], sample: [fill(startOfTime, 'new')] }
      const before = stored()
      const refusal = await refusalOf(connecting(ports, { apiKey: otherKey }))
      expect(refusal).toMatchObject({ code: 'account-unknown', connection: connection.id })
      expect(refusal.message).toMatch(/same account as .*If it is another account, say so/)
      expect(stored()).toEqual(before)
      await expect(connecting(ports, { apiKey: otherKey, newAccount: true })).resolves.toBeDefined()
    }
  })

  it('is not asked about again when it is connected again', async () => {
    const { ports, home } = homeInMemory()
    const { connection } = await connecting(ports)
    await connecting(ports, { apiKey: otherKey, newAccount: true })
    await disconnect(ports, { user: 'ada', id: connection.id, history: 'keep' })
    home.askedRows.length = 0
    await expect(connecting(ports)).resolves.toBeDefined()
    expect(home.askedRows).toEqual([])
  })

  it('is asked about few rows, the newest of each kind and some older, however much is stored', async () => {
    const { ports, home, put } = homeInMemory()
    const { connection } = await connecting(ports)
    const owner = { user: 'ada', connection: connection.id }
    const times = Array.from({ length: 200 }, (_, n) => startOfTime - (100 + n) * day)
    for (const stream of ['spot-trade', 'futures-trade', 'futures-ledger', 'withdrawal'] as const)
      put(owner, ...times.map((time) => fill(time, `${stream} ${time}`, { stream })))
    await refusalOf(connecting(ports, { apiKey: otherKey }))
    const asked = home.askedRows.map(({ stream, time }) => [stream, (startOfTime - time) / day])
    expect(asked).toEqual([
      ['spot-trade', 100],
      ['futures-trade', 100],
      ['withdrawal', 100],
      ['spot-trade', 120],
      ['futures-trade', 120],
      ['withdrawal', 120],
    ])
  })

  it('is asked about no more rows in all, however many connections there are', async () => {
    const { ports, home, put } = homeInMemory()
    for (let n = 0; n < 9; n++) {
      const { connection } = await connecting(ports, { apiKey: `KEY-NUMBER-${n}-OF-MANY`, newAccount: true })
      const owner = { user: 'ada', connection: connection.id }
      for (const old of [100, 200, 300, 400, 500, 600])
        put(owner, fill(startOfTime - (old + n) * day, `${old}`))
    }
    home.askedRows.length = 0
    await refusalOf(connecting(ports, { apiKey: otherKey }))
    expect(home.askedRows.length).toBeLessThanOrEqual(24)
  })

  it('gives way when the connection that its guard points at is stored just then', async () => {
    const { ports, home, guards, connections, leases, secrets } = homeInMemory()
    const guard = `ada/bitmart/${hash(canaries.apiKey)}`
    const quicker = connectionId(hash, 'ada', 'bitmart', hash(canaries.apiKey), 'desk')
    guards.set(guard, quicker)
    home.before.set('lease.acquire', async () => {
      home.before.clear()
      connections.set(`ada/${quicker}`, { ...connection, user: 'ada', id: quicker })
    })
    expect(await refusalOf(connecting(ports))).toMatchObject({ code: 'busy', connection: quicker })
    expect(guards.get(guard)).toBe(quicker)
    expect([...connections.keys()]).toEqual([`ada/${quicker}`])
    expect(leases.get(`ada/${quicker}`)).not.toHaveProperty('holder')
    expect(secrets.size).toBe(0)
  })

  it('gives way when it was changed while its key was stored, and leaves no secret behind', async () => {
    const { ports, home, connections, secrets, intents, leases } = homeInMemory()
    const { id } = (await connecting(ports)).connection
    await disconnect(ports, { user: 'ada', id, history: 'keep' })
    const kept = connections.get(`ada/${id}`)
    if (kept === undefined) throw new Error('no connection')
    const changed = { ...kept, status: 'connected' as const, vaultRef: 'of-somebody-quicker' }
    home.before.set('connections.swap', async () => {
      home.before.clear()
      connections.set(`ada/${id}`, changed)
    })
    expect(await refusalOf(connecting(ports))).toMatchObject({ code: 'busy', connection: id })
    expect(connections.get(`ada/${id}`)).toEqual(changed)
    expect([secrets.size, intents.size]).toEqual([0, 0])
    expect(leases.get(`ada/${id}`)).not.toHaveProperty('holder')
  })
})
