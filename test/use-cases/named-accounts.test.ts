import { describe, expect, it } from 'vitest'
import { hour } from '../../lambdas/domain/window.ts'
import { replaceCredentials } from '../../lambdas/use-cases/replace-credentials.ts'
import {
  canaries,
  connecting,
  exchange,
  fill,
  homeInMemory,
  startOfTime,
  submission,
} from './home-in-memory.ts'

const otherKey = 'ANOTHER-ACCESS-KEY-9999'
const uid = '1100220033'

/** A connection of the account `uid`, and what the exchange says of the next key. */
async function connected(account: string | undefined) {
  const world = homeInMemory()
  const says = (named: string | undefined, sample = [fill(startOfTime - hour, 'any')]) => {
    world.home.check = { powers: [], uncheckable: [], sample, ...(named !== undefined && { account: named }) }
  }
  says(account)
  const { connection } = await connecting(world.ports)
  const replacing = (sameAccount = false) =>
    replaceCredentials(world.ports, {
      user: 'ada',
      id: connection.id,
      exchange,
      submission: submission({ ...canaries, apiKey: otherKey }),
      allowPowerfulKey: false,
      sameAccount,
    })
  return { ...world, says, connection, replacing }
}

describe('an account that the exchange names', () => {
  it('is known again by a hash: its id is stored nowhere', async () => {
    const { connection, stored } = await connected(uid)
    expect(connection.account).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify(stored())).not.toContain(uid)
  })

  it('of two users leaves two hashes: nobody can tell from the store that they share it', async () => {
    const { ports, connection } = await connected(uid)
    const other = (await connecting(ports, { user: 'bob' })).connection
    expect(other.account).toBeDefined()
    expect(other.account).not.toBe(connection.account)
  })

  it('is not connected with a second key, whatever its user says and whatever rows are stored', async () => {
    const { ports, connection, stored, says, home } = await connected(uid)
    says(uid, [])
    const before = stored()
    for (const newAccount of [false, true])
      await expect(connecting(ports, { apiKey: otherKey, newAccount })).rejects.toMatchObject({
        code: 'same-account',
        connection: connection.id,
      })
    expect(stored()).toEqual(before)
    expect(home.askedRows).toEqual([])
  })

  it('is connected beside another without a question, also where both have the same rows to show', async () => {
    const { ports, put, connection, connections, says, home } = await connected(uid)
    put({ user: 'ada', connection: connection.id }, fill(startOfTime - hour, 'any'))
    says('another')
    await connecting(ports, { apiKey: otherKey })
    expect(connections.size).toBe(2)
    expect(home.askedRows).toEqual([])
  })

  it('takes a new key of its own without a question, and keeps its mark', async () => {
    const { connection, put, replacing, home } = await connected(uid)
    put({ user: 'ada', connection: connection.id }, fill(startOfTime - 700 * 24 * hour, 'long ago'))
    const replaced = await replacing()
    expect(replaced.connection).toMatchObject({ id: connection.id, account: connection.account })
    expect(home.askedRows).toEqual([])
  })

  it('takes no key of another account, whatever its user says', async () => {
    const { connection, connections, replacing, says } = await connected(uid)
    says('another')
    for (const sameAccount of [false, true])
      await expect(replacing(sameAccount)).rejects.toMatchObject({
        code: 'different-account',
        message: expect.stringContaining('says so itself'),
      })
    expect([...connections.values()]).toEqual([expect.objectContaining({ account: connection.account })])
  })

  it.each([
    ['of the first key', undefined, uid],
    ['of the second key', uid, undefined],
  ])('is told by rows where the exchange did not name the account %s', async (_whose, first, second) => {
    const { ports, connection, put, says } = await connected(first)
    put({ user: 'ada', connection: connection.id }, fill(startOfTime - hour, 'shared'))
    says(second, [fill(startOfTime - hour, 'shared')])
    await expect(connecting(ports, { apiKey: otherKey })).rejects.toMatchObject({ code: 'same-account' })
  })

  it('is remembered from when the exchange names it first', async () => {
    const { connection, replacing, says, ports } = await connected(undefined)
    expect(connection).not.toHaveProperty('account')
    says(uid, [])
    expect((await replacing(true)).connection.account).toBeDefined()
    await expect(connecting(ports, { apiKey: 'A-THIRD-ACCESS-KEY-3333' })).rejects.toMatchObject({
      code: 'same-account',
    })
  })
})

describe('a key of a sub-account', () => {
  it('is told where the exchange tells', async () => {
    const { ports, home } = homeInMemory()
    home.check = { powers: [], uncheckable: [], sample: [], isSubaccount: true }
    expect((await connecting(ports)).warnings).toEqual([expect.stringContaining('belongs to a sub-account')])
  })
})
