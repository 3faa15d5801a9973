import type { ExchangeDefinition } from '../../domain/exchange.ts'
import { probes } from './rates.ts'

export const powers: ExchangeDefinition['powers'] = {
  by: 'probes',
  probes: [
    {
      power: 'withdraw',
      request: {
        access: 'private',
        method: 'GET',
        path: 'account/v1/withdraw/charge',
        params: { currency: 'USDT' },
        rate: probes,
      },
    },
    {
      power: 'futures-trade',
      request: {
        access: 'private',
        method: 'POST',
        path: 'account/v1/transfer-contract-list',
        params: { page: 1, limit: 10 },
        rate: probes,
      },
    },
  ],
}
