import { knownFormat } from './known-format.ts'

/**
 * Header and words by akashramj/Bitrue-Wallet-Parser (2,809 rows of an own export) and BittyTax#414. Orders that are opened and the
 * rest that they return are pairs that cancel, so they stay: changes add up with them and without them.
 */
const transactions = knownFormat({
  id: 'bitrue-transactions',
  name: 'Bitrue, transaction history',
  exchange: 'bitrue',
  header: ['Date(<clock>)', 'Account', 'Operation', 'Coin', 'Change'],
  layout: {
    granularity: 'ledger',
    stream: 'spot-ledger',
    time: 'Date(<clock>)',
    unit: 60_000,
    dateOrder: 'month-first',
    decimalSign: '.',
    columns: { account: 'Account', type: 'Operation', currency: 'Coin', amount: 'Change' },
    isSmall: true,
    decimals: { amount: 16 },
  },
  silent: ['What operations mean that nobody has told of: they are kept under their own word.'],
})

export const bitrueStatements = [transactions] as const
