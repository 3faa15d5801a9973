import { z } from 'zod'
import type { ExchangeDefinition } from '../../domain/exchange.ts'
import { inverse, linear } from './contracts.ts'
import { credentials, credentialVariables, keyGuide } from './credentials.ts'
import { depositStream } from './deposits.ts'
import { families, sentences } from './errors.ts'
import { forcedOrderStream } from './forced-orders.ts'
import { futuresTradeStream } from './futures-trade.ts'
import { coinSource, holdings, marketSources, serverTime, toldLimits } from './public.ts'
import { spotTradeStream } from './spot-trade.ts'
import { walletTransferStream } from './wallet-transfers.ts'
import { withdrawalStream } from './withdrawals.ts'

/**
 * Bitrue as data. Sources: the documentation of its spot API (of 2021 to 2023) and of its futures API (of 2023 and later), its
 * SDK, the issues that its users filed, and ccxt's endpoint table. Where they disagree or say nothing, `unverified` says so and
 * nothing depends on it.
 */
export const bitrue: ExchangeDefinition = {
  id: 'bitrue',
  name: 'Bitrue',
  hosts: { spot: 'https://openapi.bitrue.com', futures: 'https://fapi.bitrue.com' },
  hostOfPath: {},
  hostOfRoot: { api: 'spot', fapi: 'futures', dapi: 'futures' },
  hostVariables: { spot: 'BITRUE_URL', futures: 'BITRUE_FUTURES_URL' },
  credentials,
  credentialVariables,
  unwantedHeaders: [],
  families,
  sentences,
  // What is to be read, of a symbol that will not leave: keys that may only read were once refused their balances.
  probe: {
    request: spotTradeStream.ask({ partition: 'BTCUSDT', filters: {}, limit: 1, skip: 0, page: 1 }),
    answer: z.array(z.unknown()),
  },
  // Ids of spot fills are Bitrue's own, and so are those of transactions; those of orders are unique among all accounts.
  accountMarks: ['spot-trade', 'futures-trade', 'withdrawal', 'deposit'],
  powers: { by: 'nothing' },
  uncheckable: ['spot trading', 'futures trading', 'withdrawals', 'transfers between wallets'],
  serverTime,
  marketSources,
  coinSource,
  holdings,
  toldLimits,
  streams: [
    spotTradeStream,
    futuresTradeStream(linear),
    futuresTradeStream(inverse),
    forcedOrderStream(linear),
    forcedOrderStream(inverse),
    withdrawalStream,
    depositStream,
    walletTransferStream(linear),
    walletTransferStream(inverse),
  ],
  absent: [
    'Funding of futures is not imported: Bitrue documents no question for it.',
    'Profit and loss of futures is not imported: Bitrue documents no ledger of futures, and a fill says neither what was gained by it nor whether it opened or closed a position. Of futures, the fills, their fees, the transfers to and from the spot wallet and the forced orders are imported.',
    'Fills of forced orders (liquidations, automatic deleveraging) are imported where they are among those of the contract, which nothing confirms: the orders are imported beside them, with what they realised, and no export takes money from them, so that nothing is counted twice.',
    'Interest of Power Piggy and other earnings, airdrops and rewards are not imported: Bitrue documents no history of them.',
    'Conversions, purchases by card or from other people, and referral commission are not imported: Bitrue documents no history of them.',
    'Sub-accounts, copy trading and grid bots are not imported: Bitrue documents no history of them.',
    'Fills of symbols and contracts, and transfers of coins, that had left the catalogue before the first import are not found unless they are named.',
  ],
  closing: [],
  keyGuide,
  addressSeparator: ',',
}
