import type { Buffer } from 'node:buffer'
import { buffer } from 'node:stream/consumers'
import { parse } from 'csv-parse/sync'
import readExcel from 'read-excel-file/node'
import { describe, expect, it } from 'vitest'
import { amountPattern } from '../../lambdas/domain/amount.ts'
import type { ExportFormat, ExportRow } from '../../lambdas/domain/export-format.ts'
import type { StreamKind } from '../../lambdas/domain/stream.ts'
import { type ExportInput, inputOf, statement, written } from './input.ts'
import { meant } from './meant.ts'
import { smallAccount } from './small-account.ts'

export function bytesOf(format: ExportFormat, input: ExportInput): Promise<Buffer> {
  return buffer(written(format, input))
}

/** The texts of a file, also where it is packed. */
async function readable(format: ExportFormat, input: ExportInput): Promise<string> {
  const bytes = await bytesOf(format, input)
  return format.extension === 'xlsx' ? JSON.stringify(await readExcel(bytes)) : bytes.toString('latin1')
}

/** What everybody relies on who offers, streams or reads an export, whatever its format. */
export function describeConformance(format: ExportFormat): void {
  describe(`the format ${format.id}`, () => {
    it('says what it is, in whole sentences', () => {
      expect(format.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(format.extension).toMatch(/^[a-z]+$/)
      expect(format.contentType).toMatch(/^[a-z]+\/[a-z0-9.+-]+(; [a-z]+=[\w-]+)*$/)
      expect(format.name).not.toBe('')
      expect(format.carries.length).toBeGreaterThan(0)
      expect(format.upload.length).toBeGreaterThan(0)
      for (const sentence of [...format.carries, ...format.cannotSay, ...format.upload])
        expect(sentence).toMatch(/^\S+( \S+){2,}$/)
    })

    it('writes the same bytes for the same data', async () => {
      const [once, again] = [
        await bytesOf(format, inputOf(smallAccount)),
        await bytesOf(format, inputOf(smallAccount)),
      ]
      expect(once.equals(again)).toBe(true)
    })

    it('depends on the time zone only if it says so', async () => {
      const utc = await bytesOf(format, inputOf(smallAccount))
      const tokyo = await bytesOf(format, inputOf(smallAccount, { timezone: 'Asia/Tokyo' }))
      expect(utc.equals(tokyo)).toBe(format.timezone === 'utc')
    })

    it('has the statement in the file where it says so', async () => {
      for (const rows of [[], smallAccount]) {
        const file = await readable(format, inputOf(rows))
        for (const sentence of statement.sentences)
          expect(file.includes(sentence)).toBe(format.statement === 'inside')
      }
    })

    it('passes rows on as they come, and does not gather them', async () => {
      let taken = 0
      async function* endless(): AsyncIterable<ExportRow> {
        for (;;)
          for (const { origin, transaction } of smallAccount) {
            taken++
            // Identities differ, as they do in a store.
            yield meant({ origin, transaction: { ...transaction, identity: `row ${taken}` } })
          }
      }
      let [chunks, largest] = [0, 0]
      async function* endlessOf(stream: StreamKind): AsyncIterable<ExportRow> {
        for await (const row of endless()) if (row.transaction.stream === stream) yield row
      }
      for await (const chunk of written(format, inputOf([], { rows: endless(), rowsOf: endlessOf }))) {
        chunks++
        largest = Math.max(largest, chunk.length)
        if (chunks === 5) break
      }
      expect(taken).toBeLessThan(100_000)
      expect(largest).toBeLessThan(16 * 1_024 * 1_024)
    })

    if (format.contentType.startsWith('text/') || format.extension === 'jsonl') describeText(format)
    if (format.extension === 'csv') describeCsv(format)
  })
}

function describeText(format: ExportFormat): void {
  it('is UTF-8 without byte order mark, in lines that end with LF', async () => {
    const bytes = await bytesOf(format, inputOf(smallAccount))
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    expect(text.startsWith('\uFEFF')).toBe(false)
    expect(text.endsWith('\n')).toBe(true)
    expect(text).not.toContain('\r')
  })
}

function describeCsv(format: ExportFormat): void {
  it('is a table by RFC 4180 with its header, also when there is nothing to tell', async () => {
    const [header = [], ...none] = table(await bytesOf(format, inputOf([])))
    expect(none).toEqual([])
    expect(new Set(header).size).toBe(header.length)
    const [sameHeader, ...rows] = table(await bytesOf(format, inputOf(smallAccount)))
    expect(sameHeader).toEqual(header)
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row).toHaveLength(header.length)
  })

  it('holds nothing that a spreadsheet would run', async () => {
    const cells = table(await bytesOf(format, inputOf(smallAccount))).flat()
    const dangerous = cells.filter((cell) => /^["\s]*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell))
    expect(dangerous.filter((cell) => !amountPattern.test(cell))).toEqual([])
  })
}

function table(bytes: Buffer): string[][] {
  return parse(bytes, { record_delimiter: '\n', bom: false })
}
