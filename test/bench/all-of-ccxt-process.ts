import ccxt from 'ccxt'

/** The worker as it would be with the entry of the package ccxt: every exchange comes along. */
export { handler } from '../../lambdas/sync/worker.ts'

export const exchanges = ccxt.exchanges
