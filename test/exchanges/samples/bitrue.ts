import type { ExchangeSamples } from '../../conformance/exchange.ts'

/** Rows as Bitrue's documentation prints them, or as its clients were served them. */
export const publishedSpotFill = {
  symbol: 'EOSUSDT',
  id: 101655008,
  tradeId: 4336943366145,
  orderId: '479767730815549440',
  price: '0.7310000000000000',
  qty: '38.3000000000000000',
  commission: '0.0274373540000000',
  commissionAssert: 'usdt',
  time: 1700117080000,
  isBuyer: true,
  isMaker: false,
  isBestMatch: true,
} as const

export const olderSpotFill = {
  symbol: 'USDCUSDT',
  id: 20725156,
  orderId: '2880918576',
  price: '0.9996000000000000',
  qty: '100.0000000000000000',
  commission: null,
  commissionAssert: null,
  time: 1635558511000,
  isBuyer: false,
  isMaker: false,
  isBestMatch: true,
} as const

export const publishedFuturesFill = {
  tradeId: 12,
  price: '0.9',
  qty: '1',
  amount: '9',
  contractName: 'E-SAND-USDT',
  side: 'BUY',
  fee: '0.0018',
  bidId: '1558124009467904992',
  askId: '1558124043827644908',
  bidUserId: 10294,
  askUserId: 10467,
  isBuyer: true,
  isMaker: true,
  ctime: 1678426306000,
} as const

/** What of it is kept: not whom was traded with. */
const { askUserId: _seller, ...ownFuturesFill } = publishedFuturesFill
const { bidUserId: _own, ...nobodysFuturesFill } = ownFuturesFill

const inverseFill = {
  ...nobodysFuturesFill,
  askUserId: 10294,
  tradeId: 7,
  contractName: 'E-BTC-USD',
  side: 'SELL',
  price: '25878.61801779',
  amount: '100',
  fee: '0.00000012',
  isBuyer: false,
  isMaker: false,
} as const

export const publishedWithdrawal = {
  id: 183745,
  symbol: 'usdt_erc20',
  amount: '8.4000000000000000',
  fee: '1.6000000000000000',
  payAmount: '0.0000000000000000',
  createdAt: 1595336441000,
  updatedAt: 1595336576000,
  addressFrom: '',
  addressTo: '0x2edfae3878d7b6db70ce4abed177ab2636f60c83',
  txid: '',
  confirmations: 0,
  status: 6,
  tagType: null,
} as const

export const publishedDeposit = {
  symbol: 'XRP',
  amount: '261.3361000000000000',
  fee: '0.0E-15',
  createdAt: 1548816979000,
  updatedAt: 1548816999000,
  addressFrom: '',
  addressTo: 'raLPjTYeGezfdb6crXZzcC8RkLBEwbBHJ5_18113641',
  txid: '86D6EB68A7A28938BCE06BD348F8C07DEF500C5F7FE92069EF8C0551CE0F2C7D',
  confirmations: 8,
  status: 1,
  tagType: 'Tag',
} as const

export const publishedWalletTransfer = {
  transferType: 'wallet_to_contract',
  symbol: 'USDT',
  amount: 566.0,
  status: 1,
  ctime: 1685562991000,
} as const

/** As the documentation prints it: of which contract it does not say. */
export const publishedForcedOrder = {
  id: '1690600111070971191',
  clientId: '0',
  uid: 11568,
  positionType: 2,
  open: 'CLOSE',
  side: 'SELL',
  type: 1,
  leverageLevel: 20,
  price: 25878.61801778723,
  volume: 357.0,
  realizedAmount: -44.21710198209588,
  dealVolume: 357,
  dealMoney: 923.8666632350041,
  lockMoney: 0.0,
  avgPrice: 25878.61801779,
  tradeFee: 0.0,
  status: 2,
  source: 6,
  ctime: '2023-06-13T20:55:51',
  mtime: '2023-06-13T12:55:51',
} as const

const forcedSamples = {
  time: 'ctime',
  written: {
    means: (text: string) => Date.parse(`${text}+08:00`),
    // Whether it is UTC, or the clock of the house with a letter behind it, cannot be told.
    mistaken: ['2023-06-13T20:55:51Z', '2023-06-13', '13/06/2023 20:55:51', '2023-06-13T20:55'],
  },
  filters: {},
  identifying: ['id', 'price'],
  mutable: {
    ctime: ['2023-06-13T12:55:51', '2023-06-13 20:55:51.000+0800', 1686660951000],
    mtime: ['2023-06-13T12:55:59', undefined],
    dealVolume: [358, undefined],
    open: ['OPEN', 'half', null],
    side: ['BUY', undefined],
    status: [3],
  },
  nothing: [null],
  amounts: {
    price: 'avgPrice',
    contracts: 'dealVolume',
    quoteAmount: 'dealMoney',
    fee: 'tradeFee',
    realizedPnl: 'realizedAmount',
  },
} as const

const walletTransferSamples = {
  time: 'ctime',
  filters: {},
  identifying: ['symbol', 'amount', 'ctime'],
  mutable: { status: [0, 2] },
  nothing: [null],
  amounts: { amount: 'amount' },
} as const

const fillSamples = {
  time: 'time',
  filters: {},
  identifying: ['id', 'orderId', 'price', 'qty'],
  // Since 2023 only, and a symbol may be renamed.
  mutable: { symbol: ['EOSUSD'], tradeId: [undefined, '77'], isBestMatch: [false] },
  amounts: { price: 'price', amount: 'qty', fee: 'commission' },
} as const

const contractSamples = {
  time: 'ctime',
  filters: {},
  identifying: ['tradeId', 'price', 'qty'],
  mutable: { contractName: ['E-OTHER-USDT'], amount: ['10'], fee: ['1'] },
  nothing: [null],
  amounts: { price: 'price', contracts: 'qty', fee: 'fee' },
} as const

export const bitrueSamples: ExchangeSamples = {
  markets: {
    spot: new Map([
      ['EOSUSDT', { symbol: 'EOSUSDT', base: 'EOS', quote: 'USDT' }],
      ['USDCUSDT', { symbol: 'USDCUSDT', base: 'USDC', quote: 'USDT' }],
    ]),
    futures: new Map([
      [
        'E-SAND-USDT',
        { symbol: 'E-SAND-USDT', base: 'SAND', quote: 'USDT', settle: 'USDT', contractSize: '10' },
      ],
      ['E-BTC-USD', { symbol: 'E-BTC-USD', base: 'BTC', quote: 'USD', settle: 'BTC' }],
    ]),
    coins: ['usdt', 'xrp'],
  },
  marketAnswers: {
    spot: {
      rateLimits: [{ rateLimitType: 'REQUESTS_WEIGHT', interval: 'MINUTES', limit: 25_000 }],
      symbols: [
        { symbol: 'EOSUSDT', status: 'TRADING', baseAsset: 'eos', quoteAsset: 'usdt' },
        { symbol: 'USDCUSDT', status: 'HALT', baseAsset: 'usdc', quoteAsset: 'usdt' },
      ],
      coins: [{ coin: 'usdt', chains: ['ERC20'] }, { coin: 'xrp' }],
    },
    futures: [
      { symbol: 'E-SAND-USDT', multiplier: 10, side: 1, type: 'E', status: 1 },
      { symbol: 'E-BTC-USD', multiplier: 100, side: 0, type: 'E', status: 1 },
    ],
  },
  errorWords: ['Timestamp for this request is outside of the recvWindow.', "You don't have permission."],
  streams: {
    'spot-trade': { ...fillSamples, rows: [publishedSpotFill, olderSpotFill], partition: 'EOSUSDT' },
    'futures-trade usdt-m contract': {
      ...contractSamples,
      rows: [ownFuturesFill, { ...nobodysFuturesFill, isBuyer: false, side: 'SELL', isMaker: false }],
      partition: 'E-SAND-USDT',
    },
    'futures-trade coin-m contract': { ...contractSamples, rows: [inverseFill], partition: 'E-BTC-USD' },
    'forced-order usdt-m contract': {
      ...forcedSamples,
      rows: [publishedForcedOrder, { ...publishedForcedOrder, id: '1690600111070971192', open: 'OPEN' }],
      partition: 'E-SAND-USDT',
    },
    'forced-order coin-m contract': {
      ...forcedSamples,
      amounts: { price: 'avgPrice', contracts: 'dealVolume', fee: 'tradeFee', realizedPnl: 'realizedAmount' },
      rows: [publishedForcedOrder],
      partition: 'E-BTC-USD',
    },
    withdrawal: {
      rows: [publishedWithdrawal, { ...publishedWithdrawal, id: 183746, status: 5, txid: '0xabc' }],
      partition: 'usdt',
      time: 'createdAt',
      nothing: [null],
      filters: {},
      identifying: ['id'],
      mutable: { status: [0, 5], txid: ['0xdef'], amount: ['8.4'], updatedAt: [1595336999000] },
      amounts: { amount: 'amount', fee: 'fee' },
    },
    deposit: {
      rows: [
        publishedDeposit,
        { ...publishedDeposit, amount: '20.0000000000000000', createdAt: 1544669393000 },
      ],
      partition: 'xrp',
      time: 'createdAt',
      nothing: [null],
      filters: {},
      identifying: ['txid', 'amount', 'addressTo', 'createdAt'],
      mutable: { status: [0], confirmations: [99], updatedAt: [1548816999999] },
      amounts: { amount: 'amount' },
    },
    'wallet-transfer usdt-m-in': {
      ...walletTransferSamples,
      rows: [publishedWalletTransfer, { ...publishedWalletTransfer, transferType: 'contract_to_wallet' }],
    },
    'wallet-transfer coin-m-in': {
      ...walletTransferSamples,
      rows: [{ ...publishedWalletTransfer, symbol: 'BTC', amount: 0.25 }],
    },
  },
}
