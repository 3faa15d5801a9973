import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { inputOf, written } from './input.ts'
import { randomAccount } from './random-accounts.ts'
import { refusals } from './reader-rules.ts'
import { expectedTotals, parsedLines, readers, totalsOf } from './readers.ts'
import { smallAccount } from './small-account.ts'

async function fileOf(id: string, rows: readonly ExportRow[], timezone = 'Europe/Berlin'): Promise<string> {
  const format = formats.get(id)
  if (format === undefined) throw new Error(`There is no format ${id}.`)
  return text(written(format, inputOf(rows, { timezone })))
}

describe.each(Object.entries(readers))('the file for %s', (id, reader) => {
  it('is as it was when it was last read by hand against the facts', async () => {
    await expect(await fileOf(id, smallAccount)).toMatchFileSnapshot(`golden/${id}.csv`)
  })

  it('adds up, coin by coin, to what happened', async () => {
    const lines = parsedLines(await fileOf(id, smallAccount))
    expect(totalsOf(lines.flatMap(reader.changes))).toEqual(expectedTotals(reader.told, smallAccount))
  })

  it('adds up for any account, and holds for each transaction what its own file would', async () => {
    await fc.assert(
      fc.asyncProperty(randomAccount, async (rows) => {
        const whole = parsedLines(await fileOf(id, rows))
        expect(totalsOf(whole.flatMap(reader.changes))).toEqual(expectedTotals(reader.told, rows))
        const parts = await Promise.all(rows.map(async (row) => parsedLines(await fileOf(id, [row]))))
        expect(parts.flat()).toEqual(whole)
        for (const [index, row] of rows.entries())
          expect(totalsOf((parts[index] ?? []).flatMap(reader.changes))).toEqual(
            expectedTotals(reader.told, [row]),
          )
      }),
    )
  })
})

describe.each(Object.entries(refusals))('the importer of %s', (id, refused) => {
  it('takes every line', async () => {
    const lines = parsedLines(await fileOf(id, smallAccount))
    expect(lines.flatMap(refused)).toEqual([])
  })

  it('takes every line of any account', async () => {
    await fc.assert(
      fc.asyncProperty(randomAccount, async (rows) => {
        expect(parsedLines(await fileOf(id, rows)).flatMap(refused)).toEqual([])
      }),
    )
  })
})

describe('the ids of lines', () => {
  it.each([
    ['cointracking', 'Tx-ID'],
    ['summ', 'ID (Optional)'],
  ])('are all different for %s, or it would skip rows', async (id, column) => {
    const ids = parsedLines(await fileOf(id, smallAccount)).map((fields) => fields[column])
    expect(ids).not.toContain('')
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('futures', () => {
  it('are never a purchase of what the contract is on', async () => {
    const futures = smallAccount.filter(({ transaction }) => transaction.stream.startsWith('futures'))
    for (const [id, reader] of Object.entries(readers)) {
      const moves = parsedLines(await fileOf(id, futures)).flatMap(reader.changes)
      expect([id, [...new Set(moves.map(({ coin }) => coin))]]).toEqual([
        id,
        ['rotki-trades', 'awaken', 'tokentax'].includes(id) ? [] : ['USDT'],
      ])
    }
  })
})

describe('a move between spot and futures', () => {
  it('is in no tool', async () => {
    const moves = smallAccount.filter(({ transaction }) => transaction.type === 'transfer')
    expect(moves.flatMap(({ meaning }) => meaning.events)).toHaveLength(2)
    for (const id of Object.keys(readers))
      expect([id, parsedLines(await fileOf(id, moves))]).toEqual([id, []])
  })
})
