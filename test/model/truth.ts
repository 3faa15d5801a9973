import type { StreamKind } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import type { SimulatedAccount } from '../../local/simulated-bitmart/account.ts'

/** How many rows of each stream an account holds, read from the account itself. */
export function truthOf(account: SimulatedAccount): Readonly<Record<StreamKind, number>> {
  const transfers = (kind: string) => account.transfers.filter((row) => row.operation_type === kind).length
  return {
    'spot-trade': account.spotFills.length,
    'futures-trade': account.futuresFills.length,
    'futures-ledger': account.ledger.length,
    withdrawal: transfers('withdraw'),
    deposit: transfers('deposit'),
    'wallet-transfer': 0,
    'forced-order': 0,
    'spot-ledger': 0,
    'futures-position': 0,
  }
}

/** In the order in which `truthOf` names them. */
export function noCounts(): Record<StreamKind, number> {
  return {
    'spot-trade': 0,
    'futures-trade': 0,
    'futures-ledger': 0,
    withdrawal: 0,
    deposit: 0,
    'wallet-transfer': 0,
    'forced-order': 0,
    'spot-ledger': 0,
    'futures-position': 0,
  }
}

export function countsOf(rows: Iterable<Transaction>): Readonly<Record<StreamKind, number>> {
  const counts = noCounts()
  for (const { stream } of rows) counts[stream] += 1
  return counts
}

/** Every served row as text, sorted: what is stored must be exactly this, whatever the order. */
export function payloadsOf(account: SimulatedAccount): readonly string[] {
  return [account.spotFills, account.futuresFills, account.ledger, account.transfers]
    .flat()
    .map((row) => JSON.stringify(row))
    .sort()
}
