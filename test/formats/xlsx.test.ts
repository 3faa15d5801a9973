import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import readExcel from 'read-excel-file/node'
import { describe, expect, it } from 'vitest'
import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import { canonicalColumns, canonicalFields } from '../../lambdas/formats/canonical-csv.ts'
import { workbookFormat, xlsx } from '../../lambdas/formats/xlsx.ts'
import { columnName } from '../../lambdas/formats/xlsx-parts.ts'
import { type ExportInput, inputOf, statement, written } from './input.ts'
import { meant } from './meant.ts'
import { randomAccount } from './random-accounts.ts'
import { smallAccount } from './small-account.ts'
import { smallBingxAccount } from './small-bingx-account.ts'
import { directoryOf } from './zip-directory.ts'

/** The sheets by their names, read by a library that is not ours. */
async function sheetsOf(rows: readonly ExportRow[], wishes: Partial<ExportInput> = {}) {
  const sheets = await readExcel(await buffer(written(xlsx, inputOf(rows, wishes))))
  return new Map(sheets.map(({ sheet, data }) => [sheet, data]))
}

const names = {
  'spot-trade': 'Spot trades',
  'futures-trade': 'Futures trades',
  'futures-ledger': 'Futures ledger',
  withdrawal: 'Withdrawals',
  deposit: 'Deposits',
  'wallet-transfer': 'Wallet transfers',
  'forced-order': 'Forced orders',
  'spot-ledger': 'Spot ledger',
  'futures-position': 'Futures positions',
} as const

/** Each row by the headings of its sheet. */
async function read(rows: readonly ExportRow[]) {
  const sheets = await sheetsOf(rows)
  return Object.entries(names).flatMap(([, name]) => {
    const [heading = [], ...lines] = sheets.get(name) ?? expect.fail(name)
    return lines.map((line) =>
      Object.fromEntries(heading.map((title, index) => [String(title), line[index] ?? undefined])),
    )
  })
}

/** What the canonical formats hold of a row, but for what was served. */
function expected(row: ExportRow) {
  const { raw, time, ...fields } = canonicalFields(row)
  // The reader takes spaces around a text away, and a text of nothing else with them.
  const told = Object.entries(fields).flatMap(([name, value]): [string, string][] => {
    const text = String(value ?? '').trim()
    return text === '' ? [] : [[name, text]]
  })
  return Object.fromEntries([...told, ['time (UTC)', new Date(row.transaction.time)]])
}

const withoutEmpty = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))

function copied({ origin, transaction }: ExportRow, copy: number): ExportRow {
  const { identity, time } = transaction
  return meant({
    origin,
    transaction: { ...transaction, identity: `${identity}|${copy}`, time: time + copy },
  })
}

/** How the place of a directory in 64 bits begins. */
const zip64Locator = Buffer.from([0x50, 0x4b, 6, 7])

const byId = (a: Record<string, unknown>, b: Record<string, unknown>) =>
  String(a.id) < String(b.id) ? -1 : 1

describe('the Excel workbook', () => {
  it('has a sheet for each kind of history and one with the statement', async () => {
    const sheets = await sheetsOf([], { closing: () => ['The file adds up to nothing.'] })
    expect([...sheets.keys()]).toEqual([...Object.values(names), 'Statement'])
    expect(sheets.get('Statement')?.flat()).toEqual([...statement.sentences, 'The file adds up to nothing.'])
  })

  it.each([
    ['bitmart', smallAccount],
    ['bingx', smallBingxAccount],
  ])(
    'holds every row in the sheet of its kind, amounts and ids as texts, times to the millisecond: %s',
    async (_exchange, account) => {
      const rows = await read(account)
      expect(rows.map(withoutEmpty).sort(byId)).toEqual(account.map(expected).sort(byId))
      expect(rows.map(({ amount }) => amount)).toContain('1.2345678901234567891')
    },
  )

  it('holds every row of any account', async () => {
    await fc.assert(
      fc.asyncProperty(randomAccount, async (rows) => {
        expect((await read(rows)).map(withoutEmpty).sort(byId)).toEqual(rows.map(expected).sort(byId))
      }),
      { numRuns: 30 },
    )
  })

  it('leaves no column of the canonical formats out of all sheets but the row as it was served', async () => {
    const headings = new Set(
      [...(await sheetsOf([])).values()].flatMap(([heading]) => heading ?? []).map(String),
    )
    const missing = canonicalColumns.filter(
      ({ name }) => !headings.has(name) && !headings.has(`${name} (UTC)`),
    )
    expect(missing.map(({ name }) => name)).toEqual(['raw'])
  })

  it('keeps texts that XML or a formula would stumble over', async () => {
    const row = smallAccount.find(({ transaction }) => transaction.stream === 'spot-trade')
    if (row === undefined) return expect.fail('no row')
    const texts = ['=1+1', '<a>&"\'', ' two  spaces ', 'line\nbreak', '_x0041_', '日本 \u{1F415}', '+1', '@x']
    const rows = texts.map((orderId, index) =>
      meant({
        origin: row.origin,
        transaction: {
          ...row.transaction,
          orderId,
          identity: String(index),
          time: row.transaction.time + index,
        },
      }),
    )
    const file = (await buffer(written(xlsx, inputOf(rows)))).toString('latin1')
    expect(file).not.toContain('<f>')
    const told = (await read(rows)).map(({ orderId }) => orderId)
    // The reader takes spaces around a text away.
    expect(told).toEqual(texts.map((text) => text.trim()))
  })

  it('goes on in another sheet where one is full, by its rows or by its bytes, and loses none', async () => {
    for (const limits of [
      { rows: 4, bytes: 1e9 },
      { rows: 1e6, bytes: 1 },
      { rows: 1e6, bytes: 200_000 },
    ]) {
      const rows = Array.from({ length: 20 }, (_, copy) =>
        smallAccount.map((row) => copied(row, copy)),
      ).flat()
      const sheets = await readExcel(await buffer(written(workbookFormat(limits), inputOf(rows))))
      const told = sheets.filter(({ sheet }) => sheet !== 'Statement')
      const ids = told.flatMap(({ data }) => data.slice(1).map(([id]) => id))
      expect(ids.toSorted()).toEqual(rows.map((row) => canonicalFields(row).id).toSorted())
      for (const { data } of told) expect(data.length).toBeLessThanOrEqual(limits.rows)
      expect(told.map(({ sheet }) => sheet)).toContain('Spot trades 2')
      expect(new Set(told.map(({ sheet }) => sheet)).size).toBe(told.length)
      for (const { sheet, data } of told)
        expect(data[0]).toEqual(told.find((one) => sheet.startsWith(one.sheet))?.data[0])
    }
  })

  it.each([0, 5_000, 15_000])(
    'tells places in 64 bits from a byte on, as beyond four gigabytes, and is read all the same: from %d',
    async (far) => {
      const limits = { rows: 4, bytes: 1e9 }
      const plain = await buffer(written(workbookFormat(limits), inputOf(smallAccount)))
      const large = await buffer(written(workbookFormat({ ...limits, far }), inputOf(smallAccount)))
      expect(plain.length).toBeGreaterThan(20_000)
      expect(large.includes(zip64Locator)).toBe(true)
      expect(plain.includes(zip64Locator)).toBe(false)
      expect(directoryOf(large)).toEqual(directoryOf(plain))
      expect(directoryOf(plain).size).toBeGreaterThan(20)
      expect(await readExcel(large)).toEqual(await readExcel(plain))
    },
  )

  it('names columns as Excel does', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(columnName)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA'])
  })

  it('fails as its rows do, and does not hang', async () => {
    async function* broken(): AsyncIterable<ExportRow> {
      yield* smallAccount.slice(0, 1)
      throw new Error('The store is gone.')
    }
    await expect(buffer(written(xlsx, inputOf([], { rowsOf: broken })))).rejects.toThrow('The store is gone.')
  })
})
