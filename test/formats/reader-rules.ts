import { Big } from 'big.js'
import type { Fields } from './readers.ts'

/**
 * What three tools refuse, from their documents and their own importers: rotki (rotkehlchen/data_import), BittyTax (README and
 * `TYPE_VALIDATION` in t_row.py) and cryptact (its help on custom files). Each says why a line would not be taken.
 */
export const refusals: Readonly<Record<string, (fields: Fields) => readonly string[]>> = {
  'rotki-trades': (fields) => [
    ...rotkiRefusals(fields),
    ...['Spend', 'Receive'].flatMap((side) => [
      ...(isAmount(fields[`${side} Amount`]) ? [] : [`${side} Amount is ${fields[`${side} Amount`]}`]),
      ...rotkiAssetRefusals(fields[`${side} Currency`]),
    ]),
  ],
  'rotki-events': (fields) => [
    ...rotkiRefusals(fields),
    ...(rotkiTypes.includes(fields.Type ?? '') ? [] : [`Unsupported entry ${fields.Type}`]),
    ...(isAmount(fields.Amount) ? [] : [`Amount is ${fields.Amount}`]),
    ...rotkiAssetRefusals(fields.Currency),
  ],
  bittytax: bittytaxRefusals,
  cryptact: cryptactRefusals,
}

const rotkiTypes = ['Deposit', 'Withdrawal', 'Income', 'Loss', 'Spend', 'Staking']

/** Tokens that share their symbol with others in rotki's packaged database: only the identifier finds them. */
export const rotkiTokens: ReadonlyMap<string, string> = new Map([
  ['eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7', 'USDT'],
  ['eip155:1/erc20:0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48', 'USDC'],
  ['eip155:1/erc20:0x6B175474E89094C44Da98b954EedeAC495271d0F', 'DAI'],
  ['eip155:1/erc20:0x514910771AF9Ca656af840dff83E8264EcF986CA', 'LINK'],
  ['eip155:1/erc20:0x111111111117dC0aa78b770fA6A738034120C302', '1INCH'],
])

const shared = new Set(rotkiTokens.values())

/** `Unknown asset` is what rotki says of a symbol that several of its assets have. */
function rotkiAssetRefusals(asset = ''): readonly string[] {
  const known = asset.includes('/') ? rotkiTokens.has(asset) : asset !== '' && !shared.has(asset)
  return known ? [] : [`Unknown asset ${asset}`]
}

function rotkiRefusals(fields: Fields): readonly string[] {
  const { Fee = '', 'Fee Currency': feeCurrency = '', Timestamp = '' } = fields
  return [
    ...(/^\d{13}$/.test(Timestamp) ? [] : [`Timestamp is ${Timestamp}`]),
    ...(Fee === '' || isAmount(Fee) ? [] : [`Fee is ${Fee}`]),
    ...(Fee === '' ? [] : rotkiAssetRefusals(feeCurrency)),
  ]
}

function isAmount(text = ''): boolean {
  return /^\d+(\.\d+)?$/.test(text) && new Big(text).gt(0)
}

const bittytaxTypes: Readonly<Record<string, readonly ('Buy' | 'Sell')[]>> = {
  Trade: ['Buy', 'Sell'],
  Deposit: ['Buy'],
  Income: ['Buy'],
  Interest: ['Buy'],
  Airdrop: ['Buy'],
  'Fee-Rebate': ['Buy'],
  'Margin-Gain': ['Buy'],
  'Margin-Fee-Rebate': ['Buy'],
  Withdrawal: ['Sell'],
  Spend: ['Sell'],
  'Margin-Loss': ['Sell'],
  'Margin-Fee': ['Sell'],
}

function bittytaxRefusals(fields: Fields): readonly string[] {
  const sides = bittytaxTypes[fields.Type ?? '']
  if (sides === undefined) return [`unrecognised transaction type: ${fields.Type}`]
  const { Timestamp = '', 'Fee Quantity': fee = '', 'Fee Asset': feeAsset = '' } = fields
  return [
    ...(['Buy', 'Sell'] as const).flatMap((side) => {
      const [quantity = '', asset = ''] = [fields[`${side} Quantity`], fields[`${side} Asset`]]
      if (!sides.includes(side)) return quantity + asset === '' ? [] : [`unexpected data in ${side} Quantity`]
      return isAmount(quantity) && asset !== '' ? [] : [`missing data for ${side} Quantity`]
    }),
    ...((fee === '') === (feeAsset === '') ? [] : ['a fee without its asset']),
    ...(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6} UTC$/.test(Timestamp) ? [] : [`Timestamp is ${Timestamp}`]),
  ]
}

/** All but the comment and, without a trade, the price are required; base and counter differ. */
function cryptactRefusals(fields: Fields): readonly string[] {
  const { Action = '', Base = '', Volume = '', Price = '', Counter = '', Fee = '', Comment = '' } = fields
  const isTrade = ['BUY', 'SELL'].includes(Action)
  return [
    ...(isTrade || ['BONUS', 'LOSS', 'SENDFEE'].includes(Action) ? [] : [`Action is ${Action}`]),
    ...Object.entries(fields)
      .filter(([name, text]) => text === '' && name !== 'Comment' && (isTrade || name !== 'Price'))
      .map(([name]) => `${name} is missing`),
    ...(isAmount(Volume) ? [] : [`Volume is ${Volume}`]),
    ...(isTrade && !isAmount(Price) ? [`Price is ${Price}`] : []),
    ...(/^\d+(\.\d+)?$/.test(Fee) ? [] : [`Fee is ${Fee}`]),
    ...(Base === Counter ? ['Base and Counter are the same'] : []),
    ...(/['"`\\]/.test(Comment) ? [`Comment is ${Comment}`] : []),
  ]
}
