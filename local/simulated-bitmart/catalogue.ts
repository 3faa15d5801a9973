/** A trading pair as `GET /spot/v1/symbols/details` lists it. */
export type SpotSymbolRow = {
  symbol: string
  symbol_id: number
  base_currency: string
  quote_currency: string
  quote_increment: string
  base_min_size: string
  price_min_precision: number
  price_max_precision: number
  expiration: string
  min_buy_amount: string
  min_sell_amount: string
  trade_status: string
}

/** A contract as `GET /contract/public/details` lists it. */
export type ContractRow = {
  symbol: string
  product_type: number
  open_timestamp: number
  expire_timestamp: number
  settle_timestamp: number
  base_currency: string
  quote_currency: string
  last_price: string
  volume_24h: string
  turnover_24h: string
  index_price: string
  index_name: string
  contract_size: string
  min_leverage: string
  max_leverage: string
  price_precision: string
  vol_precision: string
  max_volume: string
  market_max_volume: string
  min_volume: string
  funding_rate: string
  expected_funding_rate: string
  open_interest: string
  open_interest_value: string
  high_24h: string
  low_24h: string
  change_24h: string
  funding_interval_hours: number
  funding_time: number
  status: string
  delist_time: number
}

export type SpotMarket = {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly price: string
  readonly priceDigits: number
  /** Most whole units that one fill moves. */
  readonly mostUnits: number
  readonly sizeDigits: number
  /** False for a pair that was taken off the catalogue but has fills. */
  readonly listed: boolean
}

/**
 * Pairs chosen to be awkward: names that begin with a digit or a sign, lower case, coins that ccxt renames
 * (BP, TRU), amounts of thirty digits, a pair that is no longer in the catalogue.
 */
export const spotMarkets: readonly [SpotMarket, ...SpotMarket[]] = [
  spot('BTC', 'USDT', '64000.00', 2, 2, 5),
  spot('ETH', 'USDT', '3100.00', 2, 20, 4),
  spot('ADA', 'USDT', '0.245948', 6, 900, 2),
  spot('ETH', 'BTC', '0.048312', 6, 9, 5),
  spot('BMX', 'USDT', '0.31420', 5, 5000, 2),
  spot('1INCH', 'USDT', '0.2871', 4, 800, 1),
  spot('$PAC', 'USDT', '0.000000000123456789', 18, 99_999_999_999, 18),
  spot('usdk', 'USDT', '0.9998', 4, 300, 6),
  spot('xSUSHI', 'ETH', '0.00045210', 8, 300, 6),
  spot('BP', 'USDT', '0.00071', 5, 90_000, 0),
  spot('TRU', 'USDT', '0.07310', 5, 4000, 3),
  { ...spot('GONE', 'USDT', '0.0042', 4, 70_000, 1), listed: false },
]

export type FuturesMarket = {
  readonly symbol: string
  readonly base: string
  readonly price: string
  readonly priceDigits: number
  /** Base units per contract. */
  readonly contractSize: string
  readonly listed: boolean
}

export const futuresMarkets: readonly [FuturesMarket, ...FuturesMarket[]] = [
  contract('BTC', '64000.0', 1, '0.001'),
  contract('ETH', '3100.00', 2, '0.01'),
  contract('LTC', '82.31', 2, '0.01'),
  contract('DOGE', '0.12345', 5, '10'),
  contract('1000PEPE', '0.0081234', 7, '100'),
  contract('1INCH', '0.2871', 4, '1'),
  { ...contract('OLD', '1.234', 3, '0.1'), listed: false },
]

export function listedSpotSymbols(): SpotSymbolRow[] {
  return spotMarkets
    .filter((market) => market.listed)
    .map((market, position) => ({
      symbol: market.symbol,
      symbol_id: 53 + position,
      base_currency: market.base,
      quote_currency: market.quote,
      quote_increment: '0.00001',
      base_min_size: '0.000010000000000000000000000000',
      price_min_precision: -1,
      price_max_precision: market.priceDigits,
      expiration: 'NA',
      min_buy_amount: '5.000000000000000000000000000000',
      min_sell_amount: '5.000000000000000000000000000000',
      trade_status: 'trading',
    }))
}

export function listedContracts(): ContractRow[] {
  return futuresMarkets
    .filter((market) => market.listed)
    .map((market) => ({
      symbol: market.symbol,
      product_type: 1,
      open_timestamp: 1_594_080_000_000,
      expire_timestamp: 0,
      settle_timestamp: 0,
      base_currency: market.base,
      quote_currency: 'USDT',
      last_price: market.price,
      volume_24h: '18969368',
      turnover_24h: '458933659.7858',
      index_price: market.price,
      index_name: market.symbol,
      contract_size: market.contractSize,
      min_leverage: '1',
      max_leverage: '100',
      price_precision: '0.1',
      vol_precision: '1',
      max_volume: '1000000',
      market_max_volume: '50000',
      min_volume: '1',
      funding_rate: '0.0001',
      expected_funding_rate: '0.00011',
      open_interest: '278214',
      open_interest_value: '17555316.9355496',
      high_24h: market.price,
      low_24h: market.price,
      change_24h: '0.004',
      funding_interval_hours: 8,
      funding_time: 1_726_819_200_000,
      status: 'Trading',
      delist_time: 0,
    }))
}

function spot(
  base: string,
  quote: string,
  price: string,
  priceDigits: number,
  mostUnits: number,
  sizeDigits: number,
): SpotMarket {
  return { symbol: `${base}_${quote}`, base, quote, price, priceDigits, mostUnits, sizeDigits, listed: true }
}

function contract(base: string, price: string, priceDigits: number, contractSize: string): FuturesMarket {
  return { symbol: `${base}USDT`, base, price, priceDigits, contractSize, listed: true }
}
