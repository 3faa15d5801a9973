import type { WindowExchange } from '../../domain/exchange.ts'
import { coinFuturesTradeStream } from './coin-futures-trade.ts'
import { credentials, credentialVariables, keyGuide, keyPage } from './credentials.ts'
import { depositStream } from './deposits.ts'
import { families, sentences } from './errors.ts'
import { futuresLedgerStream } from './futures-ledger.ts'
import { futuresOrderFillsStream } from './futures-order-fills.ts'
import { futuresTradeStream } from './futures-trade.ts'
import { accountSource, powers } from './powers.ts'
import { marketSources, serverTime } from './public.ts'
import { spotTradeStream } from './spot-trade.ts'
import { withdrawalStream } from './withdrawals.ts'

/**
 * BingX as data. Sources: bingx-api.github.io/docs (of 2023 to 2026) and its reference for agents, ccxt's endpoint table, and what
 * other clients measured. Where they disagree or say nothing, `unverified` says so and nothing depends on it.
 */
export const bingx: WindowExchange = {
  id: 'bingx',
  name: 'BingX',
  hosts: { bingx: 'https://open-api.bingx.com' },
  hostOfPath: {},
  hostVariables: { bingx: 'BINGX_URL' },
  credentials,
  credentialVariables,
  unwantedHeaders: ['X-SOURCE-KEY'],
  families,
  sentences,
  probe: { stream: 'spot-trade' },
  account: accountSource,
  // Ids of spot fills and deposits are BingX's own; those of orders are unique among all accounts.
  accountMarks: ['spot-trade', 'futures-trade', 'withdrawal', 'deposit'],
  powers,
  uncheckable: [],
  serverTime,
  marketSources,
  streams: [
    spotTradeStream,
    futuresTradeStream,
    futuresOrderFillsStream,
    coinFuturesTradeStream,
    futuresLedgerStream,
    withdrawalStream,
    depositStream,
  ],
  absent: [
    'Standard futures are not imported: BingX serves them symbol by symbol only, and what was traded in contracts that are gone cannot be found.',
    'Funding, transfers and liquidations of COIN-M futures are not imported: BingX serves no ledger of them. Of these contracts the fills are imported.',
    'Changes of the spot and fund accounts other than fills, deposits and withdrawals are not imported: BingX serves no ledger of conversions, P2P, cards, earn and its interest, airdrops, rewards and referral commission.',
    'Copy trading of those who follow, and grid bots, are not imported: BingX serves nothing of them.',
    'Transfers between the parts of an account are imported where the ledger of USDT-M futures tells them; BingX serves the others only to keys that may transfer.',
    'Transfers between a main account and its sub-accounts are not imported.',
  ],
  closing: [],
  keyGuide,
  keyPage,
  addressSeparator: ',',
}
