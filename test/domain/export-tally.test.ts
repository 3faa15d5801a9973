import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import { openTally } from '../../lambdas/domain/export-tally.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { inputOf, written } from '../formats/input.ts'
import { randomAccount } from '../formats/random-accounts.ts'
import { parsedLines, readers, totalsOf } from '../formats/readers.ts'
import { served, smallAccount } from '../formats/small-account.ts'

/** The file of a format, and what is counted while it is written. */
async function exported(id: string, rows: readonly ExportRow[]) {
  const format = formats.get(id) ?? expect.fail(`There is no format ${id}.`)
  const tally = openTally(format)
  async function* looked() {
    for await (const row of served(rows)) {
      tally.look(row.meaning)
      yield row
    }
  }
  const file = await text(written(format, inputOf([], { rows: looked(), notes: tally.notes })))
  return { file, ...tally.close() }
}

describe('what an export counts', () => {
  it.each(Object.entries(readers))(
    'is what an independent reader adds up from the file, coin by coin: %s',
    async (id, reader) => {
      await fc.assert(
        fc.asyncProperty(randomAccount, async (rows) => {
          const { file, sums } = await exported(id, rows)
          const read = totalsOf(parsedLines(file).flatMap(reader.changes))
          expect(Object.fromEntries(sums.map(({ coin, amount }) => [coin, amount]))).toEqual(read)
        }),
        { numRuns: 60 },
      )
    },
  )

  it('tells what a format has no words for, with the reason of the format', async () => {
    const left = async (id: string) => (await exported(id, smallAccount)).untold
    expect(await left('koinly')).toEqual([
      { count: 2, reason: 'moves between the wallets of one account, which change no balance of it' },
    ])
    expect(await left('cryptact')).toEqual([
      { count: 2, reason: 'deposits, which cryptact does not want listed' },
      { count: 2, reason: 'moves between the wallets of one account' },
      { count: 3, reason: 'withdrawals, which cryptact does not want listed: only what they cost is there' },
    ])
    const trades = await exported('rotki-trades', smallAccount)
    expect(parsedLines(trades.file).length + (trades.untold[0]?.count ?? 0)).toBe(
      smallAccount.flatMap(({ meaning }) => meaning.events).length,
    )
    expect(await left('hledger')).toEqual([])
  })

  it('tells which lines need a hand in the tool', async () => {
    const { byHand, file } = await exported('coinledger', smallAccount)
    const futures = parsedLines(file).filter((fields) =>
      fields['Description (Optional)']?.includes('futures'),
    )
    expect(byHand).toEqual([
      {
        count: futures.length,
        reason: 'rows of futures that stand there as Deposit or Withdrawal: choose their kind in CoinLedger',
      },
    ])
  })
})

describe('CoinTracker, which takes eight decimals', () => {
  it('gets the nearest eighth decimal of longer amounts, and the statement counts them', async () => {
    const { file, untold } = await exported('cointracker', smallAccount)
    const cells = parsedLines(file).flatMap((fields) => [
      fields['Received Quantity'],
      fields['Sent Quantity'],
      fields['Fee Amount'],
    ])
    expect(cells.filter((cell) => /\.\d{9}/.test(cell ?? ''))).toEqual([])
    expect(cells).toContain('1.23456789')
    expect(cells).toContain('0.00433623')
    expect(untold).toContainEqual({
      count: 1,
      reason: 'rows’ digits after the eighth decimal, which is the last that CoinTracker takes',
    })
  })
})

describe('Koinly', () => {
  it('has one label for all futures, so that its gains are what futures brought, to the last digit', async () => {
    const futures = smallAccount.filter(({ transaction }) => transaction.stream === 'futures-ledger')
    const lines = parsedLines((await exported('koinly', futures)).file)
    expect(new Set(lines.map((fields) => fields.Label))).toEqual(new Set(['realized gain']))
    const reader = readers.koinly ?? expect.fail('no reader')
    const events = futures.flatMap(({ meaning }) => meaning.events).filter(({ kind }) => kind !== 'move')
    expect(lines).toHaveLength(events.length)
    expect(totalsOf(lines.flatMap(reader.changes))).toEqual({ USDT: '-33.41008253' })
  })
})
