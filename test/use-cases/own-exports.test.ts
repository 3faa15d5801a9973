import { describe, expect, it } from 'vitest'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { jsonLinesOf } from '../../lambdas/formats/json-lines.ts'
import { writeMerge } from '../../lambdas/use-cases/write-merge.ts'
import { owner, statementFilesHome } from './statement-files-home.ts'

const origin = { id: owner.connection, exchange: 'bingx', subaccount: '' }
const [hour, day] = [3_600_000, 86_400_000]

type Home = Awaited<ReturnType<typeof statementFilesHome>>

/** An export of all that a store has. */
async function exportOf(home: Home): Promise<string> {
  const history = await home.history()
  async function* rows() {
    for (const transaction of history) yield { origin, transaction }
  }
  let text = ''
  for await (const piece of jsonLinesOf(rows())) text += piece
  return text
}

async function mergeAgain(home: Home): Promise<void> {
  const connection = await home.stores.connections.find(owner.user, owner.connection)
  if (connection !== undefined) await writeMerge(home.ports, connection, async () => undefined)
}

function withdrawal(id: string, time: number, more: Partial<Transaction> = {}): Transaction {
  const money = { currency: 'USDT', amount: '100', fee: '1', feeCurrency: 'USDT' }
  return {
    stream: 'withdrawal',
    time,
    identity: id,
    ...money,
    status: 'done',
    raw: `{"id":"${id}"}`,
    ...more,
  }
}

const kept = async (home: Home) => (await home.history()).map(({ identity, time }) => `${identity} ${time}`)

describe('a transfer that the exchange dated anew after an export', () => {
  const time = Date.UTC(2026, 0, 31, 20)

  it('is the one of the export, however far it went, also where a part of the history begins between', async () => {
    for (const by of [1_000, hour, 12 * hour, 3 * day, -2 * hour]) {
      const home = await statementFilesHome()
      const quiet = [withdrawal('w0', Date.UTC(2025, 11, 3)), withdrawal('w9', Date.UTC(2026, 2, 3))]
      await home.stores.transactions.write(owner, [...quiet, withdrawal('w1', time)])
      const before = await exportOf(home)
      await home.stores.transactions.write(owner, [withdrawal('w1', time, { movedTo: time + by })])
      const rows = await kept(home)
      await home.store(before)
      expect(await kept(home)).toEqual(rows)

      // Both exports, and one of them beside an exchange that never said otherwise.
      const after = await exportOf(home)
      for (const files of [
        [before, after],
        [after, before],
      ]) {
        const fresh = await statementFilesHome()
        for (const file of files) await fresh.store(file)
        expect(await fresh.history()).toHaveLength(3)
        expect((await fresh.history()).find(({ identity }) => identity === 'w1')?.movedTo).toBe(time + by)
        const served = withdrawal('w1', time + by)
        await fresh.stores.transactions.write(owner, [served])
        await mergeAgain(fresh)
        expect((await kept(fresh)).filter((one) => one.startsWith('w1'))).toEqual([`w1 ${time + by}`])
      }
    }
  })

  it('is no sign that the export is of another account, where the exchange has shown all of that time', async () => {
    const home = await statementFilesHome()
    const rows = [1, 2, 3, 4, 5].map((index) =>
      withdrawal(`w${index}`, time + index * hour, { status: 'pending' }),
    )
    await home.stores.transactions.write(owner, rows)
    const before = await exportOf(home)
    await home.stores.transactions.write(
      owner,
      rows.map((row) => ({ ...row, status: 'done', movedTo: row.time + hour / 2 })),
    )
    const partitions = home.ports.exchanges
      .get('bingx')
      ?.streams.find(({ stream }) => stream === 'withdrawal')
    const coverage = ['', ...(Array.isArray(partitions?.partitions) ? partitions.partitions : [])].map(
      (partition) => ({
        ...noCoverage('withdrawal', partition),
        covered: [{ from: time - 30 * day, to: time + 30 * day }],
      }),
    )
    Object.assign(home.ports.coverage, { load: async () => coverage })
    await home.store(before)
    expect(await kept(home)).toEqual(rows.map(({ identity, time }) => `${identity} ${time}`))
  })

  it('stays two where the exchange gave one id to two transfers', async () => {
    const home = await statementFilesHome()
    const two = [withdrawal('w1', time), withdrawal('w1', time + 5 * hour, { amount: '7' })]
    await home.stores.transactions.write(owner, two)
    const all = await exportOf(home)
    await home.store(all)
    expect(await home.history()).toHaveLength(2)
    const fresh = await statementFilesHome()
    await fresh.stores.transactions.write(owner, [two[1] ?? withdrawal('none', 0)])
    await fresh.store(all)
    expect((await fresh.history()).map(({ amount }) => amount)).toEqual(['100', '7'])
  })
})
