import { describe, expect, it } from 'vitest'
import { openDigest } from '../../lambdas/adapters/identity.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import {
  briefSentences,
  type StatementFacts,
  statementSentences,
} from '../../lambdas/domain/export-statement.ts'
import { openTally } from '../../lambdas/domain/export-tally.ts'
import { parsePeriod } from '../../lambdas/domain/period.ts'
import { periodInWords } from '../../lambdas/domain/period-words.ts'
import { product } from '../../lambdas/domain/product.ts'
import { silenceInPart, silenceReasons } from '../../lambdas/domain/silence-words.ts'
import { statementOf } from '../../lambdas/domain/statement.ts'
import { statementDocument } from '../../lambdas/domain/statement-document.ts'
import { isListed } from '../../lambdas/domain/stream.ts'
import { offsetsOf } from '../../lambdas/domain/timezone.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { koinly } from '../../lambdas/formats/koinly.ts'
import { version } from '../../local/version.ts'

const timezone = 'Europe/Berlin'
const period = parsePeriod('2026', offsetsOf(timezone)) ?? expect.fail()
const synced = Date.UTC(2027, 0, 10)
const gap = { from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 2, 5), reason: 'expired' as const }
const doubt = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 1, 1), reason: 'beyond-depth' as const }

const coverage = bitmart.streams.flatMap(({ stream, partitions, opened }) =>
  partitions.map((partition) => ({
    ...noCoverage(stream, partition),
    covered:
      stream === 'spot-trade'
        ? [
            { from: doubt.to, to: gap.from },
            { from: gap.to, to: synced },
          ]
        : [{ from: opened, to: synced }],
    ...(stream === 'spot-trade' && { lost: [gap], unverified: [doubt] }),
    attempted: synced,
  })),
)

const account = {
  id: 'b1a0ce6fb54c',
  name: 'the connection “main” (key …x7Qa)',
  exchange: bitmart,
  coverage,
  label: 'main',
  subaccount: '',
  keyHint: 'x7Qa',
  accountSince: Date.UTC(2025, 11, 1),
}

const facts: StatementFacts = {
  statement: statementOf([account], period, timezone),
  accounts: [account],
  period,
  timezone,
  format: koinly,
  tally: {
    rows: {
      lookedAt: 10,
      written: 7,
      entries: 9,
      divided: { rows: 2, entries: 4 },
      leftOut: [
        { count: 1, reason: 'transfers that were cancelled or failed' },
        { count: 2, reason: 'moves between the wallets of one account' },
      ],
      inPart: [{ count: 1, reason: 'what they cost is there' }],
      shortened: [{ count: 4, reason: 'it takes eight decimals' }],
      byHand: [{ count: 3, reason: 'choose their kind' }],
    },
    toldByFills: 0,
    mayBeTwice: 0,
    withoutLedger: 0,
    opening: [],
    openingDoubts: [],
    sums: [
      { coin: 'BTC', amount: '0.5' },
      { coin: 'USDT', amount: '-100' },
    ],
    sumsOf: new Map(),
    fileRowsOf: new Map(),
  },
  file: { name: 'history.csv', bytes: 1_234, sha256: 'ab12' },
  madeAt: Date.UTC(2027, 0, 11, 9, 30),
}

describe('the statement of an export', () => {
  it('tells whose history, of which days of which zone, as of when, and in which state', () => {
    const [first, zone, second] = statementSentences(facts)
    expect(first).toBe(
      '1 January 2026 to 31 December 2026, Europe/Berlin, as of 2027-01-10 UTC: not complete: something is missing.',
    )
    expect(zone).toBe('The period is that of the clocks in Europe/Berlin; all times below are UTC.')
    expect(briefSentences(facts)).toContain(zone)
    expect(briefSentences({ ...facts, timezone: 'UTC' })).not.toContain(zone)
    expect(second).toBe('BitMart, the connection “main” (key …x7Qa):')
  })

  it('counts rows, tells what was left out and why, what needs a hand, and what the file adds up to', () => {
    expect(statementSentences(facts)).toEqual(
      expect.arrayContaining([
        'Rows looked at: 10. In the file: 7. Not in the file: 3.',
        'Entries of the file: 9, since 2 rows became 2 entries each.',
        'Not in the file, 1 row: transfers that were cancelled or failed.',
        'Not in the file, 2 rows: moves between the wallets of one account.',
        'In the file in part, 1 row: what they cost is there.',
        'In the file with fewer digits, 4 rows: it takes eight decimals.',
        'To be done by hand, 3 rows: choose their kind.',
        'The file adds up to, coin by coin what came less what went: 0.5 BTC, -100 USDT.',
        'The file: history.csv, 1234 bytes, SHA-256 ab12.',
        `Made 2027-01-11 09:30 UTC with ${product}.`,
        ...koinly.cannotSay,
        ...koinly.upload,
      ]),
    )
  })

  it('counts rows of files of which no amounts show whether another source tells them, too', () => {
    const doubted = { ...facts, tally: { ...facts.tally, mayBeTwice: 2 } }
    expect(statementSentences(doubted).join(' ')).toContain('In doubt, 2 rows: ')
    expect(statementDocument(doubted)).toMatchObject({ mayBeTwice: 2 })
    expect(statementSentences(facts).join(' ')).not.toContain('In doubt')
  })

  it('tells opening balances as the word of the owner, counts their entry and has them in the sums', () => {
    const tally = openTally({}, undefined, {
      opening: [
        { wallet: 'spot', coin: 'BTC', amount: '5' },
        { wallet: 'futures', coin: 'BTC', amount: '-0.5' },
      ],
    })
    const opened = { ...facts, tally: tally.close() }
    const told =
      'One more entry of the file holds the opening balances, which are the word of the owner and of no row of the exchange: ' +
      '5 BTC in spot, -0.5 BTC in futures.'
    expect(statementSentences(opened)).toContain(told)
    expect(briefSentences(opened)).toContain(told)
    expect(statementSentences(opened)).toContain(
      'The file adds up to, coin by coin what came less what went, the opening balances included: 4.5 BTC.',
    )
    expect(statementDocument(opened)).toMatchObject({
      opening: { by: 'owner', entries: 1, balances: [{ coin: 'BTC', amount: '5' }, { wallet: 'futures' }] },
      sums: [{ coin: 'BTC', amount: '4.5' }],
    })
    expect(statementDocument(facts)).not.toHaveProperty('opening')
  })

  it('gives fills of contracts without a ledger another reason than those whose ledger may yet come', () => {
    const told = (toldByFills: number, withoutLedger: number) =>
      statementSentences({ ...facts, tally: { ...facts.tally, toldByFills, withoutLedger } }).filter(
        (sentence) => sentence.includes('own profit and fees'),
      )
    const without = 'because the exchange serves no futures ledger of their contracts.'
    expect(told(60, 60)).toEqual([`60 futures fills tell their own profit and fees, ${without}`])
    expect(told(61, 60)).toEqual([
      expect.stringMatching(/^1 futures fill tells .* Should a later sync bring one/),
      expect.stringContaining(without),
    ])
    expect(told(0, 0)).toEqual([])
  })

  it('adds up each of several accounts, and says which of them the file calls alike', () => {
    const second = { ...account, id: 'second', name: 'the connection “spare” (key …x8Qa)' }
    const sub = { ...account, id: 'sub', name: 'the connection “sub”', subaccount: 'sub' }
    const sumsOf = new Map([
      [account.id, [{ coin: 'BTC', amount: '0.5' }]],
      [sub.id, [{ coin: 'USDT', amount: '-100' }]],
    ])
    const of = (tally: Partial<StatementFacts['tally']>, ...accounts: StatementFacts['accounts']) => ({
      ...facts,
      accounts,
      tally: { ...facts.tally, sumsOf, ...tally },
    })
    const several = of({}, account, second, sub)
    const alike = (sentence: string) => sentence.includes('same name')
    const sentences = statementSentences(several)
    expect(sentences).toEqual(
      expect.arrayContaining([
        'Of that BitMart, the connection “main” (key …x7Qa): 0.5 BTC.',
        'Of that BitMart, the connection “spare” (key …x8Qa): nothing.',
        'Of that BitMart, the connection “sub”: -100 USDT.',
      ]),
    )
    expect(sentences.filter(alike)).toEqual([
      'The file has the same name for 2 accounts (BitMart, the connection “main” (key …x7Qa); BitMart, the connection ' +
        '“spare” (key …x8Qa)), and does not tell whose a row is. Where that matters, export each of them by itself.',
    ])
    expect(statementDocument(several).accounts.map(({ sums }) => sums)).toEqual([
      [{ coin: 'BTC', amount: '0.5' }],
      [],
      [{ coin: 'USDT', amount: '-100' }],
    ])
    // Rows of such a file name their connection.
    expect(statementSentences(of({ apartFromSums: [] }, account, second)).filter(alike)).toEqual([])
    expect(statementSentences(of({}, account)).some((sentence) => sentence.startsWith('Of that'))).toBe(false)
  })

  it('says of a file of every row which of its sums are told by fills, and in part, for people and programs', () => {
    const apartFromSums = [
      { count: 1, reason: silenceReasons.cancelled },
      { count: 2, reason: silenceInPart },
    ]
    const told = { ...facts, tally: { ...facts.tally, toldByFills: 3, withoutLedger: 1, apartFromSums } }
    expect(statementSentences(told)).toEqual(
      expect.arrayContaining([
        `Not in what the file adds up to, 1 row: ${silenceReasons.cancelled}.`,
        `In part in what the file adds up to, 2 rows: ${silenceInPart}.`,
        '2 futures fills tell their own profit and fees in what the file adds up to, because no futures ledger of their time is ' +
          'known to be complete.',
      ]),
    )
    expect(statementDocument(told)).toMatchObject({
      fills: { tellingTheirOwn: 3, withoutLedger: 1 },
      apartFromSums,
      accounts: [{ neverImported: bitmart.absent, closing: [{}, {}, {}] }],
    })
  })

  it('tells whose clocks the file means, which need not be those of its period', () => {
    expect(statementSentences(facts)).toContain(
      'Days in the file, and times that name no zone, are those of UTC.',
    )
    expect(statementDocument(facts)).toMatchObject({ clocks: 'UTC', period: { timezone } })
    const chosen = { ...facts, format: { ...koinly, timezone: 'chosen' as const } }
    expect(statementSentences(chosen)).toContain(
      'Days in the file, and times that name no zone, are those of the clocks in Europe/Berlin.',
    )
    expect(statementDocument(chosen)).toMatchObject({ clocks: timezone })
  })

  it('says the same as JSON, with every stream: complete, unverified, gaps with reasons, the word of the owner', () => {
    const told = statementDocument(facts)
    expect(told).toMatchObject({
      state: 'incomplete',
      period: { words: '1 January 2026 to 31 December 2026, Europe/Berlin', timezone },
      asOf: '2027-01-10T00:00:00.000Z',
      made: '2027-01-11T09:30:00.000Z',
      with: product,
      file: facts.file,
      rows: facts.tally.rows,
      sums: facts.tally.sums,
      sentences: statementSentences(facts),
    })
    const [main] = told.accounts
    expect(main).toMatchObject({
      id: 'b1a0ce6fb54c',
      exchange: 'BitMart',
      label: 'main',
      keyHint: 'x7Qa',
      ownersWord: { notUsedBefore: '2025-12-01T00:00:00.000Z' },
    })
    expect(main?.streams[0]).toMatchObject({
      stream: 'spot-trade',
      state: 'incomplete',
      complete: [
        { from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' },
        { from: '2026-03-05T00:00:00.000Z', to: '2026-12-31T23:00:00.000Z' },
      ],
      unverified: [{ reason: 'beyond-depth' }],
    })
    expect(main?.streams[0]?.gaps).toContainEqual({
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-03-05T00:00:00.000Z',
      reason: 'expired',
    })
    expect(main?.streams[1]).toMatchObject({ state: 'complete', gaps: [], unverified: [] })
  })
})

describe('a period in words', () => {
  it('has its last day and its zone in it, and instants where it begins or ends within a day', () => {
    const noon = Date.UTC(2026, 0, 31, 12)
    expect(
      periodInWords(parsePeriod('2026-04-06/2027-04-05', offsetsOf('Europe/London')) ?? {}, 'Europe/London'),
    ).toBe('6 April 2026 to 5 April 2027, Europe/London')
    expect(periodInWords({ from: noon }, 'UTC')).toBe('Everything from 31 January 2026 12:00:00 on, UTC')
    expect(periodInWords({ to: noon }, 'UTC')).toBe('Everything up to 31 January 2026 12:00:00, UTC')
    expect(periodInWords({}, 'UTC')).toBe('All that is stored')
  })
})

describe('what made a file', () => {
  it('is the version of the package', () => {
    expect(product).toBe(version())
  })
})

describe('the digest of a file', () => {
  it('is SHA-256, however the file is cut, and whoever goes on with it', async () => {
    const cut = async (...pieces: readonly string[]) => {
      let digest = await openDigest()
      for (const piece of pieces) {
        digest.update(Buffer.from(piece))
        digest = await openDigest(digest.kept())
      }
      return digest.hex()
    }
    expect(await cut('a', 'bc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(await cut('abc')).toBe(await cut('ab', '', 'c'))
  })
})

describe('a statement for programs', () => {
  it('says whose time is complete where some parts are found by orders, as the sentences do', () => {
    const known = bingx.streams.flatMap(({ stream, partitions, opened, byParts }) =>
      isListed(partitions)
        ? []
        : partitions.map((partition) => ({
            ...noCoverage(stream, partition),
            covered: byParts === undefined ? [{ from: opened, to: synced }] : [],
            ...(byParts !== undefined && {
              unverified: [{ from: opened, to: synced, reason: 'by-order' as const }],
            }),
            attempted: synced,
          })),
    )
    const mine = { ...account, exchange: bingx, coverage: known }
    const { streams = [] } = statementDocument({ ...facts, accounts: [mine] }).accounts[0] ?? {}
    const statement = statementOf([mine], period, timezone).sentences
    const partly = streams.filter(({ complete }) => complete.some((window) => 'partitions' in window))
    expect(partly.map(({ stream }) => stream)).toEqual(['futures-trade'])
    expect(partly[0]?.complete).toMatchObject([{ partitions: ['usdt-m'] }])
    expect(statement.find((sentence) => sentence.startsWith('Futures fills'))).toContain('UTC (usdt-m)')
    for (const { title, complete } of streams) {
      const sentence = statement.find((text) => text.startsWith(`${title}: `)) ?? ''
      expect(complete.length > 0).toBe(/: complete /.test(sentence))
    }
  })
})
