import { negate } from '../../domain/amount.ts'
import type { Amount, Transaction } from '../../domain/transaction.ts'

/** BingX tells fees as changes of a balance: what was paid is negative. */
export function feeOf(
  commission: Amount | undefined,
  coin: string | undefined,
): Pick<Transaction, 'fee' | 'feeCurrency'> {
  if (commission === undefined) return {}
  return { fee: negate(commission), feeCurrency: coin }
}
