import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { meaningOf } from '../../lambdas/domain/accounting.ts'
import type { Origin } from '../../lambdas/domain/outward.ts'
import { knownFormats } from '../../lambdas/statements/known-formats.ts'
import { layoutSchema } from '../../lambdas/statements/layout.ts'
import { transactionFields } from '../../lambdas/statements/merged-row.ts'
import { readStatement } from '../../lambdas/statements/read-statement.ts'
import type { StatementRow } from '../../lambdas/statements/row.ts'
import { number, sheetXml, workbookOf, zipOf } from './files.ts'
import { asked, bitmart, headerOf, readAt, refused, rowsOf, tablesOf, told } from './read-files.ts'

test('BingX, standard futures: the example', async () => {
  const csv = `\ufeff${headerOf('bingx-standard-futures', 'UTC+8')}\n1000000000000000001,1516000000000000565,luna,USDT,10.0,20.0,0.19881,0.18723,short,-1.0,0.16845,manual close,Autonomous Orders,2025-12-10 22:19:17,2025-12-12 00:13:25,11.4142,0.09,11.649312\n`
  const [row] = await rowsOf(csv)
  expect(told(row as StatementRow)).toEqual({
    line: 2,
    stream: 'futures-position',
    account: 'standard-futures',
    wall: Date.UTC(2025, 11, 12, 0, 13, 25),
    times: [Date.UTC(2025, 11, 11, 16, 13, 25)],
    openWall: Date.UTC(2025, 11, 10, 22, 19, 17),
    orderId: '1516000000000000565',
    base: 'LUNA',
    currency: 'USDT',
    leverage: '20',
    openPrice: '0.19881',
    price: '0.18723',
    direction: 'short',
    type: 'manual close',
    fee: '0.09',
    unsignedFunding: '11.4142',
    realizedPnl: '11.649312',
  })
  expect(JSON.parse(row?.raw ?? '')).toMatchObject({
    fundingFee: '11.4142',
    stopLossPrice: '-1.0',
    margin: '10.0',
  })
  const [table] = await tablesOf(csv)
  expect(table).toMatchObject({
    format: 'bingx-standard-futures',
    exchange: 'bingx',
    clock: 'UTC+8',
    owner: '1000000000000000001',
    grain: { granularity: 'position', unit: 1_000, decimals: {} },
    preview: {
      rows: 1,
      coins: ['LUNA', 'USDT'],
      first: { line: 2, utc: '2025-12-11T16:13:25.000Z', shown: '2025-12-12 00:13:25' },
    },
  })
  expect(table?.grain.fields).toContain('direction')
})

test('BingX, standard futures: a category may be empty, and the coin is not known then', async () => {
  const csv = `${headerOf('bingx-standard-futures', 'UTC+8')}\n1,2,,USDT,10.0,20.0,1,2,long,-1.0,-1.0,x,y,2025-12-10 22:19:17,2025-12-12 00:13:25,0,0.09,1\n`
  const [row] = await rowsOf(csv)
  expect(row?.base).toBeUndefined()
  expect(row?.realizedPnl).toBe('1')
})

test('BingX, perpetual futures: the example, as text and as a workbook that is called .csv', async () => {
  const header = headerOf('bingx-perpetual-orders', 'America/Sao_Paulo')
  const line = '1,3001,2026-10-05 00:32:09,BTC-USDT,Close Long,5X,100000,0.004,400,-0.2,USDT,10,USDT,Grid,1'
  const expected = {
    line: 2,
    stream: 'futures-trade',
    wall: Date.UTC(2026, 9, 5, 0, 32, 9),
    times: [Date.UTC(2026, 9, 5, 3, 32, 9)],
    orderId: '3001',
    symbol: 'BTC-USDT',
    base: 'BTC',
    quote: 'USDT',
    side: 'sell',
    position: 'close',
    direction: 'long',
    type: 'Close Long',
    leverage: '5',
    price: '100000',
    amount: '0.004',
    quoteAmount: '400',
    fee: '0.2',
    feeCurrency: 'USDT',
    realizedPnl: '10',
    currency: 'USDT',
  }
  expect((await rowsOf(`${header}\r\n${line}\r\n`)).map(told)).toEqual([expected])
  const cells = line
    .split(',')
    .map((cell, index) => ([6, 7, 8, 9, 11, 14].includes(index) ? number(cell) : cell))
  const book = workbookOf({ Perpetual: sheetXml([header.split(','), cells]) })
  expect((await rowsOf(book)).map(told)).toEqual([expected])
})

test('BingX, spot: the example, with a price in the notation of Java', async () => {
  const header = headerOf('bingx-spot-orders', 'America/Sao_Paulo')
  const book = workbookOf({
    Spot: sheetXml([
      header.split(','),
      [
        '1',
        '2001',
        '2026-10-07 11:35:35',
        'KAS/USDT',
        'Buy',
        number('4.0E-2'),
        number('1000.0'),
        number('40.0'),
        number('-1.0'),
        'KAS',
        'Autonomous',
      ],
      [
        '1',
        '2002',
        '2026-10-07 11:35:36',
        'KAS/USDT',
        'Sell',
        number('1.03211E-4'),
        number('1'),
        number('1.03211E-4'),
        number('0.0'),
        '-',
        'Autonomous',
      ],
    ]),
  })
  const rows = await rowsOf(book)
  expect(told(rows[0] as StatementRow)).toEqual({
    line: 2,
    stream: 'spot-trade',
    wall: Date.UTC(2026, 9, 7, 11, 35, 35),
    times: [Date.UTC(2026, 9, 7, 14, 35, 35)],
    orderId: '2001',
    symbol: 'KAS-USDT',
    base: 'KAS',
    quote: 'USDT',
    side: 'buy',
    price: '0.04',
    amount: '1000',
    quoteAmount: '40',
    fee: '1',
    feeCurrency: 'KAS',
  })
  expect(rows[1]).toMatchObject({ side: 'sell', price: '0.000103211', fee: '0' })
  expect(rows[1]?.feeCurrency).toBeUndefined()
})

test.each(['KAS/USDT', 'KAS-USDT', 'KAS_USDT'])(
  'BingX, spot: the coins of %s are known by the one sign between them',
  async (pair) => {
    const csv = `${headerOf('bingx-spot-orders', 'UTC')}\n1,2001,2026-10-07 11:35:35,${pair},Buy,0.04,1000,40,-1,KAS,x\n`
    expect(await rowsOf(csv)).toMatchObject([{ symbol: 'KAS-USDT', base: 'KAS', quote: 'USDT' }])
    expect((await tablesOf(csv))[0]?.preview.notes).toEqual([])
  },
)

test.each(['KASUSDT', 'KAS_B-USDT', '-USDT', 'KAS-USDT-2'])(
  'BingX, spot: a pair that no one sign parts, as %s, is said to be one whose coins nobody knows',
  async (pair) => {
    const csv = `${headerOf('bingx-spot-orders', 'UTC')}\n1,2001,2026-10-07 11:35:35,${pair},Buy,0.04,1000,40,-1,KAS,x\n`
    expect((await rowsOf(csv))[0]).not.toHaveProperty('base')
    expect((await tablesOf(csv))[0]?.preview.notes[0]).toContain(pair)
  },
)

test('a time is quoted as it stands in the file, and not as it was understood', async () => {
  const layout = layoutSchema.parse({
    granularity: 'ledger',
    stream: 'spot-ledger',
    time: 'When',
    columns: { amount: 'Sum', currency: 'Coin', type: 'What' },
  })
  for (const [written, dateOrder] of [
    ['08.10.2025 11:35:35', 'day-first'],
    ['10/08/2025 11:35:35', 'month-first'],
    ['2025-10-08T11:35:35', undefined],
  ] as const) {
    const csv = `When,What,Sum,Coin\n${written},x,1,USDT\n`
    const [question] = await asked(csv)
    if (question?.about !== 'layout') throw new Error('It is known already.')
    const [table] = await tablesOf(csv, {
      clock: 'UTC',
      layouts: { [question.signature]: layout },
      ...(dateOrder !== undefined && { dateOrder }),
    })
    expect(table?.preview.first).toEqual({ line: 2, utc: '2025-10-08T11:35:35.000Z', shown: written })
  }
})

/** Fills tell their money themselves. */
const toldAlone = {
  ofFill: () => ({ profit: true, fee: true }),
  ofRow: () => true,
  mayBeTwice: () => false,
}

const bitrueLines = [
  headerOf('bitrue-transactions', 'UTC+8'),
  '2026-01-02 03:04:05,spot,Launchpool,XYZ,12',
  '2026-01-02 03:04:06,spot,Buy,SOL,12',
  '2026-01-02 03:04:07,spot,Buy,SOL,1',
  '2026-01-02 03:04:08,spot,AirDrop,SOL,1',
]

test('words of a ledger that nobody knows are told with how many rows have them, and their owner can say what they mean', async () => {
  const csv = `${bitrueLines.join('\n')}\n`
  const [table] = await tablesOf(csv)
  expect(table?.preview.notes).toEqual([
    expect.stringMatching(
      /^Nobody here knows what 3 rows were for, .*“Buy”: 2, “Launchpool”: 1\): no file for a tax/,
    ),
  ])
  const known = knownFormats.find(({ id }) => id === 'bitrue-transactions')?.layout
  const signature = table?.preview.header?.signature ?? ''
  const column = known?.columns.type ?? ''
  const words = [
    { column, isClosed: false, means: { Launchpool: { type: 'earn-income' }, Buy: { type: 'income' } } },
  ]
  const said = { layouts: { [signature]: layoutSchema.parse({ ...known, words }) } }
  const [mapped] = await tablesOf(csv, said)
  expect(mapped?.preview.notes).toEqual([])
  expect(mapped).toMatchObject({ exchange: 'bitrue', clock: table?.clock })
  expect((await rowsOf(csv, said)).map(({ type }) => type)).toEqual([
    'earn-income',
    'income',
    'income',
    'AirDrop',
  ])
})

test('what its owner says of a header goes before what is known of it, or is asked for where it does not fit', async () => {
  const csv = `${headerOf('bingx-spot-orders', 'UTC')}\n1,2001,2026-10-07 11:35:35,KAS:USDT,Buy,0.04,1000,40,-1,KAS,x\n`
  const known = knownFormats.find(({ id }) => id === 'bingx-spot-orders')?.layout
  const signature = (await tablesOf(csv))[0]?.preview.header?.signature ?? ''
  const said = layoutSchema.parse({ ...known, symbol: { split: ':', join: '-' } })
  expect(await rowsOf(csv, { layouts: { [signature]: said } })).toMatchObject([
    { base: 'KAS', quote: 'USDT' },
  ])
  const other = csv.replace('KAS:USDT', 'KAS/USDT')
  expect(await rowsOf(other, { layouts: { [signature]: said } })).toMatchObject([
    { base: 'KAS', quote: 'USDT' },
  ])
  const [question] = await asked(csv, { layouts: { [signature]: { ...said, time: 'When' } } })
  expect(question).toMatchObject({
    about: 'layout',
    missing: ['There is no column “When”.'],
    known: 'BingX, spot orders',
    proposal: { granularity: 'order', stream: 'spot-trade', time: 'Time(UTC)' },
  })
})

test.each([
  ['bingx-spot-orders', '1,2001,2026-10-07 11:35:35,KAS/USDT,Frobnicate,0.04,1000,40,-1,KAS,x', undefined],
  [
    'bingx-perpetual-orders',
    '1,3001,2026-10-05 00:32:09,BTC-USDT,Frobnicate,5X,100000,0.004,400,-0.2,USDT,10,USDT,Grid,1',
    undefined,
  ],
  [
    'bingx-standard-futures',
    '1,2,luna,USDT,10,20,1,2,Frobnicate,-1,-1,x,y,2025-12-10 22:19:17,2025-12-12 00:13:25,0,0.09,1',
    undefined,
  ],
  ['bingx-fund-account', '1,Frobnicate,-5,10,USDT,2026-01-02 03:04:05,0xabc', '-5 USDT'],
  ['bingx-spot-ledger', '2026-01-02 03:04:05,Frobnicate,-5,10,USDT', '-5 USDT'],
  ['bingx-futures-ledger', '2026-01-02 03:04:05,Frobnicate,x,-0.5,10,USDT,BTC-USDT', '-0.5 USDT'],
])(
  'a word that nobody here knows keeps its row in %s, which is told, and counts nowhere',
  async (id, line, moved) => {
    const csv = `${headerOf(id, 'UTC')}\n${line}\n`
    const [table] = await tablesOf(csv)
    expect(table?.preview.notes).toEqual([
      expect.stringMatching(/^Nobody here knows what one row was.*“Frobnicate”: 1.* no file for a tax/),
    ])
    if (moved !== undefined) expect(table?.preview.notes[0]).toContain(`${moved} in all`)
    const ofFutures = id === 'bingx-futures-ledger'
    expect(table?.preview.notes[0]?.includes('realized-pnl, funding')).toBe(ofFutures)
    expect(table?.preview.notes[0]).not.toContain('--')
    const [row] = await rowsOf(csv)
    const origin = { id: 'a', exchange: 'bingx' } as unknown as Origin
    const { stream, times } = row as StatementRow
    const kept = { ...transactionFields(row as StatementRow), stream, time: times[0], identity: 'x' }
    expect(meaningOf(origin, { ...kept, source: 'file', precision: 1 }, toldAlone)).toEqual({
      events: [],
      silence: 'unclear',
    })
  },
)

test('coins that were bought from somebody on the exchange came from outside of it', async () => {
  const csv = `${headerOf('bingx-fund-account', 'UTC')}\n1,P2P Buy,500,500,USDT,2026-01-02 03:04:05,\n`
  expect((await tablesOf(csv))[0]?.preview.notes).toEqual([])
  expect(transactionFields((await rowsOf(csv))[0] as StatementRow)).toMatchObject({
    type: 'deposit',
    amount: '500',
  })
})

test('the words of an exchange that its own ledger has are known in a file of it, however they are written', async () => {
  const words = ['Insurance Clear', 'ADL', 'Trial Fund', 'System Deduction', 'GTD Price', 'REALIZED_PNL']
  const lines = words.map((word) => `2026-01-02 03:04:05,${word},x,-0.5,10,USDT,BTC-USDT`)
  const [table] = await tablesOf(`${headerOf('bingx-futures-ledger', 'UTC')}\n${lines.join('\n')}\n`)
  expect(table?.preview.notes).toEqual([])
})

test('BingX, the accounts: signed changes under their own words', async () => {
  const fund = `${headerOf('bingx-fund-account', 'UTC+8')}\n1,Withdraw,-5,10,USDT,2026-01-02 03:04:05,0xabc\n1,Spot Account -> Fund Account,5,15,USDT,2026-01-02 03:04:06,\n`
  expect(await rowsOf(fund)).toMatchObject([
    {
      stream: 'spot-ledger',
      account: 'fund',
      type: 'Withdraw',
      amount: '-5',
      balance: '10',
      currency: 'USDT',
    },
    { type: 'Spot Account -> Fund Account', amount: '5' },
  ])
  const spot = `${headerOf('bingx-spot-ledger', 'UTC+8')}\n2026-01-02 03:04:05,Trade,-5,10,USDT\n`
  expect(await rowsOf(spot)).toMatchObject([
    { stream: 'spot-ledger', account: 'spot', type: 'Trade', amount: '-5' },
  ])
  const futures = `${headerOf('bingx-futures-ledger', 'UTC+8')}\n2026-01-02 03:04:05,Funding Fee,x,-0.5,10,USDT,BTC-USDT\n2026-01-02 03:04:05,Transfer,x,1,11,USDT,\n`
  expect(await rowsOf(futures)).toMatchObject([
    { stream: 'futures-ledger', type: 'Funding Fee', amount: '-0.5', currency: 'USDT', symbol: 'BTC-USDT' },
    { type: 'Transfer', amount: '1' },
  ])
})

test('Bitrue: the example, three rows of one minute with the month first', async () => {
  const csv =
    'Date(UTC),Account,Operation,Coin,Change\r\n08/09/2022 08:03,Spot,trade_transfer_quote_amount,xrp,40.2792420000000000\r\n08/09/2022 08:03,Spot,trade_transfer_quote_fee_sell,xrp,-0.1288935744000000\r\n08/09/2022 08:03,Spot,trade_transfer_base_amount,btr,-204.9000000000000000\r\n'
  const time = Date.UTC(2022, 7, 9, 8, 3)
  expect((await rowsOf(csv)).map(told)).toEqual([
    {
      line: 2,
      stream: 'spot-ledger',
      wall: time,
      times: [time],
      account: 'Spot',
      type: 'trade_transfer_quote_amount',
      currency: 'XRP',
      amount: '40.279242',
    },
    {
      line: 3,
      stream: 'spot-ledger',
      wall: time,
      times: [time],
      account: 'Spot',
      type: 'trade_transfer_quote_fee_sell',
      currency: 'XRP',
      amount: '-0.1288935744',
    },
    {
      line: 4,
      stream: 'spot-ledger',
      wall: time,
      times: [time],
      account: 'Spot',
      type: 'trade_transfer_base_amount',
      currency: 'BTR',
      amount: '-204.9',
    },
  ])
  expect((await tablesOf(csv))[0]?.grain).toEqual({
    granularity: 'ledger',
    unit: 60_000,
    fields: ['currency', 'type', 'account', 'amount'],
    decimals: { amount: 16 },
  })
})

const spot = (lines: string, clock = 'UTC+8') => `${headerOf('bingx-spot-orders', clock)}\n${lines}\n`
const order = (id: string, time = '2026-10-07 11:35:35', uid = '1') =>
  `${uid},${id},${time},KAS/USDT,Buy,0.04,1000,40,-1,KAS,Autonomous`

test('the hour that Berlin shows twice gives two instants and a count, the hour that it leaves out refuses', async () => {
  const twice = spot(
    `${order('1', '2025-10-26 02:30:00')}\n${order('2', '2025-10-26 02:30:00')}`,
    'Europe/Berlin',
  )
  expect((await rowsOf(twice)).map(({ times }) => times)).toEqual([
    [Date.UTC(2025, 9, 26, 0, 30), Date.UTC(2025, 9, 26, 1, 30)],
    [Date.UTC(2025, 9, 26, 0, 30), Date.UTC(2025, 9, 26, 1, 30)],
  ])
  expect((await tablesOf(twice))[0]?.preview.ambiguousTimes).toBe(2)
  const missing = await refused(spot(order('1', '2025-03-30 02:30:00'), 'Europe/Berlin'))
  expect(missing.sentence).toMatch(
    /: its times are not of Europe\/Berlin\. Say of which time zone they are, such as UTC\.$/,
  )
  expect(missing.cells).toEqual([
    {
      table: 'statement.csv',
      line: 2,
      column: 'Time(Europe/Berlin)',
      text: '2025-03-30 02:30:00',
      why: 'a time that Europe/Berlin left out when its clocks were put forward',
    },
  ])
})

test('one bad cell refuses the file with its line, column and text; of many the first twenty and the count', async () => {
  const one = await refused(spot(`${order('1')}\n${order('2').replace('0.04', '0.0.4')}`))
  expect(one.sentence).toContain('One cell of statement.csv cannot be read')
  expect(one.cells).toMatchObject([{ line: 3, column: 'Price' }])
  const many = await refused(
    spot(Array.from({ length: 30 }, (_none, id) => order(String(id), 'never')).join('\n')),
  )
  expect(many).toMatchObject({ count: 30 })
  expect(many.cells).toHaveLength(20)
})

test('a year of two digits is no year: nobody can tell which of three numbers it is', async () => {
  const csv = `${headerOf('bitrue-transactions', 'UTC')}\n08/09/22 08:03,Spot,airdrop,xrp,1.0\n`
  expect((await refused(csv)).cells).toMatchObject([
    {
      line: 2,
      text: '08/09/22 08:03',
      why: 'a year of two digits: each of the three numbers could be the day',
    },
  ])
})

test('rows of other columns are refused, but for one empty cell too many at their end', async () => {
  expect(await rowsOf(spot(`${order('1')},`))).toHaveLength(1)
  expect((await refused(spot(`${order('1')},,`))).cells[0]?.why).toContain('cells where the header has 11')
  expect((await refused(spot(`${order('1')},x`))).count).toBe(1)
  expect((await refused(spot('1,2,3'))).count).toBe(1)
})

test('lines before the header, and totals behind the rows, are none of them', async () => {
  const csv = `UID: 12345\nExported,2026-10-08 10:00:00\n\n${spot(`${order('1')}\nTotal,,,,,,1000,40,-1,,`)}`
  const [table] = await tablesOf(csv)
  expect(table?.preview).toMatchObject({ rows: 1, leftOut: [{ line: 6, why: 'a line of totals' }] })
  expect((await refused(spot(`Total,,,,,,1000,40,-1,,\n${order('1')}`))).count).toBe(1)
})

test('rows of two accounts are refused', async () => {
  const { sentence } = await refused(spot(`${order('1')}\n${order('2', undefined, '7')}`))
  expect(sentence).toContain('two accounts (1 and, in line 3, 7)')
})

test('ids that a spreadsheet has rounded are none', async () => {
  for (const lost of ['1.51600000000000E+18', '1.516E+18', '1516000000000000000']) {
    const [table] = await tablesOf(spot(order(lost)))
    expect(table?.preview.notes[0], lost).toContain('were rounded by a spreadsheet')
    expect(table?.grain.fields).not.toContain('orderId')
    expect((await rowsOf(spot(order(lost))))[0]?.orderId).toBeUndefined()
  }
  const book = workbookOf({
    S: sheetXml([
      headerOf('bingx-spot-orders', 'UTC').split(','),
      order('x')
        .split(',')
        .map((cell) => (cell === 'x' ? number('1516000000000000565') : cell)),
    ]),
  })
  expect((await rowsOf(book))[0]?.orderId).toBeUndefined()
  const whole = await rowsOf(spot(`${order('1516000000000000000')}\n${order('1516000000000000565')}`))
  expect(whole.map(({ orderId }) => orderId)).toEqual(['1516000000000000000', '1516000000000000565'])
})

test('times that name their clock are instants, and a column that does so here and there is refused', async () => {
  const [row] = await rowsOf(spot(order('1', '2026-10-07T11:35:35+02:00')))
  expect(row?.times).toEqual([Date.UTC(2026, 9, 7, 9, 35, 35)])
  expect(
    (await refused(spot(`${order('1', '2026-10-07T11:35:35+02:00')}\n${order('2')}`))).cells,
  ).toMatchObject([{ line: 3, why: 'says another clock than the rest of its column, or none' }])
})

test('headings that name two clocks, or one that is none, are not read', async () => {
  const header = headerOf('bingx-standard-futures', 'UTC+8').replace('openTime(UTC+8)', 'openTime(UTC+9)')
  const line = '1,2,luna,USDT,1,1,1,1,long,-1,-1,x,y,2025-12-10 22:19:17,2025-12-12 00:13:25,0,0,1'
  expect((await refused(`${header}\n${line}\n`)).sentence).toContain('several clocks (UTC+9, UTC+8)')
  expect(await asked(spot(order('1'), 'Europe/Atlantis'))).toMatchObject([
    { about: 'clock', sentence: expect.stringContaining('"Europe/Atlantis" is no time zone') },
  ])
})

test('an upload without a header and rows is refused', async () => {
  expect((await refused('1,2\n3,4\n')).sentence).toContain('no header with rows')
})

test('every known format has a header of its own, and names only columns that it has', () => {
  const headers = knownFormats.map(({ header }) => header.join('\n'))
  expect(new Set(headers).size).toBe(headers.length)
  for (const { id, header, layout } of knownFormats) {
    const named = [
      layout.time,
      layout.openTime,
      layout.owner,
      ...Object.values(layout.columns),
      ...layout.words.map(({ column }) => column),
    ]
    for (const column of named) if (column !== undefined) expect(header, id).toContain(column)
  }
})

test('whatever bytes come, they are read, asked about or refused in a sentence', async () => {
  const seeds = [
    Buffer.from(spot(order('1'))),
    Buffer.from(bitmart),
    workbookOf({ S: sheetXml([headerOf('bingx-spot-orders', 'UTC').split(','), order('1').split(',')]) }),
  ]
  const damaged = fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(4_000), fc.nat(255)), { maxLength: 8 }),
      fc.nat(4_000),
      fc.boolean(),
    )
    .map(([seed, changes, length, isCut]) => {
      const bytes = Buffer.from(seed)
      for (const [place, byte] of changes) bytes[place % bytes.length] = byte
      return isCut ? bytes.subarray(0, length % bytes.length) : bytes
    })
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 500 })), async (bytes) => {
      const outcome = await readStatement('statement.csv', bytes, {}, readAt)
      if (outcome.kind === 'refused') expect(outcome.sentence).toMatch(/^[^\n]{20,}\.$/)
      else if (outcome.kind === 'asks') expect(outcome.questions.length).toBeGreaterThan(0)
      else
        for (const table of outcome.tables)
          for await (const row of table.rows()) expect(row.wall).toBeGreaterThan(0)
    }),
    { numRuns: 60 },
  )
})

test('what is told of a file quotes it: its headings with the clock that they name, and times that name their own', async () => {
  const header = headerOf('bingx-spot-orders', 'UTC+8')
  const line = '77,2001,2025-10-07T11:35:35+02:00,KAS/USDT,Buy,0.04,1000,40,-1,KAS,x'
  const [table] = await tablesOf(`${header}\n${line}\n`)
  expect(table?.preview).toMatchObject({
    areInstants: true,
    first: { utc: '2025-10-07T09:35:35.000Z', shown: '2025-10-07T11:35:35+02:00' },
  })
  const [row] = await rowsOf(`${header}\n${line}\n`)
  expect(JSON.parse(row?.raw ?? '')).toMatchObject({ 'Time(UTC+8)': '2025-10-07T11:35:35+02:00' })
  const { cells, exchange } = await refused(
    `${header}\n${line.replace('2025-10-07T11:35:35+02:00', 'noon')}\n`,
  )
  expect([cells, exchange]).toMatchObject([[{ column: 'Time(UTC+8)', text: 'noon' }], 'bingx'])
})

test('a heading that names a clock nobody knows is asked about once, and whoever maps it may call it as it stands', async () => {
  const csv = `Time(Mars/Base),Pair,Side,Price,Amount\n2025-10-07 11:35:35,BTC_USDT,buy,1.5,2\n`
  const [question] = await asked(csv)
  if (question?.about !== 'layout') throw new Error('It is no question about columns.')
  const layout = layoutSchema.parse({
    granularity: 'fill',
    stream: 'spot-trade',
    time: 'Time(Mars/Base)',
    columns: { symbol: 'Pair', price: 'Price', amount: 'Amount' },
    words: [{ column: 'Side', isClosed: true, means: { buy: { side: 'buy' } } }],
  })
  const layouts = { [question.signature]: layout }
  expect(await asked(csv, { layouts })).toMatchObject([
    { about: 'clock', sentence: expect.stringContaining('"Mars/Base" is no time zone that is known here') },
  ])
  const [row] = await rowsOf(csv, { layouts, clock: 'Europe/Berlin' })
  expect(row?.times).toEqual([Date.UTC(2025, 9, 7, 9, 35, 35)])
})

test('a time that lies in the future, or before there were coins, is refused, and it is said why', async () => {
  const at = (time: string) => refused(spot(order('1', time), 'UTC'))
  const future = await at('2027-12-31 00:00:00')
  expect(future.cells).toMatchObject([{ line: 2, why: 'a time that lies in the future' }])
  expect(future.sentence).toMatch(/see whether the day or the month comes first/)
  expect((await at('2199-12-31 00:00:00')).cells).toMatchObject([{ why: 'a time that lies in the future' }])
  expect((await at('1970-01-01 00:00:00')).cells[0]?.why).toContain('before 2009')
  // A clock may be a few hours wrong, here or where the file was made.
  expect(await rowsOf(spot(order('1', '2027-01-01 12:00:00'), 'UTC'))).toHaveLength(1)
})

const position = (category: string, margin: string, times = '2025-12-10 22:19:17,2025-12-12 00:13:25') =>
  `${headerOf('bingx-standard-futures', 'UTC')}\n1,2,${category},${margin},10,20,1,2,long,-1,-1,x,y,${times},0,0.09,1\n`

test.each(['Isolated', 'Cross', 'crossed'])(
  'BingX, standard futures: no coin is made of the mode “%s” of a margin, and that no coin is known is said',
  async (margin) => {
    const [table] = await tablesOf(position('luna', margin))
    expect(table?.preview.coins).toEqual(['LUNA'])
    expect(table?.preview.notes).toEqual([
      expect.stringMatching(/^Nothing says of which coin one row \(line 2\) is/),
    ])
    // A pair names both its coins.
    expect(await rowsOf(position('BTC-USDT', margin))).toMatchObject([{ base: 'BTC', quote: 'USDT' }])
    expect((await tablesOf(position('BTC-USDT', margin)))[0]?.preview.notes).toEqual([])
  },
)

test('a position that was closed before it was opened is refused', async () => {
  const { cells } = await refused(position('luna', 'USDT', '2025-12-12 22:19:17,2025-12-11 00:13:25'))
  expect(cells).toMatchObject([{ column: 'openTime(UTC)', why: 'opened later than it was closed' }])
})

test('a number that is too long for an amount is said to be too long', async () => {
  const { cells } = await refused(
    spot(order('1').replace('1000', '123456789012345678901234567890123456789012.5')),
  )
  expect(cells).toMatchObject([{ column: 'Amount', why: 'a number of more digits than amounts have' }])
})

test('an amount below zero of what another column tells the direction of is read without its sign, and that is said', async () => {
  const csv = spot(`${order('1')}\n${order('2').replace('1000', '-1000').replace('Buy', 'Sell')}`)
  expect((await rowsOf(csv)).map(({ amount }) => amount)).toEqual(['1000', '1000'])
  expect((await tablesOf(csv))[0]?.preview.notes).toEqual([
    expect.stringMatching(/^One row has an amount below zero, as -1000 in line 3, /),
  ])
})

test('what lies beside statements in an archive is left out and said, and one without any is refused', async () => {
  const csv = spot(order('1'))
  const besides = { '.DS_Store': 'x', '__MACOSX/._a.csv': 'x', 'readme.txt': 'Hello.', 'x.pdf': '%PDF-1.4' }
  const [table] = await tablesOf(zipOf({ 'ü/a.csv': csv, ...besides }))
  expect(table?.preview).toMatchObject({
    rows: 1,
    notes: ['Left out, since they are no statements: .DS_Store, __MACOSX/._a.csv, readme.txt, x.pdf.'],
  })
  expect((await refused(zipOf(besides))).sentence).toMatch(
    /^statement\.csv has no statement in it, only \.DS_Store, /,
  )
  expect((await refused(zipOf({}))).sentence).toBe('There is no file in statement.csv: download it again.')
  // What is called a statement and is none may be a damaged one.
  expect((await refused(zipOf({ 'a.csv': csv, 'b.csv': 'Hello.' }))).sentence).toContain('b.csv')
  expect(await rowsOf(zipOf({ 'a.txt': csv }))).toHaveLength(1)
})
