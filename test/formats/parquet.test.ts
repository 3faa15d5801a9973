import { tableFromIPC } from 'apache-arrow'
import { readParquet } from 'parquet-wasm'
import { describe, expect, it } from 'vitest'
import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import { describeTransaction } from '../../lambdas/domain/outward.ts'
import { parquet } from '../../lambdas/formats/parquet.ts'
import { bytesOf } from './conformance.ts'
import { inputOf, statement } from './input.ts'
import { meant } from './meant.ts'
import { smallAccount } from './small-account.ts'
import { smallBingxAccount } from './small-bingx-account.ts'

/** By Arrow's own implementation in Rust, which shares no code with our writer. */
async function read(rows: readonly ExportRow[]) {
  const wasm = readParquet(await bytesOf(parquet, inputOf(rows)))
  return tableFromIPC(wasm.intoIPCStream())
}

function values({ origin, transaction }: ExportRow) {
  const described = Object.entries({ ...describeTransaction(origin, transaction), raw: transaction.raw })
  return Object.fromEntries(
    described.map(([name, value]) => [name, name === 'time' ? transaction.time : (value ?? null)]),
  )
}

describe('the Parquet file', () => {
  it.each([
    ['bitmart', smallAccount],
    ['bingx', smallBingxAccount],
  ])('is read back with equal values by a reader that is not ours: %s', async (_exchange, account) => {
    const table = await read(account)
    const back = table.toArray().map((row) => {
      const fields: Record<string, unknown> = row.toJSON()
      return { ...fields, time: Number(fields.time) }
    })
    expect(back).toEqual(account.map(values))
  })

  it('has time as an instant in milliseconds and UTC, and everything else as text', async () => {
    const { fields } = (await read(smallAccount)).schema
    const types = new Map(fields.map(({ name, type }) => [name, String(type)]))
    expect(types.get('time')).toMatch(/^Timestamp<MILLISECOND(, UTC)?>$/)
    types.delete('time')
    expect(new Set(types.values())).toEqual(new Set(['Utf8']))
  })

  it('is a file with columns and no rows when there is nothing to export', async () => {
    const table = await read([])
    expect(table.numRows).toBe(0)
    expect(table.schema.fields.map(({ name }) => name)).toEqual(
      Object.keys(values(smallAccount[0] as ExportRow)),
    )
  })

  it('says in its metadata what it covers', async () => {
    const { metadata } = (await read(smallAccount)).schema
    expect(metadata.get('statement')).toBe(statement.sentences.join('\n'))
    expect(metadata.get('complete')).toBe('false')
    expect(metadata.get('state')).toBe('unverified')
  })

  it('keeps every row and their order over many groups', async () => {
    const rows = Array.from({ length: 25_001 }, (_, index): ExportRow => {
      const { origin, transaction } = smallAccount[index % smallAccount.length] as ExportRow
      return meant({
        origin,
        transaction: { ...transaction, time: 1_700_000_000_000 + index, identity: `row ${index}` },
      })
    })
    const table = await read(rows)
    expect(table.numRows).toBe(rows.length)
    const ids = table.getChild('id')?.toArray() as Iterable<string>
    expect([...ids]).toEqual(rows.map((row) => values(row).id))
  })

  it('holds little of each group until its end, so that memory does not grow with its rows', async () => {
    const [row] = smallAccount
    if (row === undefined) throw new Error('There is no row.')
    const writer = await parquet.open(inputOf([]))
    const keptAfter = (groups: number) => {
      for (let count = 0; count < groups * 5_000; count++) writer.row(row)
      return JSON.stringify(writer.kept()).length
    }
    const once = keptAfter(1)
    expect(keptAfter(2) - once).toBeLessThan(2 * 5_000)
  })
})
