import type { ExchangeSamples } from '../../conformance/exchange.ts'

/** Rows as BingX's documentation prints them, or as its clients were served them. */
const publishedSpotFills = [
  {
    symbol: 'BTC-USDT',
    id: 36767057,
    orderId: '1745362930595004400',
    price: '46820.155',
    qty: '0.1430254',
    quoteQty: '6696.471396937',
    commission: '-0.000046483255',
    commissionAsset: 'BTC',
    time: 1704961925000,
    isBuyer: true,
    isMaker: false,
  },
  {
    symbol: 'BTC-USDT',
    id: 36767058,
    orderId: '1745362930595004400',
    price: '46820.155',
    qty: '0.0003844',
    quoteQty: '17.997667582000002',
    commission: '-1.2493e-07',
    commissionAsset: 'BTC',
    time: 1704961925000,
    isBuyer: true,
    isMaker: false,
  },
] as const

export const publishedFuturesFills = [
  // Its page prints no trade id with it.
  {
    symbol: 'BTC-USDT',
    qty: '0.0615',
    price: '76445.4',
    quoteQty: '4701.3921',
    role: 'taker',
    commission: '-2.350696',
    commissionAsset: 'USDT',
    orderId: '2100656013975973888',
    tradeId: '362625001',
    filledTm: '2026-09-18T02:39:57Z',
    filledTime: '2026-09-18T02:39:57.000+08:00',
    realisedPNL: '2.79210000',
    side: 'SELL',
    positionSide: 'LONG',
  },
  {
    symbol: 'ETH-USDT',
    qty: '0.002',
    price: '2689.17',
    quoteQty: '5.3783',
    role: 'taker',
    commission: '-0.002689',
    commissionAsset: 'VST',
    orderId: '2106065676096507904',
    tradeId: '362625236',
    filledTm: '2026-10-03T00:56:01Z',
    filledTime: '2026-10-03T00:56:01.000+0800',
    realisedPNL: '0.00000000',
    side: 'SELL',
    positionSide: 'BOTH',
  },
] as const

export const publishedOrderFills = [
  {
    filledTm: '2023-12-15T22:20:58Z',
    volume: '121',
    price: '0.0947',
    amount: '11.4575',
    commission: '-0.0023',
    currency: 'USDT',
    orderId: '1735666215777693696',
    liquidatedPrice: '',
    filledTime: '2023-12-15T22:20:58.000+0800',
    symbol: 'DOGE-USDT',
  },
] as const

export const publishedCoinFills = [
  {
    orderId: '1817441228670648320',
    symbol: 'SOL-USD',
    type: 'MARKET',
    side: 'BUY',
    positionSide: 'LONG',
    tradeId: '97244554',
    volume: '2',
    tradePrice: '182.652',
    amount: '20.00000000',
    realizedPnl: '0.00000000',
    commission: '-0.00005475',
    currency: 'SOL',
    buyer: true,
    maker: false,
    tradeTime: 1722146730000,
  },
] as const

export const publishedLedgerRows = [
  {
    symbol: 'LDO-USDT',
    incomeType: 'FUNDING_FEE',
    income: '-0.0292',
    asset: 'USDT',
    info: 'Funding Fee',
    time: 1702713615000,
    tranId: '170***6*2_3*9_20***97',
    tradeId: '170***6*2_3*9_20***97',
  },
] as const

export const publishedDeposits = [
  {
    amount: '49999.00000000',
    coin: 'USDTTRC20',
    network: 'TRC20',
    status: 6,
    address: '0x5fb3fb8e6a9c1ee5c3f9a9d2e9e7a1f3e4c9d6a1',
    addressTag: '',
    txId: '9f2a31c5a8c3',
    insertTime: 1701557778000,
    transferType: 0,
    unlockConfirm: '2/2',
    confirmTimes: '2/2',
  },
] as const

export const publishedWithdrawals = [
  {
    id: '1197073063359000577',
    withdrawOrderId: 'WITHDRAWtest123',
    amount: '8.91000000',
    transactionFee: '0.004',
    coin: 'USDTERC20',
    network: 'ERC20',
    status: 6,
    address: '0x94df8b352de7f46f64b01d3666bf6e936e44ce60',
    txId: '0xb5ef8c13b968a406cc62a93a8bd80f9e9a906ef1b3fcf20a2e48573c17659268',
    applyTime: '2023-12-14T04:05:02.000+08:00',
    transferType: 1,
    info: '',
  },
] as const

/** Written with an offset; not one of these says which clock it means. */
const written = {
  means: (text: string) => Date.parse(text),
  mistaken: ['2026-09-18T02:39:57Z', '2026-09-18', '2026-13-18T02:39:57+0800', '2026-09-18T02:39:57+08'],
}

export const bingxSamples: ExchangeSamples = {
  markets: {
    spot: new Map([
      ['BTC-USDT', { symbol: 'BTC-USDT', base: 'BTC', quote: 'USDT' }],
      ['ATOM(ARC20)-USDT', { symbol: 'ATOM(ARC20)-USDT', base: 'ATOM(ARC20)', quote: 'USDT' }],
    ]),
    futures: new Map([
      ['BTC-USDT', { symbol: 'BTC-USDT', base: 'BTC', quote: 'USDT', settle: 'USDT' }],
      [
        'NCCOGOLD2USD-USDT',
        { symbol: 'NCCOGOLD2USD-USDT', base: 'NCCOGOLD2USD', quote: 'USDT', settle: 'USDT' },
      ],
    ]),
  },
  marketAnswers: {
    spot: {
      symbols: [
        { symbol: 'BTC-USDT', status: 1 },
        { symbol: 'ATOM(ARC20)-USDT', status: 30 },
      ],
    },
    futures: [
      { contractId: '100', symbol: 'BTC-USDT', size: '0.0001', asset: 'BTC', currency: 'USDT' },
      { contractId: '101', symbol: 'NCCOGOLD2USD-USDT', size: '1', asset: 'NCCOGOLD2USD', currency: 'USDT' },
    ],
  },
  errorWords: ['The time range from startTs to endTs must be less than 7 days'],
  streams: {
    'spot-trade': {
      rows: [
        ...publishedSpotFills,
        { ...publishedSpotFills[0], symbol: '$U-USDT', commissionAsset: '$U', isMaker: true },
        { ...publishedSpotFills[0], symbol: 'MØTH-USDT', id: 7, isBuyer: false, commissionAsset: 'USDT' },
      ],
      wrap: (fills) => ({ fills }),
      nothing: [{ fills: null }],
      time: 'time',
      filters: { symbol: 'symbol', orderId: 'orderId' },
      identifying: ['id', 'orderId', 'price', 'qty'],
      mutable: { symbol: ['STRK-OLD-USDT'], quoteQty: ['1'], commission: ['-3'], isMaker: [true] },
      amounts: { price: 'price', amount: 'qty', quoteAmount: 'quoteQty', fee: '-commission' },
    },
    'futures-trade usdt-m': {
      rows: publishedFuturesFills,
      wrap: (rows) => ({ fill_history_orders: rows, total: rows.length }),
      nothing: [{ fill_history_orders: null }, { fill_orders: null }, { fill_orders: [] }],
      time: 'filledTime',
      written,
      filters: { symbol: 'symbol', orderId: 'orderId' },
      identifying: ['tradeId', 'orderId', 'price', 'qty'],
      mutable: { symbol: ['POL-USDT'], realisedPNL: ['1'], filledTm: ['2001-01-01T00:00:00Z'] },
      amounts: {
        price: 'price',
        amount: 'qty',
        quoteAmount: 'quoteQty',
        fee: '-commission',
        realizedPnl: 'realisedPNL',
      },
    },
    'futures-trade usdt-m-orders': {
      rows: [
        ...publishedOrderFills,
        { ...publishedOrderFills[0], orderId: '1735666215777693697', side: 'SELL', positionSide: 'SHORT' },
      ],
      wrap: (rows) => ({ fill_orders: rows }),
      nothing: [{ fill_orders: null }],
      time: 'filledTime',
      written,
      filters: { symbol: 'symbol', orderId: 'orderId' },
      identifying: ['orderId', 'volume'],
      mutable: { price: ['0.09'], amount: ['1'], symbol: ['POL-USDT'], filledTm: ['2001-01-01T00:00:00Z'] },
      amounts: { price: 'price', amount: 'volume', quoteAmount: 'amount', fee: '-commission' },
    },
    'futures-trade coin-m': {
      rows: publishedCoinFills,
      nothing: [null],
      time: 'tradeTime',
      filters: {},
      identifying: ['tradeId', 'orderId', 'tradePrice', 'volume'],
      mutable: { symbol: ['POL-USD'], realizedPnl: ['1'] },
      amounts: {
        price: 'tradePrice',
        contracts: 'volume',
        quoteAmount: 'amount',
        fee: '-commission',
        realizedPnl: 'realizedPnl',
      },
    },
    'futures-ledger': {
      rows: [
        ...publishedLedgerRows,
        { symbol: '', incomeType: 'TRANSFER', income: '100', asset: 'USDT', time: 1702713615001 },
        { ...publishedLedgerRows[0], incomeType: 'GTD_PRICE', income: '3.5' },
      ],
      nothing: [null],
      time: 'time',
      filters: { incomeType: 'incomeType', symbol: 'symbol' },
      identifying: ['incomeType', 'symbol', 'asset', 'income', 'time', 'tranId', 'tradeId'],
      mutable: { info: ['another remark'] },
      amounts: { amount: 'income' },
    },
    deposit: {
      rows: publishedDeposits,
      time: 'insertTime',
      filters: { coin: 'coin' },
      identifying: ['coin', 'network', 'txId', 'address', 'amount', 'insertTime'],
      mutable: { status: [0, 1, 2, 6, 9], confirmTimes: ['1/2'], unlockConfirm: ['1/2'] },
      amounts: { amount: 'amount' },
    },
    withdrawal: {
      rows: publishedWithdrawals,
      time: 'applyTime',
      written: { ...written, mistaken: written.mistaken.slice(0, 3) },
      filters: { coin: 'coin' },
      identifying: ['id'],
      mutable: {
        status: [4, 5, 6],
        transactionFee: ['1'],
        amount: ['8.9'],
        txId: ['0xabc'],
        address: ['0xdef'],
        applyTime: ['2023-12-14T04:05:03.000+08:00'],
      },
      amounts: { amount: 'amount', fee: 'transactionFee' },
    },
  },
}
