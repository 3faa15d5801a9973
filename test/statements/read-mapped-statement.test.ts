import { expect, test } from 'vitest'
import { layoutSchema } from '../../lambdas/statements/layout.ts'
import { asked, bitmart, refused, rowsOf, tablesOf } from './read-files.ts'

/** Files whose columns their owner explains. */

test('a header that nobody knows is for its owner to explain: prefilled, and never applied unseen', async () => {
  const [question] = await asked(bitmart)
  expect(question).toMatchObject({
    about: 'layout',
    columns: ['Time', 'Symbol', 'Side', 'Price', 'Size', 'Total', 'Fee', 'Fee Coin', 'Order ID'],
    proposal: {
      time: 'Time',
      columns: {
        symbol: 'Symbol',
        price: 'Price',
        amount: 'Size',
        quoteAmount: 'Total',
        fee: 'Fee',
        feeCurrency: 'Fee Coin',
        orderId: 'Order ID',
      },
      words: [{ column: 'Side', isClosed: true, means: { buy: { side: 'buy' }, sell: { side: 'sell' } } }],
      symbol: { split: '_', join: '_' },
    },
  })
})

test.each([
  ['in German', 'Zeit;Markt;Richtung;Kurs;Menge;Gebühr;Gebührenwährung'],
  ['that say nothing of pairs', 'Zeit;Name;Richtung;Kurs;Menge;Gebühr;Gebührenwährung'],
])('a column of pairs is proposed by headings %s, with what parts their coins', async (_how, header) => {
  const [question] = await asked(`${header}\n03.02.2025 10:00:00;BTC_USDT;Kauf;1,5;0,1;0,5;USDT\n`)
  expect(question).toMatchObject({
    proposal: {
      time: 'Zeit',
      columns: {
        symbol: header.split(';')[1],
        price: 'Kurs',
        amount: 'Menge',
        fee: 'Gebühr',
        feeCurrency: 'Gebührenwährung',
      },
      words: [{ column: 'Richtung', means: { Kauf: { side: 'buy' } } }],
      symbol: { split: '_', join: '_' },
    },
  })
})

async function layoutFor(csv: string, more: object) {
  const [question] = await asked(csv)
  if (question?.about !== 'layout') throw new Error('no layout is asked for')
  const { time, columns, words, symbol } = question.proposal
  const layout = layoutSchema.parse({
    granularity: 'fill',
    stream: 'spot-trade',
    time,
    columns,
    words,
    symbol,
    ...more,
  })
  return { [question.signature]: layout }
}

test('what its owner explained is read, after the order of dates and the clock were asked for', async () => {
  const layouts = await layoutFor(bitmart, {})
  expect(await asked(bitmart, { layouts })).toMatchObject([
    { about: 'date-order', cells: ['03.02.2025 10:00:00', '04.02.2025 10:00:00'] },
    { about: 'clock', sentence: expect.stringContaining('does not say of which time zone') },
  ])
  const settings = { layouts, dateOrder: 'day-first', clock: 'Europe/Berlin' } as const
  expect(await rowsOf(bitmart, settings)).toMatchObject([
    {
      line: 2,
      times: [Date.UTC(2025, 1, 3, 9)],
      side: 'buy',
      symbol: 'BTC_USDT',
      base: 'BTC',
      price: '100000.5',
      amount: '0.1',
      quoteAmount: '10000.05',
      fee: '0.5',
      feeCurrency: 'USDT',
      orderId: '123',
    },
    { line: 3, side: 'sell', price: '100001.5' },
  ])
  const [table] = await tablesOf(bitmart, settings)
  expect(table?.format).toMatch(/^mapped:[0-9a-f]{32}$/)
  expect(table?.exchange).toBeUndefined()
})

test('a column of numbers that could be either is asked for, and obeyed', async () => {
  const csv = 'Time,Symbol,Side,Price,Size\n2025-02-13 10:00:00Z,BTC_USDT,buy,"1,234",1\n'
  const layouts = await layoutFor(csv, {})
  expect(await asked(csv, { layouts })).toEqual([
    { table: 'statement.csv', about: 'decimal-sign', column: 'Price', cells: ['1,234'] },
  ])
  const price = async (sign: '.' | ',') =>
    (await rowsOf(csv, { layouts, decimalSigns: { Price: sign } }))[0]?.price
  expect(await price(',')).toBe('1.234')
  expect(await price('.')).toBe('1234')
})

test('a layout that says too little, or names columns that are not there, is asked for again', async () => {
  const layouts = await layoutFor(bitmart, { words: [], columns: { price: 'Preis' } })
  expect(await asked(bitmart, { layouts })).toMatchObject([
    {
      about: 'layout',
      missing: [
        'Which column has the pair or the coin that was traded.',
        'Which column has the amount that was traded.',
        'Which column says whether it was bought or sold, and with which words.',
        'There is no column “Preis”.',
      ],
    },
  ])
})

test('a file of fees in three ways: a third coin, no coin, a rebate; and units that are glued to numbers', async () => {
  const csv = `Time,Symbol,Side,Price,Size,Fee
2025-02-13 10:00:00Z,BTC/USDT,buy,1.5,1BTC,0.001ETH
2025-02-13 10:00:01Z,BTC/USDT,buy,1.5,1BTC,0.5
2025-02-13 10:00:02Z,BTC/USDT,sell,1.5,1BTC,-0.25USDT
`
  const layouts = await layoutFor(csv, {})
  expect(await rowsOf(csv, { layouts })).toMatchObject([
    { amount: '1', base: 'BTC', fee: '0.001', feeCurrency: 'ETH' },
    { fee: '0.5' },
    { fee: '-0.25', feeCurrency: 'USDT' },
  ])
  const other = csv.replace('1BTC', '1DOGE')
  expect((await refused(other, { layouts: await layoutFor(other, {}) })).cells).toMatchObject([
    { line: 2, column: 'Size', text: '1DOGE', why: 'another coin than BTC' },
  ])
})

test('rows that are no events are left out and counted, and a sale can be told by its sign', async () => {
  const csv = `Time,Symbol,Price,Size,Status
2025-02-13 10:00:00Z,BTC/USDT,1.5,-1.5,Filled
2025-02-13 10:00:01Z,BTC/USDT,1.5,1.5,Cancelled
`
  const layouts = await layoutFor(csv, {
    isSideBySign: true,
    leftOut: [{ column: 'Status', words: ['cancelled'], why: 'a cancelled order' }],
  })
  expect(await rowsOf(csv, { layouts })).toMatchObject([{ side: 'sell', amount: '1.5' }])
  expect((await tablesOf(csv, { layouts }))[0]?.preview).toMatchObject({
    rows: 1,
    leftOutCount: 1,
    leftOut: [{ line: 3, why: 'a cancelled order' }],
  })
})

test('a column is named as the file has it, with its clock, and what was said is read of a file with another clock', async () => {
  const csv = (clock: string) =>
    `Time(${clock}),Symbol,Side,Price,Size\n2025-02-13 10:00:00,BTC_USDT,buy,2,1\n`
  const [question] = await asked(csv('UTC+8'))
  expect(question).toMatchObject({
    columns: ['Time(UTC+8)', 'Symbol', 'Side', 'Price', 'Size'],
    proposal: { time: 'Time(UTC+8)' },
  })
  const layouts = await layoutFor(csv('UTC+8'), {})
  for (const [clock, hour] of [
    ['UTC+8', 2],
    ['UTC-3', 13],
  ] as const)
    expect(await rowsOf(csv(clock), { layouts })).toMatchObject([{ times: [Date.UTC(2025, 1, 13, hour)] }])
})

test('a word that its owner did not explain is asked for with its line, all else as he said it, and can be said', async () => {
  const csv = `Time,Symbol,Way,Price,Size\n${'2025-02-13 10:00:00Z,BTC/USDT,in,2,1\n'.repeat(30)}2025-02-13 10:00:01Z,BTC/USDT,Odd,2,1\n`
  const words = (means: object) => [{ column: 'Way', isClosed: true, means }]
  const layouts = await layoutFor(csv, { words: words({ in: { side: 'buy' } }), granularity: 'order' })
  const [question] = await asked(csv, { layouts })
  expect(question).toMatchObject({
    about: 'layout',
    missing: ['Nothing says what “Odd” in “Way” means (line 32).'],
    proposal: { granularity: 'order', time: 'Time', words: words({ in: { side: 'buy' } }) },
  })
  if (question?.about !== 'layout') throw new Error('nothing is asked')
  expect(question.samples.some((cells) => cells.includes('Odd'))).toBe(true)
  const said = await layoutFor(csv, { words: words({ in: { side: 'buy' }, Odd: { side: 'sell' } }) })
  expect((await rowsOf(csv, { layouts: said })).at(-1)?.side).toBe('sell')
})

test('a word of a column of its owner’s that need not say anything is told where nothing says the side', async () => {
  const csv = 'Time,Symbol,Side,Price,Size\n2025-02-13 10:00:00Z,BTC/USDT,swap,2,1\n'
  const words = [{ column: 'Side', isClosed: false, means: { buy: { side: 'buy' } } }]
  const layouts = await layoutFor(csv, { words })
  expect((await tablesOf(csv, { layouts }))[0]?.preview.notes).toEqual([
    expect.stringMatching(/^Nobody here knows what one row was/),
  ])
})

test.each([
  ['Time,Pair,Side,Price,Qty,Leverage', '2025-02-13 10:00:00Z,BTC-USDT,buy,2,1,10', 'fill', 'futures-trade'],
  [
    'Time,Order No,Pair,Side,Price,Qty,Realized PNL',
    '2025-02-13 10:00:00Z,12,BTC-USDT,buy,2,1,0',
    'order',
    'futures-trade',
  ],
  ['Time,Amount,Coin,Futures', '2025-02-13 10:00:00Z,2,USDT,BTC-USDT', 'ledger', 'futures-ledger'],
])('a file of futures is proposed as one: %s', async (header, line, granularity, stream) => {
  const [question] = await asked(`${header}\n${line}\n`)
  expect(question).toMatchObject({ proposal: { granularity, stream } })
})

test('columns that are not there are told in one sentence', async () => {
  const layouts = await layoutFor(bitmart, {
    time: 'When',
    columns: { symbol: 'Pair', amount: 'Qty', price: 'Price' },
  })
  expect(await asked(bitmart, { layouts })).toMatchObject([
    { missing: ['There are no columns “When”, “Pair”, “Qty”.'] },
  ])
})
