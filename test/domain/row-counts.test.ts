import type { Buffer } from 'node:buffer'
import { tableFromIPC } from 'apache-arrow'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { readParquet } from 'parquet-wasm'
import readExcel from 'read-excel-file/node'
import { describe, expect, it } from 'vitest'
import type { ExportFormat } from '../../lambdas/domain/export-format.ts'
import { type RowCounts, rowSentences } from '../../lambdas/domain/row-counts.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { exported } from '../formats/exported.ts'
import { randomAccount } from '../formats/random-accounts.ts'
import { smallAccount } from '../formats/small-account.ts'

/** By readers that are not ours, where there are any: entries behind headings, comments and declarations. */
async function entriesIn({ extension }: ExportFormat, bytes: Buffer): Promise<number> {
  const lines = () => bytes.toString('utf8').split('\n')
  switch (extension) {
    case 'csv':
      return parse(bytes, { record_delimiter: '\n', bom: false }).length - 1
    case 'jsonl':
      return lines().length - 1
    case 'parquet':
      return tableFromIPC(readParquet(bytes).intoIPCStream()).numRows
    case 'xlsx': {
      const sheets = await readExcel(bytes)
      return sheets
        .filter(({ sheet }) => sheet !== 'Statement')
        .reduce((sum, { data }) => sum + data.length - 1, 0)
    }
    default:
      return lines().filter((line) => /^\d{4}-\d\d-\d\d \*/.test(line)).length
  }
}

function sumOf(counted: RowCounts['leftOut']): number {
  return counted.reduce((sum, { count }) => sum + count, 0)
}

describe('the rows of an export', () => {
  it.each([...formats.values()].map((format) => [format.id, format] as const))(
    'are written or left out, each once, for any account, and the text tells the same numbers: %s',
    async (_id, format) => {
      await fc.assert(
        fc.asyncProperty(randomAccount, async (rows) => {
          const { rows: counts, bytes, sentences } = await exported(format, rows)
          const alone = await Promise.all(
            rows.map(async (row) => entriesIn(format, (await exported(format, [row])).bytes)),
          )
          const divided = alone.filter((count) => count > 1)
          expect(counts).toMatchObject({
            lookedAt: rows.length,
            written: alone.filter((count) => count > 0).length,
            entries: await entriesIn(format, bytes),
            divided: { rows: divided.length, entries: divided.reduce((sum, count) => sum + count, 0) },
          })
          expect(counts.written + sumOf(counts.leftOut)).toBe(counts.lookedAt)
          expect(counts.entries).toBe(counts.written - counts.divided.rows + counts.divided.entries)
          for (const { count } of [...counts.inPart, ...counts.shortened, ...counts.byHand])
            expect(count).toBeLessThanOrEqual(counts.written)
          const [first = ''] = sentences
          const [lookedAt, written, leftOut] = first.match(/\d+/g)?.map(Number) ?? []
          expect([lookedAt, written]).toEqual([counts.lookedAt, counts.written])
          const told = sentences.map((line) => /^Not in the file, (\d+) rows?: \S/.exec(line)?.[1] ?? '0')
          expect(told.reduce((sum, count) => sum + Number(count), 0)).toBe(leftOut)
        }),
        { numRuns: ['xlsx', 'parquet'].includes(format.id) ? 10 : 40 },
      )
    },
  )

  it('that are partly in the file are no rows that are left out', async () => {
    const format = formats.get('cryptact') ?? expect.fail()
    const { rows } = await exported(format, smallAccount)
    const reason = 'withdrawals, which cryptact does not want listed; what they cost is there'
    expect(rows.inPart).toEqual([{ count: 3, reason }])
    expect(rows.leftOut.map((counted) => counted.reason)).not.toContain(reason)
  })

  it('are one row or many in the sentences', () => {
    const none: RowCounts = {
      lookedAt: 0,
      written: 0,
      entries: 0,
      divided: { rows: 0, entries: 0 },
      leftOut: [],
      inPart: [],
      shortened: [],
      byHand: [],
    }
    const divided = (rows: number, entries: number) =>
      rowSentences({ ...none, divided: { rows, entries } })[1]
    expect(rowSentences(none)[1]).toBe('Entries of the file: 0, one for each row in it.')
    expect(divided(1, 3)).toBe('Entries of the file: 0, since 1 row became 3 entries.')
    expect(divided(3, 6)).toBe('Entries of the file: 0, since 3 rows became 2 entries each.')
    expect(divided(3, 7)).toBe('Entries of the file: 0, since 3 rows became 7 entries together.')
  })
})
