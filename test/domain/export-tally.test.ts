import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { totals } from '../../lambdas/domain/accounting.ts'
import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import { keptTallySchema, openTally } from '../../lambdas/domain/export-tally.ts'
import { silenceReasons } from '../../lambdas/domain/silence-words.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { exported } from '../formats/exported.ts'
import { randomAccount } from '../formats/random-accounts.ts'
import { parsedLines, readers, totalsOf } from '../formats/readers.ts'
import { smallAccount } from '../formats/small-account.ts'

/** What the row itself gives for a reason, whatever its format. */
const silent: readonly string[] = Object.values(silenceReasons)

/** The file of a table, and what is counted while it is written. */
async function table(id: string, rows: readonly ExportRow[]) {
  const {
    bytes,
    rows: counts,
    sums,
  } = await exported(formats.get(id) ?? expect.fail(`There is no format ${id}.`), rows)
  return { file: bytes.toString('utf8'), sums, ...counts }
}

function exportedAs(id: string) {
  return exported(formats.get(id) ?? expect.fail(), smallAccount)
}

describe('what an export counts', () => {
  it.each(Object.entries(readers))(
    'is what an independent reader adds up from the file, coin by coin: %s',
    async (id, reader) => {
      await fc.assert(
        fc.asyncProperty(randomAccount, async (rows) => {
          const { file, sums } = await table(id, rows)
          const read = totalsOf(parsedLines(file).flatMap(reader.changes))
          expect(Object.fromEntries(sums.map(({ coin, amount }) => [coin, amount]))).toEqual(read)
        }),
        { numRuns: 60 },
      )
    },
  )

  it('tells what a format has no words for, with the reason of the format', async () => {
    const reasons = async (id: string) => {
      const { leftOut, inPart } = await table(id, smallAccount)
      return { leftOut: leftOut.filter(({ reason }) => !silent.includes(reason)), inPart }
    }
    expect(await reasons('koinly')).toEqual({
      leftOut: [
        { count: 2, reason: 'moves between the wallets of one account, which change no balance of it' },
      ],
      inPart: [],
    })
    expect(await reasons('cryptact')).toEqual({
      leftOut: [
        { count: 2, reason: 'deposits, which cryptact does not want listed' },
        { count: 2, reason: 'moves between the wallets of one account' },
      ],
      inPart: [
        { count: 3, reason: 'withdrawals, which cryptact does not want listed; what they cost is there' },
      ],
    })
    const reason = 'what is no trade is in rotki-events, as far as rotki takes it'
    const trades = smallAccount.filter(({ meaning }) => meaning.events.some(({ kind }) => kind === 'trade'))
    const others = smallAccount.filter(
      ({ meaning }) => meaning.events.length > 0 && !trades.some((row) => row.meaning === meaning),
    )
    const mixed = trades.filter(({ meaning }) => meaning.events.length > 1)
    expect(await reasons('rotki-trades')).toEqual({
      leftOut: [{ count: others.length, reason }],
      inPart: [{ count: mixed.length, reason }],
    })
    expect((await table('rotki-trades', smallAccount)).written).toBe(trades.length)
    expect(await reasons('hledger')).toEqual({ leftOut: [], inPart: [] })
  })

  it('counts in a file of every row those that count for nothing in its sums, which are those of Koinly', async () => {
    const [csv, tool] = [await exportedAs('canonical-csv'), await exportedAs('koinly')]
    expect(csv.rows).toMatchObject({
      lookedAt: smallAccount.length,
      written: smallAccount.length,
      leftOut: [],
    })
    expect(csv.sums).toEqual(tool.sums)
    expect(tool.rows.leftOut.length).toBeGreaterThan(3)
    expect(csv.apartFromSums).toEqual(expect.arrayContaining([...tool.rows.leftOut, ...tool.rows.inPart]))
    expect(csv.apartFromSums).toHaveLength(tool.rows.leftOut.length + tool.rows.inPart.length)
    expect(csv.toldByFills).toBe(tool.toldByFills)
    for (const { count, reason } of tool.rows.leftOut)
      expect(csv.sentences).toContain(
        `Not in what the file adds up to, ${count === 1 ? '1 row' : `${count} rows`}: ${reason}.`,
      )
    expect(tool.apartFromSums).toBeUndefined()
    expect(tool.sentences.join()).not.toContain('what the file adds up to,')
  })

  it('adds up each account by itself, however often it was stopped, and all of them together', async () => {
    const other = { ...(smallAccount[0]?.origin ?? expect.fail()), id: 'other' }
    const rows = [...smallAccount, ...smallAccount.slice(0, 4).map((row) => ({ ...row, origin: other }))]
    const whole = openTally({})
    let kept = openTally({}).kept()
    for (const row of rows) {
      whole.row(row, () => whole.notes.wrote())
      const part = openTally({}, kept)
      part.row(row, () => part.notes.wrote())
      kept = keptTallySchema.parse(JSON.parse(JSON.stringify(part.kept())))
    }
    const { sums, sumsOf } = whole.close()
    expect(openTally({}, kept).close()).toEqual(whole.close())
    const alone = openTally({})
    for (const row of rows.slice(smallAccount.length)) alone.row(row, () => alone.notes.wrote())
    expect(sumsOf.get('other')).toEqual(alone.close().sums)
    expect(sumsOf.get('other')).not.toEqual([])
    const all = [...sumsOf.values()].flat().map(({ coin, amount }) => ({ wallet: '', coin, amount }))
    expect(sums).toEqual(
      [...totals(all).values()]
        .map(({ coin, amount }) => ({ coin, amount }))
        .sort((a, b) => (a.coin < b.coin ? -1 : 1)),
    )
  })

  it('tells which lines need a hand in the tool', async () => {
    const { byHand, file } = await table('coinledger', smallAccount)
    const futures = parsedLines(file).filter((fields) =>
      fields['Description (Optional)']?.includes('futures'),
    )
    expect(byHand).toEqual([
      {
        count: futures.length,
        reason: 'futures, which stand there as Deposit or Withdrawal; choose their kind in CoinLedger',
      },
    ])
  })
})

describe('CoinTracker, which takes eight decimals', () => {
  it('gets the nearest eighth decimal of longer amounts, and the statement counts them', async () => {
    const { file, shortened } = await table('cointracker', smallAccount)
    const cells = parsedLines(file).flatMap((fields) => [
      fields['Received Quantity'],
      fields['Sent Quantity'],
      fields['Fee Amount'],
    ])
    expect(cells.filter((cell) => /\.\d{9}/.test(cell ?? ''))).toEqual([])
    expect(cells).toContain('1.23456789')
    expect(cells).toContain('0.00433623')
    expect(shortened).toEqual([
      {
        count: 1,
        reason:
          'CoinTracker takes no more than eight decimals, so that their amounts are rounded to the nearest',
      },
    ])
  })
})

describe('Koinly', () => {
  it('has one label for all futures, so that its gains are what futures brought, to the last digit', async () => {
    const futures = smallAccount.filter(({ transaction }) => transaction.stream === 'futures-ledger')
    const lines = parsedLines((await table('koinly', futures)).file)
    expect(new Set(lines.map((fields) => fields.Label))).toEqual(new Set(['realized gain']))
    const reader = readers.koinly ?? expect.fail('no reader')
    const events = futures.flatMap(({ meaning }) => meaning.events).filter(({ kind }) => kind !== 'move')
    expect(lines).toHaveLength(events.length)
    expect(totalsOf(lines.flatMap(reader.changes))).toEqual({ USDT: '-33.41008253' })
  })
})
