import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { formats } from '../../lambdas/formats/index.ts'
import { inputOf, written } from './input.ts'
import { meant } from './meant.ts'
import { parsedLines, readers } from './readers.ts'
import { smallAccount } from './small-account.ts'

/** As the tools publish them, letter by letter. */
const headings: Readonly<Record<string, string>> = {
  koinly:
    'Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,Net Worth Currency,Label,Description,TxHash',
  cointracking:
    'Type,Buy Amount,Buy Currency,Sell Amount,Sell Currency,Fee,Fee Currency,Exchange,Trade-Group,Comment,Date,Liquidity pool,Tx-ID,Buy Value in Account Currency,Sell Value in Account Currency',
  coinledger:
    'Date (UTC),Platform (Optional),Asset Sent,Amount Sent,Asset Received,Amount Received,Fee Currency (Optional),Fee Amount (Optional),Type,Description (Optional),TxHash (Optional)',
  cointracker:
    'Date,Received Quantity,Received Currency,Sent Quantity,Sent Currency,Fee Amount,Fee Currency,Tag',
  cryptact: 'Timestamp,Action,Source,Base,Volume,Price,Counter,Fee,FeeCcy,Comment',
  summ: 'Timestamp (UTC),Type,Base Currency,Base Amount,Quote Currency (Optional),Quote Amount (Optional),Fee Currency (Optional),Fee Amount (Optional),From (Optional),To (Optional),Blockchain (Optional),ID (Optional),Description (Optional),Reference Price Per Unit (Optional),Reference Price Currency (Optional)',
  blockpit:
    'Date (UTC),Integration Name,Label,Outgoing Asset,Outgoing Amount,Incoming Asset,Incoming Amount,Fee Asset (optional),Fee Amount (optional),Comment (optional),Trx. ID (optional)',
  coinpanda:
    'Timestamp (UTC),Type,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,Net Worth Currency,Label,Description,TxHash',
  awaken:
    'Date,Received Quantity,Received Currency,Received Fiat Amount,Sent Quantity,Sent Currency,Sent Fiat Amount,Fee Amount,Fee Currency,Transaction Hash,Notes,Tag',
  tokentax:
    'Type,BuyAmount,BuyCurrency,SellAmount,SellCurrency,FeeAmount,FeeCurrency,Exchange,Group,Comment,Date',
  'rotki-trades':
    'Location,Spend Currency,Receive Currency,Receive Amount,Spend Amount,Fee,Fee Currency,Description,Timestamp',
  'rotki-events': 'Type,Location,Currency,Amount,Fee,Fee Currency,Description,Timestamp',
  bittytax:
    'Type,Buy Quantity,Buy Asset,Buy Value in GBP,Sell Quantity,Sell Asset,Sell Value in GBP,Fee Quantity,Fee Asset,Fee Value in GBP,Wallet,Timestamp,Note,Tx ID',
}

const dates: Readonly<Record<string, { column: string; form: RegExp }>> = {
  koinly: { column: 'Date', form: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/ },
  cointracking: { column: 'Date', form: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/ },
  coinledger: { column: 'Date (UTC)', form: /^\d\d\/\d\d\/20\d\d \d\d:\d\d:\d\d$/ },
  cointracker: { column: 'Date', form: /^\d\d\/\d\d\/20\d\d \d\d:\d\d:\d\d$/ },
  cryptact: { column: 'Timestamp', form: /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d$/ },
  summ: { column: 'Timestamp (UTC)', form: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/ },
  blockpit: { column: 'Date (UTC)', form: /^\d\d\.\d\d\.20\d\d \d\d:\d\d:\d\d$/ },
  coinpanda: { column: 'Timestamp (UTC)', form: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/ },
  awaken: { column: 'Date', form: /^\d\d\/\d\d\/20\d\d \d\d:\d\d:\d\d$/ },
  tokentax: { column: 'Date', form: /^\d\d\/\d\d\/\d\d \d\d:\d\d$/ },
  'rotki-trades': { column: 'Timestamp', form: /^\d{13}$/ },
  'rotki-events': { column: 'Timestamp', form: /^\d{13}$/ },
  bittytax: { column: 'Timestamp', form: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6} UTC$/ },
}

/** Words that the tools' documents name, in the column where they stand. */
const words: Readonly<Record<string, { column: string; known: readonly string[] }>> = {
  koinly: { column: 'Label', known: ['', 'realized gain', 'fee refund', 'cost'] },
  cointracking: {
    column: 'Type',
    known: [
      'Trade',
      'Deposit',
      'Withdrawal',
      'Derivatives / Futures Profit',
      'Derivatives / Futures Loss',
      'Margin Fee',
      'Other Fee',
      'Other Income',
      'Other Expense',
    ],
  },
  coinledger: { column: 'Type', known: ['Trade', 'Deposit', 'Withdrawal', 'Income', 'Merchant Payment'] },
  cointracker: {
    column: 'Tag',
    known: ['', 'margin gain', 'margin loss', 'margin fee', 'margin rebate', 'rebate'],
  },
  cryptact: { column: 'Action', known: ['BUY', 'SELL', 'BONUS', 'LOSS', 'SENDFEE'] },
  blockpit: {
    column: 'Label',
    known: [
      'Trade',
      'Deposit',
      'Withdrawal',
      'Derivative Profit',
      'Derivative Loss',
      'Derivative Fee',
      'Cashback',
      'Fee',
    ],
  },
  summ: {
    column: 'Type',
    known: [
      'buy',
      'sell',
      'receive',
      'send',
      'realized-profit',
      'realized-loss',
      'margin-fee',
      'fee',
      'cashback',
      'income',
      'expense',
    ],
  },
  coinpanda: {
    column: 'Label',
    known: ['', 'Realized P&L', 'Margin Funding Cost', 'Margin Trading Fee', 'Cost'],
  },
  awaken: { column: 'Tag', known: [''] },
  tokentax: { column: 'Type', known: ['Trade', 'Deposit', 'Withdrawal', 'Income', 'Spend'] },
  'rotki-trades': { column: 'Location', known: ['external'] },
  bittytax: {
    column: 'Type',
    known: [
      'Trade',
      'Deposit',
      'Withdrawal',
      'Margin-Gain',
      'Margin-Loss',
      'Margin-Fee',
      'Margin-Fee-Rebate',
      'Fee-Rebate',
      'Income',
      'Spend',
    ],
  },
}

async function fileOf(id: string, rows = smallAccount): Promise<string> {
  const format = formats.get(id)
  if (format === undefined) throw new Error(`There is no format ${id}.`)
  return text(written(format, inputOf(rows)))
}

describe('every table', () => {
  it('is covered by these tests', () => {
    const tables = [...formats.values()].filter(
      ({ extension, id }) => extension === 'csv' && id !== 'canonical-csv',
    )
    expect(Object.keys(headings)).toEqual(tables.map(({ id }) => id))
    expect(Object.keys(dates)).toEqual(Object.keys(headings))
    expect(Object.keys(readers)).toEqual(Object.keys(headings))
  })

  it.each(Object.entries(headings))(
    'has the headings of its tool, and nothing else when empty: %s',
    async (id, line) => {
      expect(await fileOf(id, [])).toBe(`${line}\n`)
    },
  )

  it.each(Object.entries(dates))('spells dates as its tool reads them: %s', async (id, { column, form }) => {
    for (const fields of parsedLines(await fileOf(id))) expect(fields[column]).toMatch(form)
  })

  it.each(Object.entries(words))('uses only words that its tool knows: %s', async (id, { column, known }) => {
    const used = new Set(parsedLines(await fileOf(id)).map((fields) => fields[column]))
    expect([...used].filter((word) => word === undefined || !known.includes(word))).toEqual([])
  })
})

describe('the comments for cryptact', () => {
  it('hold no quotes and no backslash, which it refuses', async () => {
    const rows = smallAccount.map(({ origin, transaction }) =>
      meant({ origin: { ...origin, subaccount: `it's "a" \\ desk` }, transaction }),
    )
    const comments = parsedLines(await fileOf('cryptact', rows)).map((fields) => fields.Comment ?? '')
    expect(comments[0]).toMatch(/^bitmart its a {2}desk: spot fill/)
    expect(comments.filter((comment) => /['"\\]/.test(comment))).toEqual([])
  })
})
