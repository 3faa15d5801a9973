import type { WindowExchange } from '../../domain/exchange.ts'
import { closing } from './closing.ts'
import { credentials, credentialVariables, keyGuide, keyPage } from './credentials.ts'
import { families, sentences } from './errors.ts'
import { futuresLedgerStream } from './futures-ledger.ts'
import { futuresTradeStream } from './futures-trade.ts'
import { powers } from './powers.ts'
import { marketSources, serverTime } from './public.ts'
import { spotTradeStream } from './spot-trade.ts'
import { transferStream } from './transfers.ts'

/**
 * BitMart as data. Sources: developer-pro.bitmart.com (spot, account and futuresv2 sections), the official SDKs,
 * and ccxt's endpoint table. Where they disagree or say nothing, `unverified` says so and nothing depends on it.
 */
export const bitmart: WindowExchange = {
  id: 'bitmart',
  name: 'BitMart',
  hosts: { spot: 'https://api-cloud.bitmart.com', swap: 'https://api-cloud-v2.bitmart.com' },
  // ccxt sends every account path to the spot host, and what is neither spot nor account to the other.
  hostOfPath: { 'account/v1/transfer-contract-list': 'swap', 'system/time': 'spot' },
  hostVariables: { spot: 'BITMART_SPOT_URL', swap: 'BITMART_FUTURES_URL' },
  credentials,
  credentialVariables,
  // ccxt credits itself as the broker of every call; ours are the user's own.
  unwantedHeaders: ['X-BM-BROKER-ID'],
  families,
  sentences,
  probe: { stream: 'spot-trade' },
  accountMarks: ['spot-trade', 'futures-trade', 'withdrawal', 'deposit'],
  powers,
  uncheckable: ['spot trading'],
  serverTime,
  marketSources,
  streams: [
    spotTradeStream,
    futuresTradeStream,
    futuresLedgerStream,
    transferStream('withdrawal', 'Withdrawals', 'withdraw'),
    transferStream('deposit', 'Deposits', 'deposit'),
  ],
  // Borrowing, repayment and sub-accounts have endpoints of their own; of the others there is none
  // (endpoint tables of the official skills and SDKs, and of ccxt).
  absent: [
    'Isolated margin: what was borrowed, repaid and paid as interest, and what was moved between spot and margin, is not imported.',
    'Transfers between a main account and its sub-accounts are not imported.',
    'BitMart Earn: savings, staking and their interest are not imported.',
    'Coins that came or went without an order, a deposit or a withdrawal are not imported: conversions, purchases by card or from other people, airdrops, rewards, referral commission.',
  ],
  closing,
  keyGuide,
  keyPage,
  addressSeparator: ',',
}
