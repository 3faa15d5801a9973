import type { AccountingEvent } from '../domain/accounting.ts'

type GainOrLoss = Extract<AccountingEvent, { kind: 'gain' | 'loss' }>

/** Words of ledgers that mean nothing other tools have a place for, as a journal's reader sees them. */
const ledgerWords: ReadonlyMap<string, string> = new Map([
  ['trial-fund', 'Trial fund'],
  ['auto-deleveraging', 'Auto-deleveraging'],
  ['system-deduction', 'System deduction'],
  ['guaranteed-price', 'Guaranteed price'],
])

const gains: Readonly<Record<GainOrLoss['cause'], string>> = {
  'realized-pnl': 'Realised profit',
  funding: 'Funding received',
  commission: 'Commission returned',
  liquidation: 'Liquidation received',
  rebate: 'Fee rebate',
  interest: 'Interest received',
  airdrop: 'Airdrop',
  conversion: 'Conversion, what came',
  other: 'Other gain',
}

const losses: Readonly<Record<GainOrLoss['cause'], string>> = {
  'realized-pnl': 'Realised loss',
  funding: 'Funding paid',
  commission: 'Commission',
  liquidation: 'Liquidation paid',
  rebate: 'Fee rebate taken back',
  interest: 'Interest taken back',
  airdrop: 'Airdrop taken back',
  conversion: 'Conversion, what went',
  other: 'Other loss',
}

/** What a journal books a gain or loss under: its cause, or the ledger's own word for it. A word that nobody knows is none. */
export function causeOf(event: GainOrLoss): string {
  return wordOf(event) === undefined ? event.cause : (event.transaction.type ?? event.cause)
}

/** What brought the gain or loss, for whoever reads the journal. */
export function causeWords(event: GainOrLoss): string {
  const word = wordOf(event)
  if (word !== undefined) return `${word} ${event.kind === 'gain' ? 'received' : 'paid'}`
  return (event.kind === 'gain' ? gains : losses)[event.cause]
}

function wordOf({ cause, transaction: { type = '' } }: GainOrLoss): string | undefined {
  return cause === 'other' ? ledgerWords.get(type) : undefined
}
