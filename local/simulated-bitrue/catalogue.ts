/** A symbol as `GET /api/v1/exchangeInfo` lists it. Coins are in lower case. */
export type SymbolRow = {
  symbol: string
  status: 'TRADING' | 'HALT'
  baseAsset: string
  baseAssetPrecision: number
  quoteAsset: string
  quotePrecision: number
  orderTypes: readonly string[]
  icebergAllowed: boolean
  filters: readonly object[]
}

export type CoinRow = {
  coin: string
  coinFulName: string
  enableWithdraw: boolean
  enableDeposit: boolean
  chains: readonly string[]
}

/** A contract as `GET /{fapi,dapi}/v1/contracts` lists it: `multiplier` coins each, or dollars where `side` is 0. */
export type ContractRow = {
  symbol: string
  pricePrecision: number
  side: 0 | 1
  multiplier: number
  multiplierCoin: string
  type: 'E'
  status: 1
}

/** Names that are awkward: digits at the beginning, the name of another coin within, a leveraged token. */
const famous = [
  'btc',
  'eth',
  'xrp',
  'eos',
  '1inch',
  '1000sats',
  'xrp3l',
  'usdc',
  'sgb',
  'flr',
  'xdc',
  'a',
  'ab',
  'doge',
  'ada',
  'sol',
] as const

/** What coins are priced in, the first most often. */
const quotes = ['usdt', 'xrp', 'btc', 'eth', 'usdc'] as const

const chains = ['ERC20', 'TRC20', 'BEP20', 'SOLANA'] as const

/** `coins` names of coins, of which the first are known to everybody. */
function coinNames(coins: number): readonly string[] {
  const made = Array.from({ length: Math.max(0, coins - famous.length) }, (_, index) => {
    const letter = (place: number) => String.fromCharCode(97 + (Math.floor(index / 26 ** place) % 26))
    return `z${letter(2)}${letter(1)}${letter(0)}`
  })
  return [...famous, ...made].slice(0, coins)
}

/** As many symbols, of as many coins: each coin has its price in the first quote before any has one in the next. */
export function listedSymbols(symbols: number, coins: number): SymbolRow[] {
  const pairs = quotes.flatMap((quote) =>
    coinNames(coins)
      .filter((base) => base !== quote)
      .map((base) => ({ base, quote })),
  )
  return pairs.slice(0, symbols).map(({ base, quote }, index) => symbolRow(base, quote, index % 50 === 49))
}

function symbolRow(base: string, quote: string, isHalted: boolean): SymbolRow {
  return {
    symbol: (base + quote).toUpperCase(),
    status: isHalted ? 'HALT' : 'TRADING',
    baseAsset: base,
    baseAssetPrecision: 4,
    quoteAsset: quote,
    quotePrecision: 6,
    orderTypes: ['MARKET', 'LIMIT'],
    icebergAllowed: false,
    filters: [],
  }
}

export function listedCoins(coins: number): CoinRow[] {
  return [...new Set([...quotes, ...coinNames(coins)])].map((coin, index) => ({
    coin,
    coinFulName: coin,
    enableWithdraw: true,
    enableDeposit: true,
    chains: index % 3 === 0 ? chains.slice(0, 2) : [],
  }))
}

export function listedContracts(side: 0 | 1, count: number): ContractRow[] {
  return coinNames(count).map((coin, index) => ({
    symbol: `E-${coin.toUpperCase()}-${side === 0 ? 'USD' : index % 10 === 9 ? 'USDC' : 'USDT'}`,
    pricePrecision: 4,
    side,
    multiplier: side === 0 ? (index === 0 ? 100 : 10) : ([0.0001, 0.01, 10, 1][index % 4] ?? 1),
    multiplierCoin: coin.toUpperCase(),
    type: 'E',
    status: 1,
  }))
}
