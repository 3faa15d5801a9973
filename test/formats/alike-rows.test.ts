import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { ExportFormat, ExportRow } from '../../lambdas/domain/export-format.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { inputOf, written } from './input.ts'
import { meant } from './meant.ts'
import { parsedLines } from './readers.ts'
import { mainAccount, parsed, smallAccount } from './small-account.ts'

const tables = [...formats.values()].filter(({ extension }) => extension === 'csv')

const fileOf = (format: ExportFormat, rows: readonly ExportRow[]) => text(written(format, inputOf(rows)))

/** Two rows of the futures ledger that are alike in all they say. */
const twins: readonly ExportRow[] = parsed(
  'futures-ledger',
  ['1', '2'].map(() => ({
    symbol: 'BTCUSDT',
    flow_type: 3,
    type: 'Funding Fee',
    amount: '-0.02',
    asset: 'USDT',
    account: 'futures',
    time: '1711846680000',
    tran_id: '1711846680000',
  })),
).map((transaction) => meant({ origin: mainAccount, transaction }))

describe('rows that look alike', () => {
  it.each(tables.filter(({ id }) => id !== 'cointracker').map((format) => [format.id, format] as const))(
    'are never two equal lines in %s: two withdrawals of one transaction on the chain, two alike rows of a ledger',
    async (_id, format) => {
      const rows = [...smallAccount, ...twins].sort((a, b) => a.transaction.time - b.transaction.time)
      const lines = (await fileOf(format, rows)).trimEnd().split('\n')
      expect(lines.filter((line, index) => lines.indexOf(line) !== index)).toEqual([])
    },
  )

  it('differ for tools that skip what is alike in date, amounts and hash', async () => {
    const withdrawals = smallAccount.filter(({ transaction }) => transaction.txId === 'ef34ab')
    expect(withdrawals).toHaveLength(2)
    for (const [id, column] of [
      ['koinly', 'TxHash'],
      ['coinledger', 'TxHash (Optional)'],
      ['blockpit', 'Trx. ID (optional)'],
    ] as const) {
      const format = formats.get(id) ?? expect.fail(id)
      const hashes = parsedLines(await fileOf(format, withdrawals)).map((fields) => fields[column])
      expect(hashes).toEqual(['ef34ab', 'bitmart::withdrawal:1679957'])
    }
  })
})

describe('the ids of a file', () => {
  const files = (rows: readonly ExportRow[]) => Promise.all(tables.map((format) => fileOf(format, rows)))
  const under = (origin: Partial<ExportRow['origin']>) =>
    smallAccount.map((row) => meant({ ...row, origin: { ...row.origin, ...origin } }))

  it('are the same after a new key and in a new store: the account makes them, not the connection', async () => {
    const told = (lines: readonly string[]) => lines.filter((_, index) => tables[index]?.everyRow !== true)
    expect(told(await files(under({ id: 'another' })))).toEqual(told(await files(under({ id: 'c0ffee' }))))
  })

  it('tell alike rows of two accounts of one exchange apart', async () => {
    const [row] = twins
    if (row === undefined) return expect.fail('no row')
    const rows = ['a', 'b'].map((id) => meant({ ...row, origin: { ...row.origin, id } }))
    const file = await fileOf(formats.get('cointracking') ?? expect.fail('no format'), rows)
    const id = `bitmart::futures-ledger:${row.transaction.time}:${row.transaction.identity}`
    expect(parsedLines(file).map((fields) => fields['Tx-ID'])).toEqual([id, `${id}:b`])
  })
})
