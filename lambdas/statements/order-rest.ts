import { add, canonical, isZero, multiply, negate, sign } from '../domain/amount.ts'
import { compareBytes } from '../domain/byte-order.ts'
import { type Amount, identityOf, type Transaction } from '../domain/transaction.ts'
import { unitOf, unitsOf } from '../domain/units.ts'
import { decimalsOf, type Known } from './known.ts'
import { countIn, type Group, type Layer, rowKey } from './layers.ts'
import { type MergedRow, transactionFields } from './merged-row.ts'
import type { NumberField } from './row.ts'
import { pairOf } from './told.ts'

/** An order's id is counted by the exchange, or by each of its markets. */
export function orderName(
  row: Pick<Transaction, 'orderId' | 'symbol' | 'base' | 'quote'> & { readonly stream: string },
): string | undefined {
  return row.orderId === undefined ? undefined : identityOf(row.stream, row.orderId, pairOf(row) ?? '')
}

/** What is worked out anew for what fills leave of an order. */
const moneyFields = ['price', 'amount', 'contracts', 'quoteAmount', 'fee', 'realizedPnl'] as const

/** Every telling of one order. */
export type Orders = readonly [Group, ...Group[]]

/** The lines of the reading that tells the most of an order: as a rule one. */
function fullest(orders: Orders): readonly [Group['row'], ...Group['row'][]] {
  const linesOf = (reading: number) =>
    orders.flatMap((order) => Array.from({ length: countIn(order, reading) }, () => order.row))
  const readings = new Set(orders.flatMap(({ tellings }) => tellings.map((one) => one.reading)))
  const [first, ...more] =
    [...readings].map(linesOf).sort((a, b) => compareSums(a, b) || compareBytes(keysOf(a), keysOf(b)))[0] ??
    []
  return first === undefined ? [orders[0].row] : [first, ...more]
}

function compareSums(a: readonly Group['row'][], b: readonly Group['row'][]): number {
  const [one, other] = [a, b].map((lines) => sumOf(lines.map((line) => line.amount ?? line.contracts)) ?? '0')
  return sign(add(other ?? '0', negate(one ?? '0')))
}

function keysOf(lines: readonly Group['row'][]): string {
  return lines.map(rowKey).sort(compareBytes).join(' ')
}

/**
 * What of an order its fills do not tell: the fullest telling of it, less them. `told`: they tell all that was traded; `whole` is the
 * order then, whose fee or profit they may not say.
 */
export type Rest =
  | { readonly kind: 'rest'; readonly row: MergedRow }
  | { readonly kind: 'told'; readonly whole?: MergedRow }
  | { readonly kind: 'more' }

export function restOf(layer: Layer, orders: Orders, fills: readonly Known[]): Rest {
  const lines = fullest(orders)
  const [row] = lines
  const place = {
    stream: row.stream,
    time: row.times[0],
    identity: identityOf('order', row.orderId ?? '', pairOf(row) ?? ''),
    precision: layer.grain.unit,
    places: [],
  }
  if (fills.length === 0 && lines.length === 1)
    return { kind: 'rest', row: { ...transactionFields(row), ...place } }
  const size = lines.every(({ amount }) => amount !== undefined) ? 'amount' : 'contracts'
  const all = (field: NumberField) => sumOf(lines.map((line) => line[field]))
  const rest = (field: NumberField): Amount | undefined => {
    const [told, known] = [all(field), sumOf(fills.map((fill) => amountIn(fill, field)))]
    return told === undefined || known === undefined ? undefined : canonical(add(told, negate(known)))
  }
  const moneyOf = (part: Part): Amount | undefined => {
    const whole = all(part)
    return whole === undefined ? undefined : lessFills({ ...row, [part]: whole }, part, fills)
  }
  // What came back in an export without its fills is money alone: they are no more than it.
  const isMoneyAlone = lines.every((line) => isZero(line[size] ?? '1'))
  const left = isMoneyAlone ? '0' : rest(size)
  // Fills that do not say how much they were of: whoever adds the order to them may count it twice.
  if (left === undefined) return { kind: 'told' }
  const base = without(transactionFields(row), moneyFields)
  if (isWithin(left, tolerance(layer, fills, size))) {
    const [fee, realizedPnl] = [all('fee'), all('realizedPnl')]
    return {
      kind: 'told',
      whole: {
        ...base,
        [size]: '0',
        ...(fee !== undefined && { fee }),
        ...(realizedPnl !== undefined && { realizedPnl }),
        ...place,
      },
    }
  }
  if (sign(left) < 0) return { kind: 'more' }
  const [quoteAmount, fee, realizedPnl] = [rest('quoteAmount'), moneyOf('fee'), moneyOf('realizedPnl')]
  return {
    kind: 'rest',
    row: {
      ...base,
      ...(size === 'amount' ? { amount: left } : { contracts: left }),
      ...(quoteAmount !== undefined && sign(quoteAmount) >= 0 && { quoteAmount }),
      ...(fee !== undefined && { fee }),
      ...(realizedPnl !== undefined && { realizedPnl }),
      ...place,
      derived: 'order',
    },
  }
}

/** What an order says beside what was traded, and a fill may leave out: a file may have no column of it, and an exchange forget it. */
const parts = ['fee', 'realizedPnl'] as const
type Part = (typeof parts)[number]

type Paying = { readonly feeCurrency?: string | undefined } & { readonly [part in Part]?: Amount | undefined }

/** Undefined where that cannot be told: a fee in another coin is no part of it. */
function lessFills(row: Paying, part: Part, fills: readonly Known[]): Amount | undefined {
  const said = fills.filter((fill) => fill.row[part] !== undefined)
  if (part === 'fee' && said.some((fill) => coinOf(fill.row) !== coinOf(row))) return undefined
  const whole = row[part]
  if (whole === undefined) return undefined
  const left = canonical(said.reduce((sum, fill) => add(sum, negate(fill.row[part] ?? '0')), whole))
  // What fills leave out is at most what they left of it.
  const isBeyond = part === 'fee' && said.length < fills.length && sign(left) === -sign(whole)
  return isBeyond ? undefined : left
}

function coinOf({ feeCurrency }: Paying): string | undefined {
  return feeCurrency?.toUpperCase()
}

/**
 * The fees and profits of orders that their fills leave out, all of whose amounts these tell: rows of money alone, of no amount. Where
 * some of the fills say theirs, and several orders are told together, the rest stands with the last of these.
 */
export function untoldOf(orders: readonly MergedRow[], fills: readonly Known[]): readonly MergedRow[] {
  const untold = new Map(parts.map((part) => [part, untoldPart(orders, part, fills)]))
  return orders.flatMap((order) => {
    const [fee, realizedPnl] = [untold.get('fee')?.get(order), untold.get('realizedPnl')?.get(order)]
    if (fee === undefined && realizedPnl === undefined) return []
    const isSpot = order.stream === 'spot-trade'
    return [
      {
        ...without(order, [...moneyFields, 'mayBeTwice']),
        ...(order.amount === undefined ? { contracts: '0' } : { amount: '0' }),
        ...(isSpot && { quoteAmount: '0' }),
        ...(isSpot ? fee !== undefined && { fee } : { fee: fee ?? '0', realizedPnl: realizedPnl ?? '0' }),
        derived: 'order' as const,
      },
    ]
  })
}

function untoldPart(
  orders: readonly MergedRow[],
  part: Part,
  fills: readonly Known[],
): ReadonlyMap<MergedRow, Amount> {
  const silent = fills.filter(({ row }) => row[part] === undefined).length
  const said = orders.flatMap((order) => {
    const amount = order[part]
    return amount === undefined || isZero(amount) ? [] : [{ order, amount }]
  })
  const last = said.at(-1)
  if (silent === 0 || last === undefined) return new Map()
  if (silent === fills.length) return new Map(said.map(({ order, amount }) => [order, amount]))
  if (part === 'fee' && said.some(({ order }) => coinOf(order) !== coinOf(last.order))) return new Map()
  const whole = said.reduce((sum, { amount }) => add(sum, amount), '0')
  const left = lessFills({ ...last.order, [part]: whole }, part, fills)
  return left === undefined || isZero(left) ? new Map() : new Map([[last.order, left]])
}

function without<T extends object, Name extends keyof T>(fields: T, names: readonly Name[]): Omit<T, Name> {
  const rest = { ...fields }
  for (const name of names) delete rest[name]
  return rest
}

function amountIn({ row }: Known, field: NumberField): Amount | undefined {
  switch (field) {
    case 'amount':
    case 'contracts':
      return row[field]
    case 'quoteAmount':
      return tradeValue(row)
    default:
      return undefined
  }
}

/** What a trade came to: where no column says it, its price and its amount do. */
export function tradeValue({
  price,
  amount,
  quoteAmount,
}: Pick<MergedRow, 'price' | 'amount' | 'quoteAmount'>): Amount | undefined {
  if (quoteAmount !== undefined) return quoteAmount
  return price === undefined || amount === undefined ? undefined : multiply(price, amount)
}

/** Undefined where one of them is not known. */
function sumOf(amounts: readonly (Amount | undefined)[]): Amount | undefined {
  return amounts.reduce<Amount | undefined>(
    (sum, amount) => (sum === undefined || amount === undefined ? undefined : add(sum, amount)),
    '0',
  )
}

/** Each number that was cut may be off by one of its last decimals. */
function tolerance({ grain }: Layer, fills: readonly Known[], field: NumberField): bigint {
  const cuts = [grain.decimals[field], ...fills.map((fill) => decimalsOf(fill, field))]
  return cuts.reduce((sum, decimals) => (decimals === undefined ? sum : sum + unitOf(decimals)), 0n)
}

function isWithin(amount: Amount, most: bigint): boolean {
  const units = unitsOf(amount)
  return (units < 0n ? -units : units) <= most
}
