import { Buffer } from 'node:buffer'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical } from '../../lambdas/domain/amount.ts'
import type { ExportFormat, ExportRow } from '../../lambdas/domain/export-format.ts'
import { cointracking } from '../../lambdas/formats/cointracking.ts'
import { koinly } from '../../lambdas/formats/koinly.ts'
import { merge } from '../../lambdas/statements/merge.ts'
import { readStatement } from '../../lambdas/statements/read-statement.ts'
import type { Reading, StatementRow } from '../../lambdas/statements/row.ts'
import { inputOf, written } from '../formats/input.ts'
import { meant } from '../formats/meant.ts'
import { randomAccount } from '../formats/random-accounts.ts'
import { parsedLines } from '../formats/readers.ts'
import { line, merged, readingOf, servedFill, start } from './cases.ts'
import { readAt } from './read-files.ts'

const settings = { clock: 'UTC' }

async function readingIn(bytes: Buffer | string): Promise<Reading> {
  const outcome = await readStatement('universal.csv', Buffer.from(bytes), settings, readAt)
  if (outcome.kind !== 'read') throw new Error(JSON.stringify(outcome))
  const [table] = outcome.tables
  if (table === undefined) throw new Error('no table')
  const rows: StatementRow[] = []
  for await (const row of table.rows()) rows.push(row)
  return { ...table, rows }
}

const inFull = (format: ExportFormat, rows: readonly ExportRow[]) => buffer(written(format, inputOf(rows)))

/** What lines say, in any order and however zeros are written. Notes and ids are the writer's own. */
function said(file: Buffer, own: readonly string[]): readonly string[] {
  return parsedLines(file.toString())
    .map((fields) =>
      JSON.stringify(
        Object.entries(fields).map(([name, cell]) =>
          own.includes(name) ? '' : /^\d+(\.\d+)?$/.test(cell) ? canonical(cell) : cell,
        ),
      ),
    )
    .sort()
}

const origin = { id: 'c2', exchange: 'bitmart', subaccount: '' }

describe.each([
  { format: koinly, own: ['Description', 'TxHash'], id: 'koinly-universal' },
  { format: cointracking, own: ['Comment', 'Tx-ID'], id: 'cointracking-bulk' },
])('the universal file of $format.id', ({ format, own, id }) => {
  it('comes back: what is read from ours and written again says the same', async () => {
    await fc.assert(
      fc.asyncProperty(randomAccount, async (rows) => {
        // One account is one file, as whoever moves one has it.
        const ours = rows.map((row) => ({ ...row, ...meantBy(row) }))
        const file = await inFull(format, ours)
        if (parsedLines(file.toString()).length === 0) return
        const reading = await readingIn(file)
        expect(reading.format).toBe(id)
        const again = merge({ api: [], readings: [reading], proven: () => false }).rows.map(
          ({ places: _places, ...row }) => meant({ origin, transaction: row }),
        )
        expect(said(await inFull(format, again), own)).toEqual(said(file, own))
      }),
      { numRuns: 60 },
    )
  })

  it('says what it cannot say', () => {
    expect(format.cannotSay.length).toBeGreaterThan(0)
  })
})

function meantBy({ transaction, meaning }: ExportRow): Pick<ExportRow, 'origin' | 'meaning'> {
  const events = meaning.events.map((event) => ({ ...event, origin, wallet: 'spot' }))
  return { origin, meaning: { ...meant({ origin, transaction }), ...meaning, events } }
}

describe('a universal file beside the API', () => {
  const koinlyHeader =
    'Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,Net Worth Currency,Label,Description,TxHash'
  const koinlyFile = (...lines: readonly string[]) => readingIn([koinlyHeader, ...lines, ''].join('\n'))

  it('tells the same fills, bought or sold, whichever coin its market calls the base', async () => {
    const file = await koinlyFile(
      '2025-10-05 14:35:35,40,USDT,1000,KAS,1,KAS,,,,,',
      '2025-10-05 14:35:36,500,KAS,20,USDT,,,,,,,',
      '2025-10-05 14:35:37,500,KAS,20,USDT,,,,,,,',
    )
    const served = [
      servedFill({ quoteAmount: '40' }),
      servedFill({
        tradeId: '2',
        side: 'sell',
        time: start + 1_300,
        amount: '500',
        fee: '0.02',
        feeCurrency: 'USDT',
      }),
    ]
    const { rows, known } = merged(served, [file])
    expect(known).toBe(2)
    expect(rows).toMatchObject([
      { stream: 'spot-trade', side: 'buy', base: 'USDT', quote: 'KAS', amount: '20', quoteAmount: '500' },
    ])
  })

  it('takes no trade of two coins for one of two others, whatever their amounts', () => {
    const nameless = (base: string, fields: readonly ('side' | 'amount')[]) => {
      const { symbol: _symbol, price: _price, fee: _fee, feeCurrency: _coin, ...row } = line({ base })
      return readingOf([row], { grain: { granularity: 'fill', unit: 1_000, fields, decimals: {} } })
    }
    expect(merged([], [nameless('KAS', ['side']), nameless('ADA', ['amount'])]).rows).toHaveLength(2)
    expect(merged([], [nameless('KAS', ['side']), nameless('KAS', ['amount'])]).rows).toHaveLength(1)
  })

  it('has transfers, interest, airdrops, fees and futures by their labels, and what nobody knows as income or expense', async () => {
    const { rows } = await koinlyFile(
      '2025-10-05 14:35:35,,,5,ADA,,,,,,,hash1',
      '2025-10-05 14:35:36,5,ADA,,,0.1,ADA,,,,,bitmart::withdrawal:1',
      '2025-10-05 14:35:37,,,0.5,ADA,,,,,lending interest,,',
      '2025-10-05 14:35:38,,,2,ADA,,,,,Airdrop,,',
      '2025-10-05 14:35:39,1,USDT,,,,,,,cost,,',
      '2025-10-05 14:35:40,3,USDT,,,,,,,realized gain,,',
      '2025-10-05 14:35:41,,,4,USDT,,,,,mining,,',
      '2025-10-05 14:35:42,4,USDT,0,ADA,,,,,lost,,',
    )
    const short = rows.map(({ stream, type, amount, currency, txId }) =>
      [stream, type, amount, currency, txId].filter((one) => one !== undefined).join(' '),
    )
    expect(short).toEqual([
      'deposit 5 ADA hash1',
      'withdrawal 5 ADA',
      'spot-ledger earn-income 0.5 ADA',
      'spot-ledger airdrop 2 ADA',
      'spot-ledger fee -1 USDT',
      'futures-ledger realized gain -3 USDT',
      'spot-ledger income 4 USDT',
      'spot-ledger expense -4 USDT',
    ])
  })

  it('is refused where a cell cannot be read', async () => {
    for (const [cells, column] of [
      ['2025-10-05 14:35:35,-5,ADA,,,,,,,,,', 'Sent Amount'],
      ['2025-10-05 14:35:35,,,"1,5",ADA,,,,,,,', 'Received Amount'],
      ['2025-10-05 14:35:35,,,5,,,,,,,,', 'Received Currency'],
      ['2025-10-05 14:35:35,,,,,,,,,,,', 'Received Amount'],
    ] as const) {
      const outcome = await readStatement(
        'universal.csv',
        Buffer.from(`${koinlyHeader}\n${cells}\n`),
        {},
        readAt,
      )
      expect(outcome).toMatchObject({ kind: 'refused', cells: [{ line: 2, column }] })
    }
  })

  it('asks of which clock the times of CoinTracking are, and refuses the rows of two exchanges in one file', async () => {
    const header =
      'Type,Buy Amount,Buy Currency,Sell Amount,Sell Currency,Fee,Fee Currency,Exchange,Trade-Group,Comment,Date,Tx-ID'
    const file = (...exchanges: readonly string[]) =>
      Buffer.from(
        [header, ...exchanges.map((one) => `Deposit,1,BTC,,,,,${one},,,2025-10-05 14:35:35,`), ''].join('\n'),
      )
    expect(await readStatement('a.csv', file('BitMart'), {}, readAt)).toMatchObject({
      kind: 'asks',
      questions: [{ about: 'clock' }],
    })
    expect(await readStatement('a.csv', file('BitMart'), settings, readAt)).toMatchObject({
      kind: 'read',
      tables: [{ format: 'cointracking-bulk-before-pools', owner: 'BitMart' }],
    })
    const two = await readStatement('a.csv', file('BitMart', 'Kraken'), settings, readAt)
    expect(two).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('two accounts') })
  })
})
