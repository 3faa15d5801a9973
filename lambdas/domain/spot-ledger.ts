/**
 * What a change of the spot wallet, or of one beside it, was for: the `type` of a row of the spot ledger whose word anybody explains. A
 * row whose word nobody explains keeps it.
 *
 * `frozen`: set aside for an order, or back from one. `transfer`: to or from another wallet of the account. `earn-move`: the same, into
 * or out of lending to the exchange; `earn-income` is what that brought. `convert`: coins became other coins at the exchange's
 * price, of which `dust` is what was too little to trade. `fee`: what was paid for something that stands elsewhere, or given back of it;
 * `income`, `expense`: what came and went, as far as whoever wrote the file says. `trade`, `trade-fee`: parts of trades that nobody could put together.
 */
export const spotLedgerTypes = [
  'trade',
  'trade-fee',
  'frozen',
  'transfer',
  'deposit',
  'withdrawal',
  'earn-move',
  'earn-income',
  'airdrop',
  'convert',
  'dust',
  'fee',
  'income',
  'expense',
] as const

export type SpotLedgerType = (typeof spotLedgerTypes)[number]
