import type { ExchangeDefinition, Power } from './exchange.ts'

/** What a key with the power can do, and what the power allows, as sentences go on with it. */
export const powerWords: Readonly<Record<Power, { readonly can: string; readonly allows: string }>> = {
  'spot-trade': { can: 'trade on the spot market', allows: 'spot trading' },
  'futures-trade': { can: 'trade futures', allows: 'futures trading' },
  withdraw: { can: 'withdraw funds', allows: 'withdrawals' },
  transfer: { can: 'move funds between wallets', allows: 'transfers between wallets' },
  'subaccount-transfer': {
    can: 'move funds between the main account and its sub-accounts',
    allows: 'transfers between the main account and its sub-accounts',
  },
}

/** The powers that can be found out before anything is stored. */
export function checkedPowers({ powers }: Pick<ExchangeDefinition, 'powers'>): readonly Power[] {
  switch (powers.by) {
    case 'probes':
      return powers.probes.map(({ power }) => power)
    case 'list':
      return powers.tells
    case 'nothing':
      return []
  }
}
