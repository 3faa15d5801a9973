import type { LayoutQuestion } from './answers.ts'

/** What a row of a statement may be, as its owner calls it; the API says it by two words. */
export const statementKinds = {
  'spot-fill': { granularity: 'fill', stream: 'spot-trade' },
  'spot-order': { granularity: 'order', stream: 'spot-trade' },
  'futures-fill': { granularity: 'fill', stream: 'futures-trade' },
  'futures-order': { granularity: 'order', stream: 'futures-trade' },
  'futures-position': { granularity: 'position', stream: 'futures-position' },
  'futures-ledger': { granularity: 'ledger', stream: 'futures-ledger' },
  'spot-ledger': { granularity: 'ledger', stream: 'spot-ledger' },
  withdrawal: { granularity: 'transfer', stream: 'withdrawal' },
  deposit: { granularity: 'transfer', stream: 'deposit' },
} as const
export type StatementKind = keyof typeof statementKinds
export const kindNames: readonly StatementKind[] = [
  'spot-fill',
  'spot-order',
  'futures-fill',
  'futures-order',
  'futures-position',
  'futures-ledger',
  'spot-ledger',
  'withdrawal',
  'deposit',
]

const trade = ['time', 'symbol', 'base', 'quote', 'side', 'amount', 'price', 'quoteAmount', 'fee'] as const
const ledger = ['time', 'currency', 'amount', 'type', 'balance'] as const
const transfer = ['time', 'currency', 'amount', 'fee', 'feeCurrency', 'txId', 'network', 'address'] as const
const fieldsOfKind = {
  'spot-fill': [...trade, 'feeCurrency', 'tradeId', 'orderId'],
  'spot-order': [...trade, 'feeCurrency', 'orderId'],
  'futures-fill': [...trade, 'feeCurrency', 'realizedPnl', 'tradeId', 'orderId'],
  'futures-order': [...trade, 'feeCurrency', 'realizedPnl', 'orderId'],
  'futures-position': ['time', 'openTime', 'symbol', 'base', 'realizedPnl', 'amount', 'fee', 'feeCurrency'],
  'futures-ledger': [...ledger, 'symbol'],
  'spot-ledger': ledger,
  withdrawal: transfer,
  deposit: transfer,
} as const satisfies Record<StatementKind, readonly string[]>
export type StatementField = (typeof fieldsOfKind)[StatementKind][number]

/** The fields of a kind, those that are needed first. */
export function fieldsOf(
  kind: StatementKind,
): readonly { readonly field: StatementField; readonly isNeeded: boolean }[] {
  const needed = neededBy(kind)
  const all: readonly StatementField[] = fieldsOfKind[kind]
  return [
    ...all.filter((field) => needed.has(field)).map((field) => ({ field, isNeeded: true })),
    ...all.filter((field) => !needed.has(field)).map((field) => ({ field, isNeeded: false })),
  ]
}

/** Which fields nothing can be read without. A pair may also be told as two coins, a price as what was paid: the API says so. */
function neededBy(kind: StatementKind): ReadonlySet<StatementField> {
  const { granularity } = statementKinds[kind]
  switch (granularity) {
    case 'fill':
    case 'order':
      return new Set(['time', 'symbol', 'side', 'amount', 'price'])
    case 'position':
      return new Set(['time', 'symbol', 'realizedPnl'])
    case 'ledger':
    case 'transfer':
      return new Set(['time', 'currency', 'amount'])
  }
}

export type Side = 'buy' | 'sell' | ''

/** What may part the coins of a pair. */
export const splits = ['/', '-', '_', ''] as const
type Split = (typeof splits)[number]

/** What is chosen in the form of a mapping. */
export type Mapping = {
  readonly kind: StatementKind
  /** The column of each field; absent where the file has none. */
  readonly columns: Readonly<Partial<Record<StatementField, string>>>
  /** What the words of the column of sides mean. */
  readonly sides: Readonly<Record<string, Side>>
  /** No column says it: a sale is an amount below zero. */
  readonly isSideBySign: boolean
  readonly split: Split
  readonly paidFees: 'positive' | 'negative'
}

/** How the form begins: with what was told of this header before, or with what looks likely. */
export function mappingOf({ proposal, saved, columns, samples }: LayoutQuestion): Mapping {
  const { time, words = [], symbol, columns: named } = saved ?? proposal
  const side = words[0]
  const means = Object.entries(side?.means ?? {}).map(([word, one]) => [word, one.side ?? ''] as const)
  return {
    kind: kindOf(saved ?? proposal) ?? likelyKind(proposal),
    columns: {
      ...named,
      ...(time !== undefined && { time }),
      ...(saved?.openTime !== undefined && { openTime: saved.openTime }),
      ...(side !== undefined && { side: side.column }),
    },
    sides:
      side === undefined
        ? {}
        : { ...emptySides(side.column, columns, samples), ...Object.fromEntries(means) },
    isSideBySign: saved?.isSideBySign ?? false,
    split: splits.find((sign) => sign === symbol?.split) ?? '',
    paidFees: saved?.paidFees ?? 'positive',
  }
}

function kindOf({ granularity, stream }: LayoutQuestion['proposal']): StatementKind | undefined {
  return kindNames.find(
    (one) => statementKinds[one].granularity === granularity && statementKinds[one].stream === stream,
  )
}

/** A file with a price is one of trades; one with a transaction's id, of transfers. */
function likelyKind({ columns, words = [] }: LayoutQuestion['proposal']): StatementKind {
  if (columns.price !== undefined || words.length > 0)
    return columns.orderId !== undefined && columns.tradeId === undefined ? 'spot-order' : 'spot-fill'
  return columns.address !== undefined || columns.txId !== undefined ? 'withdrawal' : 'spot-ledger'
}

/** The words of a column, none of which means anything yet. */
export function emptySides(
  column: string,
  columns: readonly string[],
  samples: readonly (readonly string[])[],
): Readonly<Record<string, Side>> {
  return Object.fromEntries(valuesOf(column, columns, samples).map((word) => [word, '' as const]))
}

/** What parts the coins in a column of pairs; nothing, where no sign parts all of them. */
export function splitOf(
  column: string,
  columns: readonly string[],
  samples: readonly (readonly string[])[],
): Split {
  const pairs = valuesOf(column, columns, samples)
  const isBetween = (sign: string) =>
    pairs.length > 0 && pairs.every((pair) => pair.split(sign).filter((coin) => coin !== '').length === 2)
  return splits.find((sign) => sign !== '' && isBetween(sign)) ?? ''
}

/** What stands in the first lines of a column, each value once. */
export function valuesOf(
  column: string,
  columns: readonly string[],
  samples: readonly (readonly string[])[],
): readonly string[] {
  const at = columns.indexOf(column)
  return [...new Set(samples.map((cells) => cells[at] ?? '').filter((cell) => cell !== ''))]
}

/** The mapping as the API takes it. */
export function layoutOf({ kind, columns, sides, isSideBySign, split, paidFees }: Mapping): object {
  const offered = new Set<string>(fieldsOfKind[kind])
  const { time = '', openTime, side, ...others } = columns
  const means = Object.fromEntries(
    Object.entries(sides).flatMap(([word, one]) => (one === '' ? [] : [[word, { side: one }]])),
  )
  return {
    ...statementKinds[kind],
    time,
    ...(openTime !== undefined && offered.has('openTime') && { openTime }),
    columns: Object.fromEntries(
      Object.entries(others).filter(([field, column]) => offered.has(field) && column !== undefined),
    ),
    ...(side !== undefined && offered.has('side') && { words: [{ column: side, isClosed: true, means }] }),
    ...(isSideBySign && side === undefined && offered.has('side') && { isSideBySign }),
    ...(split !== '' && columns.symbol !== undefined && { symbol: { split, join: split } }),
    paidFees,
  }
}

/** What of a mapping is not said yet, by field. */
export function openFields(mapping: Mapping): readonly StatementField[] {
  const has = (field: StatementField) => mapping.columns[field] !== undefined
  return fieldsOf(mapping.kind)
    .filter(({ field, isNeeded }) => {
      if (!isNeeded || has(field)) return false
      if (field === 'symbol') return !has('base')
      if (field === 'side') return !mapping.isSideBySign
      return field !== 'price' || !has('quoteAmount')
    })
    .map(({ field }) => field)
}
