import type { Layout } from './layout.ts'
import { isNothing, parseNumber } from './number-text.ts'
import { signBetween } from './pair-sign.ts'
import { parseTime } from './time-text.ts'

/** What a layout of its owner may begin with. Nothing is read by it before he has seen it. */
export type Proposal = {
  /** What a row is, where something tells. */
  readonly granularity?: Layout['granularity']
  readonly stream?: Layout['stream']
  readonly time?: string
  readonly columns: Layout['columns']
  readonly words: Layout['words']
  readonly symbol?: Layout['symbol']
}

type Looks = 'time' | 'number' | 'words'

/** Headings in the languages that exports were seen in, the surest first. Each column is proposed once. */
const headings: readonly (readonly [keyof Layout['columns'] | 'time' | 'side', Looks, RegExp])[] = [
  ['time', 'time', /time|date|时间|日時|日期|час|дата|время|datum|zeit|fecha/i],
  ['feeCurrency', 'words', /(fee|commission|手续费|gebühr).*(coin|currency|asset|币|währung)/i],
  ['fee', 'number', /fee|commission|手续费|手数料|комісія|комиссия|gebühr|comisión/i],
  ['realizedPnl', 'number', /realized|realised|pnl|profit|盈亏|損益/i],
  ['balance', 'number', /balance|available|余额|残高|баланс/i],
  ['tradeId', 'words', /(trade|deal|fill|detail|exec)[ _]?(id|no)/i],
  ['orderId', 'words', /order[ _]?(id|no|number)|订单号|注文番号|номер/i],
  ['txId', 'words', /tx|hash/i],
  ['address', 'words', /address|地址|アドレス|адрес/i],
  ['network', 'words', /network|chain|网络/i],
  ['symbol', 'words', /pair|symbol|market|instrument|contract|交易对|ペア|銘柄|пара|paar|markt|par$/i],
  ['side', 'words', /side|direction|方向|売買|сторона|напрямок|seite|richtung|lado/i],
  ['price', 'number', /price|rate|价格|価格|ціна|цена|preis|kurs|precio/i],
  ['quoteAmount', 'number', /total|value|notional|turnover|funds|成交额|金額|сума|сумма/i],
  [
    'amount',
    'number',
    /amount|qty|quantity|size|volume|filled|change|数量|кількість|количество|menge|cantidad/i,
  ],
  ['currency', 'words', /coin|currency|asset|币种|通貨|монета|валюта|währung/i],
  ['type', 'words', /type|kind|operation|类型|種類|тип|art/i],
]

const buys = /^(buy|bought|bid|long|买入?|買い?|купівля|купить|покупка|kauf|compra)$/i
const sells = /^(sell|sold|ask|short|卖出?|売り?|продаж|продать|продажа|verkauf|venta)$/i

/** A layout prefilled from headings and from what the cells beneath them look like. */
export function proposalFor(names: readonly string[], samples: readonly (readonly string[])[]): Proposal {
  const free = new Set(names)
  const columns: Partial<Record<keyof Layout['columns'], string>> = {}
  let time: string | undefined
  let side: string | undefined
  const cellsOf = (name: string) =>
    samples.map((cells) => cells[names.indexOf(name)] ?? '').filter((cell) => !isNothing(cell))
  for (const [field, looks, heading] of headings) {
    const name = [...free].find((one) => heading.test(one) && looksLike(looks, cellsOf(one)))
    if (name === undefined) continue
    free.delete(name)
    if (field === 'time') time = name
    else if (field === 'side') side = name
    else columns[field] = name
  }
  // A column of sides is one by its words, whatever its heading says.
  side ??= names.find((name) => cellsOf(name).length > 0 && cellsOf(name).every(isSide))
  if (columns.type === side) delete columns.type
  // So is one of pairs.
  columns.symbol ??= [...free].find((name) => cellsOf(name).length > 0 && cellsOf(name).every(isPair))
  if (columns.symbol === undefined) delete columns.symbol
  const split = columns.symbol === undefined ? undefined : signBetween(cellsOf(columns.symbol))
  return {
    ...kindOf(names, columns),
    ...(time !== undefined && { time }),
    columns,
    words: side === undefined ? [] : [{ column: side, isClosed: true, means: sidesOf(cellsOf(side)) }],
    ...(split !== undefined && { symbol: { split, join: split } }),
  }
}

/** What only futures have. */
const ofFutures = /leverage|reali[sz]ed|pnl|liquidation|futures|perpetual|funding|margin|杠杆|盈亏|損益/i

/** Of futures, what its rows are; of the rest nothing tells. */
function kindOf(
  names: readonly string[],
  columns: Layout['columns'],
): Pick<Proposal, 'granularity' | 'stream'> {
  if (!names.some((name) => ofFutures.test(name))) return {}
  if (columns.price === undefined && columns.quoteAmount === undefined)
    return { granularity: 'ledger', stream: 'futures-ledger' }
  const isOrder = columns.orderId !== undefined && columns.tradeId === undefined
  return { granularity: isOrder ? 'order' : 'fill', stream: 'futures-trade' }
}

/** What was said already, or is known, as far as a proposal has it. */
export function proposedBy({ granularity, stream, time, columns, words, symbol }: Layout): Proposal {
  return { granularity, stream, time, columns, words, ...(symbol !== undefined && { symbol }) }
}

function looksLike(looks: Looks, cells: readonly string[]): boolean {
  if (looks === 'words') return true
  return cells.every((cell) =>
    looks === 'time'
      ? parseTime(cell, 'day-first') !== undefined || parseTime(cell, 'month-first') !== undefined
      : parseNumber(cell, '.') !== undefined || parseNumber(cell, ',') !== undefined,
  )
}

/** Two coins, or a coin and the money it is traded for, in capitals. */
function isPair(cell: string): boolean {
  return /^[A-Z0-9]{2,10}[/_-][A-Z]{3,5}$/.test(cell)
}

function isSide(word: string): boolean {
  return buys.test(word) || sells.test(word)
}

/** Only words that are known to mean a side: the others are for their owner to say. */
function sidesOf(words: readonly string[]): Layout['words'][number]['means'] {
  return Object.fromEntries(
    [...new Set(words)]
      .filter(isSide)
      .map((word) => [word, { side: buys.test(word) ? ('buy' as const) : ('sell' as const) }]),
  )
}
