import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meaningOf } from '../../lambdas/domain/accounting.ts'
import { ledgerTellsAll } from '../../lambdas/domain/futures-money.ts'
import { compareTransactions, keyOf, type Transaction } from '../../lambdas/domain/transaction.ts'
import { canonicalCsvOf } from '../../lambdas/formats/canonical-csv.ts'
import { jsonLinesOf } from '../../lambdas/formats/json-lines.ts'
import { merge } from '../../lambdas/statements/merge.ts'
import { openPackedRows, unpackRows } from '../../lambdas/statements/packed-rows.ts'
import { readStatement } from '../../lambdas/statements/read-statement.ts'
import type { Reading, StatementRow } from '../../lambdas/statements/row.ts'
import { randomAccount } from '../formats/random-accounts.ts'
import { readAt } from './read-files.ts'

const origin = { id: 'c1', exchange: 'bitmart', subaccount: 'sub' }
const writers = { 'canonical-csv': canonicalCsvOf, 'json-lines': jsonLinesOf } as const

async function exportOf(
  transactions: readonly Transaction[],
  writer: keyof typeof writers = 'json-lines',
  of = (_index: number) => origin,
): Promise<Buffer> {
  async function* rows() {
    for (const [index, transaction] of transactions.entries()) yield { origin: of(index), transaction }
  }
  const pieces: string[] = []
  for await (const piece of writers[writer](rows())) pieces.push(piece)
  return Buffer.from(pieces.join(''))
}

/** As they are kept until they are merged. */
async function readingsOf(bytes: Buffer): Promise<readonly Reading[]> {
  const outcome = await readStatement('everything', bytes, {}, readAt)
  if (outcome.kind !== 'read') throw new Error(JSON.stringify(outcome))
  const readings: Reading[] = []
  for (const { name: _name, preview: _preview, rows, ...told } of outcome.tables) {
    const packed = openPackedRows()
    for await (const row of rows()) packed.add(0, row)
    const kept: readonly StatementRow[] = [...unpackRows(packed.bytesOf(0))]
    readings.push({ ...told, rows: kept })
  }
  return readings
}

const mergedOf = (api: readonly Transaction[], readings: readonly Reading[]) =>
  merge({ api, readings, proven: () => false })

const stored = (readings: readonly Reading[], api: readonly Transaction[] = []): readonly Transaction[] =>
  mergedOf(api, readings).rows.map(({ places: _places, ...row }) => ({ ...row, source: 'file' }))

/** A table cannot tell an empty text from none. */
const withoutEmpty = (row: Transaction): Transaction => {
  const told = { ...row }
  for (const name of ['type', 'address', 'txId', 'network', 'orderId', 'symbol'] as const)
    if (told[name] === '') delete told[name]
  return told
}

/** Of one account, each under a key of its own. */
const account = randomAccount
  .map((rows) => [...new Map(rows.map(({ transaction }) => [keyOf(transaction), transaction])).values()])
  .map((rows) => rows.map(withoutEmpty))
  .filter((rows) => rows.length > 0)

const format = fc.constantFrom(...(['canonical-csv', 'json-lines'] as const))

describe('an export of ours that comes back as a file', () => {
  it('has every row as it was, and says where it is from', async () => {
    await fc.assert(
      fc.asyncProperty(account, format, async (transactions, writer) => {
        // Beside rows of a ledger whose amounts do not show whether they tell it, a closed position is in doubt.
        const rows = stored(await readingsOf(await exportOf(transactions, writer))).map(
          ({ mayBeTwice, ...row }) =>
            mayBeTwice && row.stream !== 'futures-position' ? { ...row, mayBeTwice } : row,
        )
        const expected = transactions.toSorted(compareTransactions).map((row) => ({
          ...row,
          source: 'file',
          precision: 1,
          derived: 'export',
        }))
        expect(rows).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  it('means the same, also where the exchange tells profit and fees of futures twice', async () => {
    const fillsTell = {
      ofFill: () => ({ profit: true, fee: true }),
      ofRow: () => false,
      mayBeTwice: () => false,
    }
    await fc.assert(
      fc.asyncProperty(account, fc.constantFrom(ledgerTellsAll, fillsTell), async (transactions, tellers) => {
        const told = (rows: readonly Transaction[]) =>
          rows.toSorted(compareTransactions).map((row) => {
            const { events, silence } = meaningOf(origin, row, tellers)
            return { silence, events: events.map(({ transaction: _transaction, ...event }) => event) }
          })
        expect(told(stored(await readingsOf(await exportOf(transactions))))).toEqual(told(transactions))
      }),
      { numRuns: 40 },
    )
  })

  it('adds nothing to what the exchange has served, and two of them nothing to each other', async () => {
    await fc.assert(
      fc.asyncProperty(account, fc.nat(12), async (transactions, served) => {
        const readings = await readingsOf(await exportOf(transactions))
        expect(stored(readings, transactions)).toEqual([])
        const rows = stored([...readings, ...readings], transactions.slice(0, served))
        expect(rows.map(keyOf).sort()).toEqual(transactions.slice(served).map(keyOf).sort())
      }),
      { numRuns: 40 },
    )
  })

  it('keeps what only our own formats say: a history, a later time, since when it is missing, its contract', async () => {
    const row: Transaction = {
      stream: 'deposit',
      time: 1_700_000_000_000,
      identity: 'd1',
      currency: 'BTC',
      amount: '1.50',
      contractSize: '0.0010',
      status: 'done',
      movedTo: 1_700_000_600_000,
      missingSince: 1_700_001_000_000,
      unreadableSince: 1_700_002_000_000,
      unreadableRaw: '{"a":1.0}',
      history: [{ until: 1_700_000_500_000, status: 'pending', time: 1_700_000_000_000 }],
      raw: '{"id":1.50}',
    }
    const readings = await readingsOf(await exportOf([row], 'canonical-csv'))
    expect(stored(readings)).toEqual([{ ...row, source: 'file', precision: 1, derived: 'export' }])
    // The exchange says of it since what it did not say then: the same row all the same.
    const now: Transaction = { ...row, time: 1_700_000_600_000, movedTo: undefined, amount: '1.40' }
    expect(stored(readings, [now])).toEqual([])
  })

  it('says of a row that came from a file before what it was worked out from then', async () => {
    const row: Transaction = {
      stream: 'spot-ledger',
      time: 1_700_000_000_000,
      identity: 'l1',
      type: 'convert',
      source: 'file',
      precision: 60_000,
      derived: 'ledger',
      raw: '[]',
    }
    expect(stored(await readingsOf(await exportOf([row], 'canonical-csv')))).toEqual([row])
    const { derived: _derived, ...plain } = row
    expect(stored(await readingsOf(await exportOf([plain])))).toEqual([plain])
  })

  it('is refused with the rows of two accounts, or with none', async () => {
    const row: Transaction = { stream: 'deposit', time: 5, identity: 'x', raw: '{}' }
    const two = await exportOf([row, row], 'json-lines', (index) => ({ ...origin, id: `c${index}` }))
    expect(await readStatement('a.jsonl', two, {}, readAt)).toMatchObject({
      kind: 'refused',
      sentence: expect.stringContaining('several accounts'),
    })
    expect(await readStatement('a.csv', await exportOf([], 'canonical-csv'), {}, readAt)).toMatchObject({
      kind: 'refused',
      sentence: expect.stringContaining('no rows'),
    })
  })
})
