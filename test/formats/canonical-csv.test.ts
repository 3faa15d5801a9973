import { text } from 'node:stream/consumers'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredRow } from '../../lambdas/domain/export-format.ts'
import { describeTransaction } from '../../lambdas/domain/outward.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { canonicalCsvOf } from '../../lambdas/formats/canonical-csv.ts'

const connection = { id: 'c0ffee', exchange: 'bitmart', subaccount: '' }

const ledgerRow: Transaction = {
  stream: 'futures-ledger',
  time: 1734422402121,
  identity: '3|LTCUSDT|USDT|-0.00008253|1734422402121|1734422402121|futures|0',
  symbol: 'LTCUSDT',
  amount: '-0.00008253',
  currency: 'USDT',
  type: 'funding',
  account: 'futures',
  raw: '{"symbol":"LTCUSDT","amount":"-0.00008253","time":"1734422402121"}',
}

async function* served(transactions: readonly Transaction[]): AsyncIterable<StoredRow> {
  for (const transaction of transactions) yield { origin: connection, transaction }
}

function written(...transactions: readonly Transaction[]): Promise<string> {
  return text(canonicalCsvOf(served(transactions)))
}

function parsed(csv: string): Record<string, string>[] {
  return parse<Record<string, string>>(csv, { columns: true, record_delimiter: '\n', bom: false })
}

describe('the canonical CSV', () => {
  it('has the fields of the outward contract as columns, raw last, even when there is no row', async () => {
    const names = [...Object.keys(describeTransaction(connection, ledgerRow)), 'raw']
    expect(await written()).toBe(`${names.join(',')}\n`)
  })

  it('keeps signed amounts exact, times in ISO 8601, and leaves fields without meaning empty', async () => {
    const [row] = parsed(await written(ledgerRow))
    expect(row).toMatchObject({
      id: 'c0ffee:futures-ledger:1734422402121:3|LTCUSDT|USDT|-0.00008253|1734422402121|1734422402121|futures|0',
      subaccount: '',
      time: '2024-12-17T08:00:02.121Z',
      amount: '-0.00008253',
      price: '',
      raw: '{"symbol":"LTCUSDT","amount":"-0.00008253","time":"1734422402121"}',
    })
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '"=1', '" =1', '＝1'])(
    'puts an apostrophe before the text %j that a spreadsheet would run',
    async (formula) => {
      const [row] = parsed(await written({ ...ledgerRow, symbol: formula, type: formula }))
      expect(row).toMatchObject({ symbol: `'${formula}`, type: `'${formula}` })
    },
  )

  it('holds what a row said before as JSON, in one cell', async () => {
    const history = [{ until: 1734422402999, status: 'failed' as const }]
    const [row] = parsed(await written({ ...ledgerRow, missingSince: 1734422402999, history }))
    expect(row).toMatchObject({ missingSince: '2024-12-17T08:00:02.999Z', movedTo: '' })
    expect(JSON.parse(row?.history ?? '')).toEqual([{ until: '2024-12-17T08:00:02.999Z', status: 'failed' }])
  })

  it('guards an amount that is no decimal', async () => {
    const [row] = parsed(await written({ ...ledgerRow, amount: '-1+cmd|x', price: '-1.5e-7', fee: '+0.1' }))
    expect(row).toMatchObject({ amount: "'-1+cmd|x", price: '-1.5e-7', fee: '+0.1' })
  })

  it('is read back as it was by another parser, whatever the texts hold', async () => {
    const awkward = fc.string({
      unit: fc.constantFrom('"', ',', ';', '\n', '\r', ' ', "'", '=', 'a', '※', '\u{1F600}', '\\', '\t'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(awkward, awkward), { maxLength: 5 }), async (texts) => {
        const rows = texts.map(([symbol, raw]) => ({ ...ledgerRow, symbol, raw }))
        const back = parsed(await written(...rows))
        expect(back.map((row) => [row.symbol, row.raw])).toEqual(texts.map((pair) => pair.map(guarded)))
      }),
    )
  })

  it('tells rows of several connections apart', async () => {
    async function* rows(): AsyncIterable<StoredRow> {
      yield { origin: connection, transaction: ledgerRow }
      yield { origin: { ...connection, id: 'decaf', subaccount: 'desk' }, transaction: ledgerRow }
    }
    const back = parsed(await text(canonicalCsvOf(rows())))
    expect(back.map((row) => [row.connection, row.subaccount])).toEqual([
      ['c0ffee', ''],
      ['decaf', 'desk'],
    ])
  })

  it('writes the same bytes for the same rows', async () => {
    expect(await written(ledgerRow, ledgerRow)).toBe(await written(ledgerRow, ledgerRow))
  })
})

function guarded(cell: string): string {
  return /^'*["\s]*[=\t\r\n]/.test(cell) ? `'${cell}` : cell
}
