import { knownFormat } from './known-format.ts'

/**
 * The universal files of two tools, so that a history that was kept there, or in a spreadsheet of their form, can move here. Koinly's
 * as its help has it (support.koinly.io, article 9489976, times in UTC), its tags by article 9490023; CoinTracking's as programs of
 * 2026 and of the years before write it, its types by its list (cointracking.freshdesk.com, article 29000042783).
 */
const koinly = knownFormat({
  id: 'koinly-universal',
  name: 'Koinly, universal template',
  header:
    'Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,Net Worth Currency,Label,Description,TxHash'.split(
      ',',
    ),
  clock: 'UTC',
  layout: {
    granularity: 'fill',
    stream: 'spot-trade',
    time: 'Date',
    decimalSign: '.',
    columns: { fee: 'Fee Amount', feeCurrency: 'Fee Currency', txId: 'TxHash' },
    sides: {
      sent: 'Sent Amount',
      sentCoin: 'Sent Currency',
      received: 'Received Amount',
      receivedCoin: 'Received Currency',
      areWithFee: false,
      label: 'Label',
      means: {
        '': 'transfer',
        cost: 'fee',
        'fee refund': 'fee',
        'lending interest': 'earn-income',
        airdrop: 'airdrop',
        'realized gain': 'futures',
      },
    },
  },
  silent: [
    'Which market a trade was made on, and which of its coins is the base: what was received stands as bought.',
    'What a row of futures was: profit, funding and fees are all "realized gain".',
    'Whether what came without a label is a deposit: it stands as one.',
  ],
})

const sidesOfCointracking = {
  sent: 'Sell Amount',
  sentCoin: 'Sell Currency',
  received: 'Buy Amount',
  receivedCoin: 'Buy Currency',
  areWithFee: true,
  label: 'Type',
  means: {
    Deposit: 'transfer',
    Withdrawal: 'transfer',
    'Other Fee': 'fee',
    'Interest Income': 'earn-income',
    'Lending Income': 'earn-income',
    Airdrop: 'airdrop',
    'Derivatives / Futures Profit': 'realized-pnl',
    'Derivatives / Futures Loss': 'realized-pnl',
    'Margin Fee': 'commission',
  },
} as const

const cointracking = (id: string, name: string, last: string) =>
  knownFormat({
    id,
    name,
    header:
      `Type,Buy Amount,Buy Currency,Sell Amount,Sell Currency,Fee,Fee Currency,Exchange,Trade-Group,Comment,Date,${last}`.split(
        ',',
      ),
    layout: {
      granularity: 'fill',
      stream: 'spot-trade',
      time: 'Date',
      decimalSign: '.',
      columns: { fee: 'Fee', feeCurrency: 'Fee Currency' },
      sides: sidesOfCointracking,
      owner: 'Exchange',
    },
    silent: [
      'Which clock its times are of: that is the time zone of the CoinTracking account, and it is asked for.',
      'Which market a trade was made on, and which of its coins is the base: what was received stands as bought.',
      'What a fee in a third coin was paid for: it is a row of its own.',
      'Whether a profit or a loss of futures was funding.',
    ],
  })

export const templates = [
  koinly,
  cointracking(
    'cointracking-bulk',
    'CoinTracking, bulk import',
    'Liquidity pool,Tx-ID,Buy Value in Account Currency,Sell Value in Account Currency',
  ),
  cointracking(
    'cointracking-bulk-before-pools',
    'CoinTracking, bulk import as it was before it knew pools',
    'Tx-ID',
  ),
] as const
