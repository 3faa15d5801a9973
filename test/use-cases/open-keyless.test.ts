import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { openAnotherKeyless, openKeyless } from '../../lambdas/use-cases/open-keyless.ts'

function portsOf(stored: Map<string, Connection>, race?: Connection) {
  return {
    clock: () => 5,
    hash: (text: string) => createHash('sha256').update(text).digest('hex'),
    connections: {
      find: async (_user: string, id: string) => stored.get(id),
      swap: async (_before: Connection | undefined, after: Connection) => {
        if (race !== undefined) stored.set(after.id, race)
        if (stored.has(after.id)) return false
        stored.set(after.id, after)
        return true
      },
    },
  }
}

describe('an account of which only files are known', () => {
  it('is the same under the same name, however it is written, and another under another name', async () => {
    const stored = new Map<string, Connection>()
    const open = (label?: string) =>
      openKeyless(portsOf(stored), { user: 'ann', exchange: 'bitmart', ...(label && { label }) })
    const [plain, named] = [await open(), await open('Savings')]
    expect(plain).toMatchObject({ statementsOnly: true, status: 'disconnected', createdAt: 5 })
    expect(plain).not.toHaveProperty('label')
    expect(named.label).toBe('Savings')
    expect([await open(), await open('SAVINGS')]).toEqual([plain, named])
    expect(stored.size).toBe(2)
  })

  it('is the one that somebody else made a moment before', async () => {
    const first = await openKeyless(portsOf(new Map()), { user: 'ann', exchange: 'bitmart' })
    const others = { ...first, createdAt: 4 }
    const ports = portsOf(new Map(), others)
    expect(await openKeyless(ports, { user: 'ann', exchange: 'bitmart' })).toBe(others)
  })

  it('is another where its owner says so, also beside one that somebody made a moment before', async () => {
    const stored = new Map<string, Connection>()
    const account = { user: 'ann', exchange: 'bitmart', label: 'Savings' }
    const first = await openKeyless(portsOf(stored), account)
    expect(await openAnotherKeyless(portsOf(stored), [], account)).toMatchObject({ label: 'Savings 2' })
    expect(await openAnotherKeyless(portsOf(stored), [first], account)).toMatchObject({ label: 'Savings 3' })
    // Of its name there is an account with a key.
    const { statementsOnly: _only, ...rest } = first
    const keyed: Connection = { ...rest, id: 'of-a-key', label: 'Desk' }
    const other = await openAnotherKeyless(portsOf(stored), [keyed], { ...account, label: 'desk' })
    expect(other.label).toBe('desk 2')
    expect(stored.size).toBe(4)
  })
})
