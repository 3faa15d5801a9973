import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { type History, writeHistory } from '../../local/import/write-history.ts'
import { temporaryDirectory } from './import-process.ts'

const exchange = exchanges.get('bitmart')
if (exchange === undefined) throw new Error('BitMart is gone')

const connection: Connection = {
  id: 'c0ffee',
  user: 'local',
  exchange: 'bitmart',
  subaccount: 'desk',
  keyHint: '',
  status: 'disconnected',
  createdAt: 0,
}

const fill: Transaction = {
  stream: 'spot-trade',
  time: 1695658457836,
  identity: 'ADA_USDT|182342999769370687|183270218784142990',
  symbol: 'ADA_USDT',
  price: '0.245948',
  amount: '20.71',
  raw: '{"tradeId":"182342999769370687"}',
}

async function* served(...transactions: readonly Transaction[]): AsyncIterable<Transaction> {
  yield* transactions
}

const history: History = {
  exchange,
  connection,
  coverage: [noCoverage('spot-trade', 'spot')],
  transactions: () => served(fill, { ...fill, identity: 'another' }),
  writtenAt: Date.parse('2026-11-21T07:50:00Z'),
}

describe('the files of a history', () => {
  it('hold every transaction, and what is covered', async () => {
    const directory = join(temporaryDirectory(), 'not', 'there', 'yet')
    const files = await writeHistory(directory, history)
    expect(files).toEqual([
      { path: join(directory, 'transactions.jsonl'), transactions: 2, fromFiles: 0 },
      { path: join(directory, 'transactions.csv'), transactions: 2, fromFiles: 0 },
      { path: join(directory, 'coverage.json') },
    ])
    const lines = (await readFile(join(directory, 'transactions.jsonl'), 'utf8')).trimEnd().split('\n')
    const rows = parse<Record<string, string>>(await readFile(join(directory, 'transactions.csv'), 'utf8'), {
      columns: true,
    })
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(rows.map((row) => row.id))
    expect(JSON.parse(await readFile(join(directory, 'coverage.json'), 'utf8'))).toMatchObject({
      connection: 'c0ffee',
      subaccount: 'desk',
      writtenAt: '2026-11-21T07:50:00.000Z',
      streams: [
        {
          stream: 'spot-trade',
          sentences: ['nothing is known to be complete'],
          partitions: [{ partition: 'spot' }],
        },
        { stream: 'futures-trade' },
        { stream: 'futures-ledger' },
        { stream: 'withdrawal' },
        { stream: 'deposit' },
      ],
    })
  })

  it('are the same bytes for the same history', async () => {
    const [one, other] = [temporaryDirectory(), temporaryDirectory()]
    await writeHistory(one, history)
    await writeHistory(other, history)
    for (const name of await readdir(one))
      expect(await readFile(join(one, name))).toEqual(await readFile(join(other, name)))
  })

  it('of an earlier import stay whole, and no half of a new one is left, when writing fails', async () => {
    const directory = temporaryDirectory()
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'transactions.jsonl'), 'of an earlier import')
    async function* broken(): AsyncIterable<Transaction> {
      yield fill
      throw new Error('the store went away')
    }
    await expect(writeHistory(directory, { ...history, transactions: broken })).rejects.toThrow('went away')
    expect(await readdir(directory)).toEqual(['transactions.jsonl'])
    expect(await readFile(join(directory, 'transactions.jsonl'), 'utf8')).toBe('of an earlier import')
  })
})
