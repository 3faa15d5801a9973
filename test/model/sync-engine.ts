import { coverageStore } from '../../lambdas/adapters/coverage.ts'
import { leaseStore } from '../../lambdas/adapters/lease.ts'
import { sumsStore } from '../../lambdas/adapters/sums.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import { believableTiming } from '../../lambdas/domain/client.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { counted } from '../../lambdas/domain/transaction.ts'
import { exchangeTime } from '../../lambdas/exchanges/exchange-time.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'

/** All that the invariants are checked against, in one piece, so that a mutant of it can take its place. */
export const engine = {
  syncConnection,
  coverageStore,
  leaseStore,
  sumsStore,
  transactionStore,
  believableTiming,
  counted,
  exchangeTime,
  FailureError,
}

export type Engine = typeof engine
