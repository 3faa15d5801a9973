import { Big } from 'big.js'
import { describe, expect, it } from 'vitest'
import { changesOf } from '../../lambdas/domain/accounting.ts'
import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import { describeTransaction } from '../../lambdas/domain/outward.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { exported } from './exported.ts'
import { accepts, balances, isMissing, type Tool } from './journal-tools.ts'
import { refusals } from './reader-rules.ts'
import { expectedTotals, parsedLines, readers, totalsOf } from './readers.ts'
import { smallAccount } from './small-account.ts'
import { smallBingxAccount } from './small-bingx-account.ts'

const fileOf = (id: string, rows: readonly ExportRow[]) =>
  exported(formats.get(id) ?? expect.fail(`There is no format ${id}.`), rows)

const events = (rows: readonly ExportRow[]) => rows.flatMap(({ meaning }) => meaning.events)

/** What every tool must get right, and where an accountant would look first. */
const cases: Readonly<Record<string, (row: ExportRow) => boolean>> = {
  'a fill of twenty digits': ({ transaction }) => transaction.amount?.replace('.', '').length === 20,
  'funding that was paid': ({ meaning }) =>
    meaning.events.some((event) => event.kind === 'loss' && event.cause === 'funding'),
  'funding that was received': ({ meaning }) =>
    meaning.events.some((event) => event.kind === 'gain' && event.cause === 'funding'),
  'a fee in a third coin': ({ meaning }) =>
    meaning.events.some(
      (event) =>
        event.kind === 'trade' &&
        event.fee !== undefined &&
        ![event.sent.coin, event.received.coin].includes(event.fee.coin),
    ),
  'a rebate': ({ meaning }) =>
    meaning.events.some((event) => event.kind === 'gain' && event.cause === 'rebate'),
  'the first minutes of a year in Tokyo': ({ transaction: { time } }) =>
    new Date(time).getUTCMonth() === 11 && new Date(time + 9 * 3_600_000).getUTCMonth() === 0,
  'the first minutes of a tax year in London': ({ transaction: { time } }) =>
    /-04-05T23:/.test(new Date(time).toISOString()),
  'a transfer that is not finished': ({ meaning }) => meaning.silence === 'unfinished',
}

const ofOneTransactionOnTheChain = (rows: readonly ExportRow[]) =>
  rows.filter(
    ({ transaction: { stream, txId, time } }) =>
      stream === 'withdrawal' &&
      rows.filter(({ transaction: other }) => other.txId === txId && other.time === time).length > 1,
  )

describe.each([
  ['bitmart', smallAccount],
  ['bingx', smallBingxAccount],
])('the golden account of %s', (exchange, rows) => {
  it.each(Object.entries(cases))('has %s', (_name, isCase) => {
    expect(rows.filter(isCase)).not.toEqual([])
  })

  it('has two withdrawals that look alike', () => {
    expect(ofOneTransactionOnTheChain(rows).length).toBeGreaterThanOrEqual(2)
  })

  it('has a fill of isolated margin where the exchange tells of any', () => {
    const isolated = rows.filter(({ transaction }) => transaction.orderMode === 'iso_margin')
    expect(isolated).toHaveLength(exchange === 'bitmart' ? 1 : 0)
  })

  it.each(Object.entries(readers))(
    'is, for %s, what its reader adds up to what happened',
    async (id, reader) => {
      const { bytes } = await fileOf(id, rows)
      const file = bytes.toString('utf8')
      if (exchange !== 'bitmart') await expect(file).toMatchFileSnapshot(`golden/${exchange}-${id}.csv`)
      const lines = parsedLines(file)
      expect(totalsOf(lines.flatMap(reader.changes))).toEqual(expectedTotals(reader.told, rows))
      expect(lines.flatMap(refusals[id] ?? (() => []))).toEqual([])
      if (id !== 'cointracker') expect(new Set(file.split('\n')).size).toBe(lines.length + 2)
    },
  )

  it('is, in the files of everything, what each row says, field by field', async () => {
    const told = rows.map(({ origin, transaction }) =>
      Object.entries(describeTransaction(origin, transaction)).filter(([, value]) => value !== undefined),
    )
    const csv = parsedLines((await fileOf('canonical-csv', rows)).bytes.toString('utf8'))
    // A text that a spreadsheet would run begins with an apostrophe.
    for (const [index, fields] of told.entries())
      for (const [name, value] of fields) expect([String(value), `'${value}`]).toContain(csv[index]?.[name])
    const lines = (await fileOf('json-lines', rows)).bytes.toString('utf8').trimEnd().split('\n')
    expect(lines.map((line) => Object.entries(JSON.parse(line)).filter(([name]) => name !== 'raw'))).toEqual(
      told,
    )
    expect([csv.length, lines.length]).toEqual([rows.length, rows.length])
  })

  it.each(['hledger', 'ledger', 'beancount'] as const)(
    'is taken by %s, strictly, and held to the last digit',
    async (tool: Tool) => {
      const { bytes, rows: counts } = await fileOf(tool, rows)
      const journal = bytes.toString('utf8')
      const extension = formats.get(tool)?.extension
      await expect(journal).toMatchFileSnapshot(`golden/${exchange}-account-${tool}.${extension}`)
      expect(counts.entries).toBe(events(rows).length)
      if (isMissing(tool)) return
      expect(await accepts[tool](journal)).toBe('')
      const held = new Map<string, Big>()
      for (const [key, amount] of await balances[tool](journal)) {
        const [, name = '', coin = ''] = /^(\S+) (.*)$/s.exec(key) ?? []
        if (/^assets/i.test(name)) held.set(coin, (held.get(coin) ?? new Big(0)).plus(amount))
      }
      // Each tool spells coins in its own way: what they come to is the same.
      const told = [...held.values()].filter((sum) => !sum.eq(0)).map((sum) => sum.toFixed())
      const expected = Object.values(expectedTotals((event) => changesOf(event), rows))
      expect(told.sort()).toEqual(expected.toSorted())
    },
  )
})

describe('BingX’s ledger', () => {
  it('is added up as BingX wrote it, word by word, in every format that tells of futures', async () => {
    const ledger = smallBingxAccount.filter(({ transaction }) => transaction.stream === 'futures-ledger')
    // Nine words with 1.5 that came and 0.25 that went; the tenth is a transfer, which stays inside.
    for (const [id, reader] of Object.entries(readers)) {
      const isOfFutures = !['rotki-trades', 'awaken', 'tokentax'].includes(id)
      const lines = parsedLines((await fileOf(id, ledger)).bytes.toString('utf8'))
      expect([id, totalsOf(lines.flatMap(reader.changes))]).toEqual([
        id,
        isOfFutures ? { USDT: '11.25' } : {},
      ])
    }
  })

  it('says its own word where a tool has none for it', async () => {
    const words = [
      'trial-fund',
      'auto-deleveraging',
      'system-deduction',
      'guaranteed-price',
      'A_WORD_OF_TOMORROW',
    ]
    for (const [id, note] of [
      ['koinly', 'Description'],
      ['cointracking', 'Comment'],
      ['coinledger', 'Description (Optional)'],
      ['cryptact', 'Comment'],
      ['summ', 'Description (Optional)'],
      ['blockpit', 'Comment (optional)'],
      ['coinpanda', 'Description'],
      ['rotki-events', 'Description'],
      ['bittytax', 'Note'],
    ] as const) {
      const notes = parsedLines((await fileOf(id, smallBingxAccount)).bytes.toString('utf8')).map(
        (fields) => fields[note],
      )
      for (const word of words)
        expect([id, notes.filter((text) => text?.includes(word)).length]).toEqual([id, 2])
    }
  })
})
