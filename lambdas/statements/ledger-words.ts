import { type FuturesLedgerType, futuresLedgerTypes } from '../domain/futures-ledger.ts'
import { type SpotLedgerType, spotLedgerTypes } from '../domain/spot-ledger.ts'

/** What a change in a ledger was for, as far as a statement's own word tells. `other`: it moved something, and nobody knows why. */
export type LedgerCause = SpotLedgerType | FuturesLedgerType | 'other'

const causes: ReadonlyMap<string, LedgerCause> = new Map<string, LedgerCause>([
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
  ['withdraw', 'withdrawal'],
  // Paid for outside of the exchange, to somebody there.
  ['p2pbuy', 'deposit'],
  ['spotaccountfundaccount', 'transfer'],
  ['fundaccountspotaccount', 'transfer'],
  ['insuranceclear', 'liquidation'],
  ['adl', 'auto-deleveraging'],
  ['gtdprice', 'guaranteed-price'],
  ...futuresLedgerTypes.map((type) => [lettersOf(type), type] as const),
  // Our own words, so that whoever maps a statement can say what its words mean.
  ...spotLedgerTypes.map((type) => [lettersOf(type), type] as const),
])

/** By letters and digits alone, since one word is written in several ways. */
export function ledgerCause(type: string | undefined): LedgerCause {
  return causes.get(lettersOf(type ?? '')) ?? 'other'
}

function lettersOf(word: string): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}
