/** What a change in a ledger was for, as far as a statement's own word tells. `other`: it moved something, and nobody knows why. */
export type LedgerCause =
  | 'trade'
  | 'trade-fee'
  | 'frozen'
  | 'realized-pnl'
  | 'funding'
  | 'commission'
  | 'liquidation'
  | 'transfer'
  | 'deposit'
  | 'withdrawal'
  | 'earn-move'
  | 'earn-income'
  | 'airdrop'
  | 'convert'
  | 'dust'
  | 'other'

const causes: ReadonlyMap<string, LedgerCause> = new Map([
  // Bitrue, seen in real exports.
  ['tradetransferquoteamount', 'trade'],
  ['tradetransferbaseamount', 'trade'],
  ['tradetransferquotefeesell', 'trade-fee'],
  ['createorder', 'frozen'],
  ['orderreturnremainbaseamount', 'frozen'],
  ['convert', 'convert'],
  ['powerpiggy', 'earn-move'],
  ['powerpiggylockinterestincome', 'earn-income'],
  ['airdrop', 'airdrop'],
  ['depositincome', 'deposit'],
  // BingX, written down from real exports; the last ones are the words of its API.
  ['tradingfee', 'commission'],
  ['fundingfee', 'funding'],
  ['realizedpnl', 'realized-pnl'],
  ['withdraw', 'withdrawal'],
  ['deposit', 'deposit'],
  ['spotaccountfundaccount', 'transfer'],
  ['fundaccountspotaccount', 'transfer'],
  ['commission', 'commission'],
  ['funding', 'funding'],
  ['liquidation', 'liquidation'],
  ['transfer', 'transfer'],
])

/** By letters and digits alone, since one word is written in several ways. */
export function ledgerCause(type: string | undefined): LedgerCause {
  return causes.get((type ?? '').toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')) ?? 'other'
}
