import { describe, expect, it } from 'vitest'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Run, StreamProgress } from '../../lambdas/domain/run.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { summary } from '../../local/import/summary.ts'
import { summaryJson } from '../../local/import/summary-json.ts'

const bitmart = exchanges.get('bitmart')
if (bitmart === undefined) throw new Error('BitMart is gone')
const exchange = bitmart

const at = (iso: string): number => Date.parse(iso)

const fills: StreamProgress = {
  stream: 'spot-trade',
  state: 'incomplete',
  requests: 1_234,
  served: 56_789,
  new: 1,
  changed: 0,
  unchanged: 56_788,
  percent: 100,
  gaps: [{ from: at('2026-03-01T00:00:00Z'), to: at('2026-03-04T00:00:00.001Z'), reason: 'expired' }],
  unverified: [],
}

const run: Run = {
  id: '1',
  connection: 'c0ffee',
  state: 'incomplete',
  startedAt: 1_000,
  finishedAt: 62_345,
  requests: 1_240,
  streams: [
    fills,
    { ...fills, stream: 'futures-trade', note: 'not-opened', gaps: [] },
    { ...fills, stream: 'withdrawal', state: 'failed', failure: 'exchange-down' },
    { ...fills, stream: 'deposit', state: 'failed', failure: 'exchange-down' },
  ],
}

const coverage: readonly Coverage[] = [
  {
    ...noCoverage('spot-trade', 'spot'),
    covered: [{ from: at('2026-01-01T00:00:00Z'), to: at('2026-03-01T00:00:00Z') }],
    lost: [{ from: at('2026-03-01T00:00:00Z'), to: at('2026-03-04T00:00:00.001Z'), reason: 'expired' }],
    attempted: at('2026-03-01T00:00:00Z'),
  },
]

const files = [{ path: 'history/transactions.csv', transactions: 56_789 }, { path: 'history/coverage.json' }]

const now = at('2026-11-26T12:00:00Z')
const imported = { exchange, run, coverage, files, connection: {}, now }

describe('the summary', () => {
  it('says first whether the import is complete, and else which streams are not and why', () => {
    const [first, second, third] = summary(imported, undefined).split('\n')
    expect(first).toBe('Not complete: 4 new transactions in 1 min 1 s with 1,240 requests.')
    expect(second).toMatch(/^ {2}Withdrawals and Deposits: failed\. BitMart cannot be reached/)
    expect(third).toBe('  Spot fills: from 2018-01-01 to 2026-01-01 is missing (and 1 more time).')
  })

  it('has a table by stream that other programs can read when there is no terminal', () => {
    const text = summary(imported, undefined)
    expect(text).toContain('\nstream         requests  served  new  changed  unchanged  result\n')
    expect(text).toContain('\nspot-trade        1,234  56,789    1        0     56,788  1 gap\n')
    expect(text).toMatch(/\nfutures-trade .* {2}not opened\n/)
    expect(text).toMatch(/\nwithdrawal .* {2}failed\n/)
    for (const sign of ['│', '─', '\u001B']) expect(text).not.toContain(sign)
  })

  it('explains what the columns count, those that are there', () => {
    const all = 'served: rows in all answers, some of which overlap; changed: stored before, and written anew'
    expect(summary(imported, undefined)).toContain(`\n  ${all}; unchanged: served as they are stored\n`)
    const narrow = summary(imported, 60)
    expect(narrow).toContain('served: rows in all answers')
    expect(narrow).not.toContain('unchanged')
  })

  it('says once, in the headline, that the owner is refuted', () => {
    const accountSince = at('2026-10-15T00:00:00Z')
    const oldest = at('2026-01-02T00:00:00Z')
    const told = coverage.map((part) => ({ ...part, oldest }))
    const [headline = '', ...others] = summary(
      { ...imported, coverage: told, connection: { accountSince } },
      undefined,
    ).split('\n\n')
    expect(headline).toContain(
      'Not used before 2026-10-15, says its owner, but a row of 2026-01-02 is stored: so that does not count.',
    )
    expect(others.join()).not.toContain('its owner')
  })

  it('says what is covered and what is not, when the exchange closes, and where the files are', () => {
    const text = summary(imported, undefined)
    expect(text).toContain('\n  Spot fills           complete from 2026-01-01 to 2026-03-01 UTC\n')
    expect(text).toContain(
      'from 2026-03-01 to 2026-03-04 00:01 is missing: no longer served when we came (expired)\n',
    )
    expect(text).toContain('\nBitMart is closing\n  2026-07-26 01:30 UTC  registrations')
    expect(text).toContain('\nFiles\n  history/transactions.csv  56,789 transactions\n')
    expect(
      summary({ ...imported, files: [{ path: 'history.csv', transactions: 7, fromFiles: 2 }] }, undefined),
    ).toContain('\n  history.csv  7 transactions, 2 of them from statement files alone\n')
  })

  it.each([60, 80, 100])('fits into a terminal of %i columns, and says the same', (width) => {
    const path = 'history/bitmart-486b166f8b4c/transactions.csv'
    const text = summary({ ...imported, files: [{ path, transactions: 56_789 }] }, width)
    expect(text.split('\n').filter((line) => [...line].length > width)).toEqual([])
    const words = text.replaceAll(/\s+/g, ' ')
    for (const said of [
      'Not complete: 4 new transactions in 1 min 1 s with 1,240 requests.',
      'BitMart cannot be reached or is under maintenance.',
      'nothing can be read after this',
      `${path} 56,789 transactions`,
      '1 gap',
    ])
      expect(words).toContain(said)
  })

  it('says whose a gap is that only some parts of a stream have', () => {
    const gap = {
      from: 1,
      to: 2,
      reason: 'expired',
      partitions: ['copy_trading'],
      morePartitions: 1,
    } as const
    const told = JSON.parse(
      summaryJson({
        ...imported,
        run: { ...run, streams: [{ ...fills, gaps: [gap], unverified: [{ ...gap, reason: 'refused' }] }] },
      }),
    )
    expect(told.streams[0].gaps[0]).toMatchObject({ partitions: ['copy_trading'], morePartitions: 1 })
    expect(told.streams[0].unverified[0]).toMatchObject({ reason: 'refused', partitions: ['copy_trading'] })
  })

  it('warns, for people and programs, where another account may be behind the key', () => {
    const strange = { ...run, streams: [{ ...fills, changed: 9, unchanged: 3, revised: 2, vanished: 5 }] }
    const warning = expect.stringMatching(/^Spot fills: of 12 .* another account now/)
    expect(JSON.parse(summaryJson({ ...imported, run: strange }))).toMatchObject({
      warnings: [warning],
      streams: [{ revised: 2, vanished: 5 }],
    })
    expect(summary({ ...imported, run: strange }, undefined)).toContain('another account now')
    expect(summaryJson(imported)).not.toContain('warnings')
  })

  it('is one object for programs, with gaps as ISO times, what comes soon, and where the files are', () => {
    const folder = 'history/bitmart-c0ffee'
    expect(JSON.parse(summaryJson({ ...imported, folder }))).toEqual({
      connection: 'c0ffee',
      folder,
      files: files.map(({ path }) => path),
      state: 'incomplete',
      complete: false,
      seconds: 61.345,
      requests: 1_240,
      sentences: expect.arrayContaining([
        expect.stringMatching(/^Spot fills: from 2018-01-01 to 2026-01-01 is missing/),
        expect.stringMatching(/^Futures fills.*: nothing is known yet$/),
      ]),
      streams: expect.arrayContaining([
        {
          stream: 'spot-trade',
          title: 'Spot fills',
          state: 'incomplete',
          requests: 1_234,
          served: 56_789,
          new: 1,
          changed: 0,
          unchanged: 56_788,
          gaps: [{ from: '2026-03-01T00:00:00.000Z', to: '2026-03-04T00:00:00.001Z', reason: 'expired' }],
          unverified: [],
        },
        expect.objectContaining({
          stream: 'deposit',
          failure: { code: 'exchange-down', sentence: expect.stringMatching(/^BitMart cannot be reached/) },
        }),
      ]),
      perishing: [],
      closing: expect.arrayContaining([
        expect.objectContaining({ exchange: 'bitmart', ends: 'everything', days: 66 }),
      ]),
    })
  })

  it('tells programs of the parts that nobody has asked yet, of which there is no gap', () => {
    const behind = [
      { parts: 92, of: 701, partitions: ['AAVE', 'ADA', 'ALGO'], morePartitions: 89 },
      { parts: 1, of: 701, partitions: ['BTC'], knownUntil: at('2026-11-20T00:00:00Z') },
    ]
    const told = JSON.parse(
      summaryJson({
        ...imported,
        run: { ...run, state: 'interrupted', streams: [{ ...fills, gaps: [], behind }] },
      }),
    )
    expect(told).toMatchObject({
      state: 'incomplete',
      interrupted: true,
      streams: [{ gaps: [], behind: [behind[0], { ...behind[1], knownUntil: '2026-11-20T00:00:00.000Z' }] }],
    })
  })

  it('tells programs what orders witness of fills that could not be had', () => {
    const bitrue = exchanges.get('bitrue')
    if (bitrue === undefined) throw new Error('Bitrue is gone')
    const span = { from: at('2026-11-01T00:00:00Z'), to: at('2026-11-02T00:00:00Z') }
    const part: Coverage = {
      ...noCoverage('spot-trade', 'BTCUSDT'),
      lost: [{ ...span, reason: 'saturated' }],
      attempted: now,
      lacking: { asked: 1_000, since: span.from, lacking: 598, between: span, at: now },
    }
    const told = JSON.parse(
      summaryJson({ ...imported, exchange: bitrue, coverage: [part], run: { ...run, streams: [fills] } }),
    )
    expect(told.streams[0].orders).toEqual([
      {
        partition: 'BTCUSDT',
        listed: 1_000,
        since: '2026-11-01T00:00:00.000Z',
        lacking: 598,
        from: '2026-11-01T00:00:00.000Z',
        to: '2026-11-02T00:00:00.000Z',
      },
    ])
  })

  it('tells programs that a stored row refutes what its owner says of the beginning', () => {
    const oldest = at('2026-01-02T00:00:00Z')
    const told = JSON.parse(
      summaryJson({
        ...imported,
        coverage: coverage.map((part) => ({ ...part, oldest })),
        connection: { accountSince: at('2026-10-15T00:00:00Z') },
      }),
    )
    expect(told.accountSince).toMatchObject({
      at: '2026-10-15T00:00:00.000Z',
      refutedBy: '2026-01-02T00:00:00.000Z',
      sentence: expect.stringContaining('so that does not count'),
    })
    expect(told.sentences[0]).toBe(told.accountSince.sentence)
  })
})
