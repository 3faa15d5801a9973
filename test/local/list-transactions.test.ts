import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { connectionStore } from '../../lambdas/adapters/connections.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import { listTransactions, type Position } from '../../lambdas/use-cases/list-transactions.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { fill } from '../use-cases/home-in-memory.ts'

it('lists every row of the real store once, one at a time, whatever the signs in its identity', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'list-test-'))
  const { table, close } = await openEmbeddedStore({ dataDir })
  try {
    const ports = { connections: connectionStore(table), transactions: transactionStore(table) }
    // UTF-16 and UTF-8 order the first two differently. Each page reads its instant again: one stream has them all.
    const identities = [
      'ｱ|1',
      '🙂|1',
      'a',
      'Z',
      '~',
      'é',
      'e\u0301',
      ' ',
      '!',
      'a|1',
      'a%23',
      '$PAC|2',
      '0',
      '00',
    ]
    const few = identities.slice(0, 2)
    const others = ['deposit', 'futures-trade'] as const
    for (const id of ['c2', 'c1']) {
      await ports.connections.swap(undefined, {
        id,
        user: 'local',
        exchange: 'bitmart',
        subaccount: '',
        keyHint: '',
        status: 'connected',
        createdAt: 1,
      })
      const rows = [
        ...identities.map((identity) => fill(7, identity)),
        ...few.flatMap((identity) => others.map((stream) => fill(7, identity, { stream }))),
        ...[...others, 'spot-trade' as const].map((stream) => fill(8, 'a', { stream })),
      ]
      await ports.transactions.write({ user: 'local', connection: id }, rows)
    }
    const read: Position[] = []
    for (let after: Position | undefined; ; after = read.at(-1)) {
      const page = await listTransactions(ports, 'local', { limit: 1, after })
      for (const { connection, transaction } of page.items)
        read.push({ ...transaction, connection: connection.id })
      if (page.next === undefined) break
    }
    expect(read).toHaveLength(2 * (identities.length + 2 * 2 + 3))
    const whole = await listTransactions(ports, 'local', { limit: 1_000 })
    expect(
      read.map(({ connection, time, stream, identity }) => [time, connection, stream, identity]),
    ).toEqual(
      whole.items.map(({ connection, transaction: { time, stream, identity } }) => [
        time,
        connection.id,
        stream,
        identity,
      ]),
    )
    expect(new Set(read.map((row) => JSON.stringify(row))).size).toBe(read.length)
  } finally {
    await close()
    await rm(dataDir, { recursive: true })
  }
})
