/**
 * What a change of the futures account was for: the words that an exchange's ledger is put into, each as one documents it, and
 * `realized gain`, by which tools for taxes call all that futures brought or cost.
 */
export const futuresLedgerTypes = [
  'realized-pnl',
  'funding',
  'commission',
  'liquidation',
  'transfer',
  'trial-fund',
  'auto-deleveraging',
  'system-deduction',
  'guaranteed-price',
  'realized gain',
] as const

export type FuturesLedgerType = (typeof futuresLedgerTypes)[number]
