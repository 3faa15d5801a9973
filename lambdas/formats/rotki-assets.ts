/**
 * What rotki calls a coin. Its importer of trades looks a received coin up by its identifier, and else by its symbol, which
 * must then be nobody else's (`symbol_to_asset_or_token` in rotkehlchen/assets/utils.py): a file that says USDT is refused row
 * by row. These are the tokens whose symbols are shared and whose identifiers rotki's own code gives
 * (rotkehlchen/constants/assets.py and rotkehlchen/assets/exchanges_mappings/common.py, read in 2026-11). Coins of a chain of
 * their own (BTC, ETH, SOL, BNB) have their symbol as identifier.
 */
const identifiers: ReadonlyMap<string, string> = new Map([
  ['1INCH', 'eip155:1/erc20:0x111111111117dC0aa78b770fA6A738034120C302'],
  ['AAVE', 'eip155:1/erc20:0x7Fc66500c84A76Ad7e9c93437bFc5Ac33E2DDaE9'],
  ['ARB', 'eip155:42161/erc20:0x912CE59144191C1204E64559FE8253a0e49E6548'],
  ['AXS', 'eip155:1/erc20:0xBB0E17EF65F82Ab018d8EDd776e8DD940327B28b'],
  ['BAL', 'eip155:1/erc20:0xba100000625a3754423978a60c9317c58a424e3D'],
  ['BAT', 'eip155:1/erc20:0x0D8775F648430679A709E98d2b0Cb6250d2887EF'],
  ['BNT', 'eip155:1/erc20:0x1F573D6Fb3F13d689FF844B4cE37794d79a7FF1C'],
  ['COMP', 'eip155:1/erc20:0xc00e94Cb662C3520282E6f5717214004A7f26888'],
  ['CRV', 'eip155:1/erc20:0xD533a949740bb3306d119CC777fa900bA034cd52'],
  ['CVX', 'eip155:1/erc20:0x4e3FBD56CD56c3e72c1403e103b45Db9da5B9D2B'],
  ['DAI', 'eip155:1/erc20:0x6B175474E89094C44Da98b954EedeAC495271d0F'],
  ['ENJ', 'eip155:1/erc20:0xF629cBd94d3791C9250152BD8dfBDF380E2a3B9c'],
  ['ENS', 'eip155:1/erc20:0xC18360217D8F7Ab5e7c516566761Ea12Ce7F9D72'],
  ['FTM', 'eip155:1/erc20:0x4E15361FD6b4BB609Fa63C81A2be19d873717870'],
  ['GALA', 'eip155:1/erc20:0x15D4c048F83bd7e37d49eA4C83a07267Ec4203dA'],
  ['GMX', 'eip155:42161/erc20:0xfc5A1A6EB076a2C7aD06eD22C90d7E710E35ad0a'],
  ['GRT', 'eip155:1/erc20:0xc944E90C64B2c07662A292be6244BDf05Cda44a7'],
  ['KNC', 'eip155:1/erc20:0xdd974D5C2e2928deA5F71b9825b8b646686BD200'],
  ['LINK', 'eip155:1/erc20:0x514910771AF9Ca656af840dff83E8264EcF986CA'],
  ['LRC', 'eip155:1/erc20:0xBBbbCA6A901c926F240b89EacB641d8Aec7AEafD'],
  ['MANA', 'eip155:1/erc20:0x0F5D2fB29fb7d3CFeE444a200298f468908cC942'],
  ['MATIC', 'eip155:1/erc20:0x7D1AfA7B718fb893dB30A3aBc0Cfc608AaCfeBB0'],
  ['MKR', 'eip155:1/erc20:0x9f8F72aA9304c8B593d555F12eF6589cC3A579A2'],
  ['OGN', 'eip155:1/erc20:0x8207c1FfC5B6804F6024322CcF34F29c3541Ae26'],
  ['OP', 'eip155:10/erc20:0x4200000000000000000000000000000000000042'],
  ['SAND', 'eip155:1/erc20:0x3845badAde8e6dFF049820680d1F14bD3903a5d0'],
  ['SNT', 'eip155:1/erc20:0x744d70FDBE2Ba4CF95131626614a1763DF805B9E'],
  ['SNX', 'eip155:1/erc20:0xC011a73ee8576Fb46F5E1c5751cA3B9Fe0af2a6F'],
  ['SPELL', 'eip155:1/erc20:0x090185f2135308BaD17527004364eBcC2D37e5F6'],
  ['SUSHI', 'eip155:1/erc20:0x6B3595068778DD592e39A122f4f5a5cF09C90fE2'],
  ['T', 'eip155:1/erc20:0xCdF7028ceAB81fA0C6971208e83fa7872994beE5'],
  ['TUSD', 'eip155:1/erc20:0x0000000000085d4780B73119b644AE5ecd22b376'],
  ['UNI', 'eip155:1/erc20:0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984'],
  ['USDC', 'eip155:1/erc20:0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48'],
  ['USDT', 'eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7'],
  ['WBTC', 'eip155:1/erc20:0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599'],
  ['WETH', 'eip155:1/erc20:0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2'],
  ['WOO', 'eip155:1/erc20:0x4691937a7508860F876c9c0a2a617E7d9E945D4B'],
  ['YFI', 'eip155:1/erc20:0x0bc529c00C6401aEF6D220BE8C6Ea1667F6Ad93e'],
  ['ZRX', 'eip155:1/erc20:0xE41d2489571d322189246DaFA5ebDe1F4699F498'],
])

/** rotki's identifier of the coin, and the coin as the exchange calls it where we know none. */
export function rotkiAsset(coin: string): string {
  return identifiers.get(coin) ?? coin
}

/** Said by both formats. */
export const unknownToRotki =
  "Coins under rotki's own identifiers where the symbol is no identifier: USDT, USDC, DAI, LINK and some forty more are written so. Any other coin that shares its symbol with another one is refused when it is received, and rotki lists the rows: put rotki's identifier of the coin (Manage Assets) in its place and import those rows again. Versions before September 2025 call Solana SOL-2 and refuse SOL."
