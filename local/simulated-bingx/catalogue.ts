/** A pair as `GET /openApi/spot/v1/common/symbols` lists it: it names neither base nor quote. */
export type SpotSymbolRow = {
  symbol: string
  minQty: number
  maxQty: number
  minNotional: number
  maxNotional: number
  status: 1 | 30
  tickSize: number
  stepSize: number
  apiStateSell: boolean
  apiStateBuy: boolean
  timeOnline: number
  offTime: number
  maintainTime: number
}

/** A contract as `GET /openApi/swap/v2/quote/contracts` lists it. */
export type ContractRow = {
  contractId: string
  symbol: string
  size: string
  quantityPrecision: number
  pricePrecision: number
  feeRate: number
  makerFeeRate: number
  takerFeeRate: number
  tradeMinLimit: number
  tradeMinQuantity: number
  tradeMinUSDT: number
  currency: string
  asset: string
  status: 1
  apiStateOpen: 'true'
  apiStateClose: 'true'
  displayName: string
}

/** A contract as `GET /openApi/cswap/v1/market/contracts` lists it. `minTickSize` is its worth in dollars. */
export type CoinContractRow = {
  symbol: string
  pricePrecision: number
  minTickSize: string
  minTradeValue: string
  minQty: string
  status: 1
  timeOnline: number
}

export type Market = {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly price: string
  readonly priceDigits: number
  readonly sizeDigits: number
  /** Most whole units that one fill moves. */
  readonly mostUnits: number
  /** `gone`: off the catalogue; `offline`: listed with status 30. Both may have fills. */
  readonly listed: 'online' | 'offline' | 'gone'
}

/**
 * Pairs chosen to be awkward: signs, brackets and letters beyond ASCII in names, hyphens in them, a name that a token
 * migration left behind, a pair that is offline and one that is gone, a coin that ccxt renames (TRUMP).
 */
export const spotMarkets: readonly [Market, ...Market[]] = [
  market('BTC-USDT', '46820.155', 3, 7, 1),
  market('ETH-USDT', '3100.12', 2, 4, 9),
  market('ATOM(ARC20)-USDT', '0.00419', 5, 2, 9000),
  market('$U-USDT', '0.02718', 5, 1, 9000),
  market('MØTH-USDT', '0.000003142', 9, 0, 90_000_000),
  market('1INCH-USDT', '0.2871', 4, 1, 800),
  market('TRUMP-USDT', '8.412', 3, 2, 90),
  market('ETH-BTC', '0.04831', 5, 5, 3),
  { ...market('STRK-OLD-USDT', '0.3917', 4, 2, 700), listed: 'gone' },
  { ...market('LUNC-USDT', '0.00008127', 8, 0, 9_000_000), listed: 'offline' },
]

export const futuresMarkets: readonly [Market, ...Market[]] = [
  market('BTC-USDT', '76445.4', 1, 4, 0),
  market('ETH-USDT', '2689.17', 2, 3, 4),
  market('DOGE-USDT', '0.0947283', 7, 0, 9000),
  market('1000PEPE-USDT', '0.0081234', 7, 0, 90_000),
  market('SOL-USDC', '182.65', 2, 2, 30),
  market('MØTH-USDT', '0.000003142', 9, 0, 90_000_000),
  { ...market('OLD-USDT', '1.234', 3, 1, 500), listed: 'gone' },
]

export type CoinMarket = {
  readonly symbol: string
  readonly base: string
  readonly price: string
  readonly priceDigits: number
  /** Dollars that one contract is. */
  readonly worth: string
}

export const coinMarkets: readonly [CoinMarket, ...CoinMarket[]] = [
  { symbol: 'SOL-USD', base: 'SOL', price: '182.652', priceDigits: 3, worth: '10' },
  { symbol: 'BTC-USD', base: 'BTC', price: '76445.4', priceDigits: 1, worth: '100' },
  { symbol: 'ETH-USD', base: 'ETH', price: '2689.17', priceDigits: 2, worth: '10' },
]

export function listedSpotSymbols(): SpotSymbolRow[] {
  return spotMarkets
    .filter(({ listed }) => listed !== 'gone')
    .map(({ symbol, priceDigits, sizeDigits, listed }) => ({
      symbol,
      minQty: 10 ** -sizeDigits,
      maxQty: 9_999_999,
      minNotional: 1,
      maxNotional: 20_000,
      status: listed === 'online' ? 1 : 30,
      tickSize: 10 ** -priceDigits,
      stepSize: 10 ** -sizeDigits,
      apiStateSell: listed === 'online',
      apiStateBuy: listed === 'online',
      timeOnline: 0,
      offTime: 0,
      maintainTime: 0,
    }))
}

export function listedContracts(): ContractRow[] {
  return futuresMarkets
    .filter(({ listed }) => listed !== 'gone')
    .map(({ symbol, base, quote, priceDigits, sizeDigits }, position) => ({
      contractId: String(100 + position),
      symbol,
      size: (10 ** -sizeDigits).toFixed(sizeDigits),
      quantityPrecision: sizeDigits,
      pricePrecision: priceDigits,
      feeRate: 0.0005,
      makerFeeRate: 0.0002,
      takerFeeRate: 0.0005,
      tradeMinLimit: 0,
      // More than one step, where a step is a whole coin: what an amount is times this is not what was traded.
      tradeMinQuantity: sizeDigits === 0 ? 56 : 10 ** -sizeDigits,
      tradeMinUSDT: 2,
      currency: quote,
      asset: base,
      status: 1,
      apiStateOpen: 'true',
      apiStateClose: 'true',
      displayName: symbol,
    }))
}

export function listedCoinContracts(): CoinContractRow[] {
  return coinMarkets.map(({ symbol, priceDigits, worth }) => ({
    symbol,
    pricePrecision: priceDigits,
    minTickSize: worth,
    minTradeValue: worth,
    minQty: '1.00000000',
    status: 1,
    timeOnline: 1_712_710_000_000,
  }))
}

function market(
  symbol: string,
  price: string,
  priceDigits: number,
  sizeDigits: number,
  mostUnits: number,
): Market {
  const split = symbol.lastIndexOf('-')
  return {
    symbol,
    base: symbol.slice(0, split),
    quote: symbol.slice(split + 1),
    price,
    priceDigits,
    sizeDigits,
    mostUnits,
    listed: 'online',
  }
}
