import { stringify } from 'lossless-json'
import type { SimulatedAccount } from './account.ts'
import type { FuturesFillRow } from './futures-fills.ts'

/** A row as an importer is to keep it, letter by letter, and what of it must be right. */
export type TrueRow = {
  readonly text: string
  /** Epoch milliseconds. */
  readonly time: number
  /** What was traded or moved: coins, or contracts. */
  readonly amount: string
  readonly symbol: string
}

/** Everything that an account holds, whether or not Bitrue can be made to show it. */
export type Truth = {
  readonly spotFills: readonly TrueRow[]
  readonly futuresFills: readonly TrueRow[]
  readonly deposits: readonly TrueRow[]
  readonly withdrawals: readonly TrueRow[]
  readonly walletTransfers: readonly TrueRow[]
  readonly forcedOrders: readonly TrueRow[]
}

export function truthOf(account: SimulatedAccount): Truth {
  const told = (row: object) => stringify(row) ?? ''
  return {
    spotFills: account.spotFills.map((row) => ({
      text: told(row),
      time: row.time,
      amount: row.qty,
      symbol: row.symbol,
    })),
    futuresFills: [...account.linearFills, ...account.inverseFills].map((row) => ({
      text: told(ownPart(row)),
      time: row.ctime,
      amount: row.qty,
      symbol: row.contractName,
    })),
    deposits: account.deposits.map((row) => ({
      text: told(row),
      time: row.createdAt,
      amount: row.amount,
      symbol: row.symbol,
    })),
    withdrawals: account.withdrawals.map((row) => ({
      text: told(row),
      time: row.createdAt,
      amount: row.amount,
      symbol: row.symbol,
    })),
    walletTransfers: account.walletTransfers.map((row) => ({
      text: told(row),
      time: row.ctime,
      amount: row.amount.toString(),
      symbol: row.symbol,
    })),
    // Letter by letter where times are told as in the documented example.
    forcedOrders: [...account.linearForced, ...account.inverseForced].map(({ contractName, time, row }) => ({
      text: told(row),
      time,
      amount: String(row.dealVolume),
      symbol: contractName,
    })),
  }
}

/** The row without whom was traded with: as an importer keeps it. */
function ownPart({ bidUserId, askUserId, ...row }: FuturesFillRow): object {
  const { isBuyer, isMaker, ctime, ...rest } = row
  return { ...rest, ...(isBuyer ? { bidUserId } : { askUserId }), isBuyer, isMaker, ctime }
}
