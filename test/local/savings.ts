import type { Connection } from '../../lambdas/domain/connection.ts'

/** An account at BitMart whose key is gone: its history stays. */
export const savings: Connection = {
  id: 'aaaa000000000000',
  user: 'local',
  exchange: 'bitmart',
  subaccount: '',
  label: 'Savings',
  keyHint: 'x9f2',
  status: 'disconnected',
  createdAt: 1,
}
