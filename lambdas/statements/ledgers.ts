import { add, canonical, isZero, negate, sign } from '../domain/amount.ts'
import { type Amount, identityOf } from '../domain/transaction.ts'
import { day, minute, type Window } from '../domain/window.ts'
import type { Assignment } from './assign.ts'
import { instantsOf } from './exactness.ts'
import { eventOf, type Known, type Proven, type Settled } from './known.ts'
import { digestOf, type Layer } from './layers.ts'
import { type LedgerCause, ledgerCause } from './ledger-words.ts'
import type { MergedRow } from './merged-row.ts'
import { toldChanges } from './told-changes.ts'
import { isOrder, mayTell, skew, toldByTrades } from './told-moments.ts'
import { type Fill, type Moves, nameOf, openToldTrades } from './told-trades.ts'

/** How long a transfer may be under way between what a ledger says of it and what its own history says. */
export const underWay = 3 * day

/** How far apart two wallets may date one transfer between them. */
export const betweenWallets = minute

/** A change of a ledger, the statement's own word for it, and when it may have happened. */
type Worded = Known & { readonly word: string; readonly span: Window }

/**
 * What the ledger of the spot wallet adds. Trades that fills or orders add up to, and transfers that their own history tells, are told there.
 * Of the rest, what moved in one unit of time makes a trade where it is one coin against one other, and so does what was converted;
 * what cannot be told apart stays single changes.
 */
export function settleLedger(
  layer: Layer,
  finer: readonly Known[],
  found: Assignment,
  proven: Proven,
): Settled {
  const transfers = transfersOf(finer)
  const moves = movesOf(finer)
  const fresh: Known[] = []
  const hidden: Known[] = []
  const moments = new Map<string, Worded[]>()
  let known = 0
  layer.groups.forEach((group, index) => {
    const taken = found.taken.get(index) ?? 0
    known += taken
    for (let ordinal = 1; ordinal <= group.count - taken; ordinal += 1) {
      const event = eventOf(layer, group, ordinal, found.rule)
      const cause = ledgerCause(group.row.type)
      const span = instantsOf(event.row.time, layer.grain.unit, found.rule.time)
      const isTrade = cause === 'trade' || cause === 'trade-fee'
      const isTold =
        (isTrade && proven({ ...group.row, stream: 'spot-trade' }, span)) ||
        ((cause === 'deposit' || cause === 'withdrawal') && transfers.take(cause, event)) ||
        (cause === 'transfer' && moves.take(event))
      if (isTold) {
        known += 1
        hidden.push(event)
      } else if (isTrade || isConversion(cause)) {
        const moment = identityOf(isTrade ? 'trade' : cause, String(event.row.time), event.row.account ?? '')
        moments.set(moment, [...(moments.get(moment) ?? []), { ...event, word: group.row.type ?? '', span }])
      } else fresh.push(event)
    }
  })
  const { unit } = layer.grain
  const fills = openToldTrades(finer, unit)
  const settled = (changes: readonly Worded[]) => {
    known += changes.length
    hidden.push(...changes)
  }
  const untold = (all: readonly (readonly Worded[])[]) => {
    const told = toldOf(all, fills, unit)
    for (const changes of told) settled(changes)
    return all.filter((changes) => !told.has(changes))
  }
  const apart = untold([...moments.values()]).map((changes) => {
    if (tradeOf(layer, changes) !== undefined) return changes
    const told = changesTold(changes, fills)
    settled([...told])
    return changes.filter((one) => !told.has(one))
  })
  const left: { readonly one: Known; readonly changes: readonly Worded[] }[] = []
  // What is left of a moment without one of its trades may be what others add up to.
  for (const changes of untold(apart)) {
    const trade = tradeOf(layer, changes)
    const [first] = changes
    if (trade === undefined || first === undefined) left.push(...changes.map((one) => ({ one, changes })))
    else {
      hidden.push(...changes)
      const row = fills.takePart(first.span, trade)
      left.push({ one: { ...first, row, told: { ...first.told, stream: 'spot-trade', row: {} } }, changes })
    }
  }
  const others = fills.left()
  for (const { one, changes } of left) fresh.push(doubted(one, changes, others))
  return { fresh, hidden, contradictions: [], known }
}

/** The changes of a moment of several trades that fills of it tell, one by one. */
function changesTold(
  changes: readonly Worded[],
  fills: ReturnType<typeof openToldTrades>,
): ReadonlySet<Worded> {
  const [first] = changes
  if (first === undefined || isConversion(ledgerCause(first.word))) return new Set()
  const { told, used } = toldChanges(changes, fills.within(first.span))
  fills.use(used)
  return told
}

/** What trades that are left near a moment may tell of it, too: those of its coins, as large as what moved or larger. */
function doubted(one: Known, changes: readonly Worded[], fills: readonly Fill[]): Known {
  const [first] = changes
  const moves = movedBy(changes)
  if (first === undefined || moves === undefined || !('places' in one.row)) return one
  const mayBeTwice = fills.some(({ base, quote, known }) => {
    const moved = moves.get(nameOf(base))
    if (moved === undefined || !moves.has(nameOf(quote)) || !mayTell(known, first.span)) return false
    return !isOrder(known) || sign(add(base.amount, negate(moved))) >= 0
  })
  return mayBeTwice ? { ...one, row: { ...one.row, mayBeTwice } } : one
}

/**
 * The moments that trades add up to: those of that moment first, and what they leave then tells of the one before it or after it, since a
 * ledger may date a trade a little apart, and an order has not the time of its fills.
 */
function toldOf(
  moments: readonly (readonly Worded[])[],
  fills: ReturnType<typeof openToldTrades>,
  unit: number,
): ReadonlySet<readonly Worded[]> {
  const told = new Set<readonly Worded[]>()
  const open = moments.flatMap((changes) => {
    const [first] = changes
    const moves = movedBy(changes)
    return first === undefined || moves === undefined ? [] : [{ of: changes, moves, span: first.span }]
  })
  const takeWithin = (before: number, after: number) => {
    for (const { of, moves, span } of open) {
      const near = { from: span.from - before, to: span.to + after }
      if (!told.has(of) && fills.take(near, moves)) told.add(of)
    }
  }
  takeWithin(0, 0)
  takeWithin(unit, 0)
  takeWithin(0, unit)
  takeWithin(unit, unit)
  const found = toldByTrades(
    open.filter(({ of }) => !told.has(of)),
    fills.left(),
  )
  for (const one of found.told) told.add(one)
  fills.use(found.used)
  takeWithin(skew, skew)
  return told
}

/** Undefined where a change does not say what it is of. */
function movedBy(changes: readonly Worded[]): Moves | undefined {
  const moves = new Map<string, Amount>()
  for (const { row, word } of changes) {
    const { currency, amount } = row
    if (currency === undefined || amount === undefined) return undefined
    if (ledgerCause(word) === 'trade-fee' || isZero(amount)) continue
    const name = nameOf({ coin: currency, isIn: sign(amount) > 0 })
    moves.set(name, add(moves.get(name) ?? '0', positive(amount)))
  }
  return moves
}

function isConversion(cause: LedgerCause): boolean {
  return cause === 'convert' || cause === 'dust'
}

/** Transfers between the spot wallet and futures that other histories tell, the other way round: each is one change of a ledger. */
function movesOf(finer: readonly Known[]) {
  const left = new Set(
    finer.filter(
      ({ row: { stream, type } }) =>
        stream === 'wallet-transfer' || (stream === 'futures-ledger' && ledgerCause(type) === 'transfer'),
    ),
  )
  return {
    take({ row: { time, amount = '0', currency, account } }: Known): boolean {
      if (account !== undefined && account.toLowerCase() !== 'spot') return false
      const [nearest] = [...left]
        .filter(
          ({ row }) =>
            coin(row.currency) === coin(currency) &&
            Math.abs(row.time - time) <= betweenWallets &&
            canonical(negate(amount)) === canonical(intoFutures(row)),
        )
        .sort((a, b) => Math.abs(a.row.time - time) - Math.abs(b.row.time - time))
      return nearest !== undefined && left.delete(nearest)
    },
  }
}

/** What a transfer brought into futures; below zero where it took it out. */
function intoFutures({ stream, type, amount = '0' }: Known['row']): Amount {
  return stream === 'wallet-transfer' && type === 'out' ? negate(amount) : amount
}

/** The transfers that finer sources tell: each is told by one change of a ledger. */
function transfersOf(finer: readonly Known[]) {
  // What failed moved nothing, so that no change of a ledger is of it.
  const hasMoved = ({ status }: Known['row']) => status !== 'failed' && status !== 'cancelled'
  const left = new Set(
    finer.filter(({ row }) => (row.stream === 'withdrawal' || row.stream === 'deposit') && hasMoved(row)),
  )
  return {
    take(stream: 'withdrawal' | 'deposit', { row: { time, amount = '0', currency } }: Known): boolean {
      const moved = canonical(sign(amount) < 0 ? negate(amount) : amount)
      const [nearest] = [...left]
        .filter(({ row }) => {
          const isOf = row.stream === stream && row.currency?.toUpperCase() === currency?.toUpperCase()
          return isOf && Math.abs(row.time - time) <= underWay && sizesOf(row).includes(moved)
        })
        .sort((a, b) => Math.abs(a.row.time - time) - Math.abs(b.row.time - time))
      return nearest !== undefined && left.delete(nearest)
    },
  }
}

/** What a ledger may say of a transfer: what arrived, or that with its fee. */
function sizesOf({ amount, fee }: Known['row']): readonly Amount[] {
  if (amount === undefined) return []
  return [canonical(amount), ...(fee === undefined ? [] : [canonical(add(amount, fee))])]
}

/** The one trade that the changes of a moment add up to; undefined where they may be several. */
function tradeOf(layer: Layer, changes: readonly Worded[]): MergedRow | undefined {
  const coins = new Map<string, Amount>()
  const fees = new Map<string, Amount>()
  let base: string | undefined
  for (const { row, word } of changes) {
    const { currency, amount } = row
    if (currency === undefined || amount === undefined) return undefined
    if (ledgerCause(word) === 'trade-fee') fees.set(currency, add(fees.get(currency) ?? '0', amount))
    else {
      const before = coins.get(currency)
      // One coin that comes and goes at one moment is of several trades.
      if (before !== undefined && sign(before) !== sign(amount)) return undefined
      coins.set(currency, add(before ?? '0', amount))
      if (/base/i.test(word)) base = currency
    }
  }
  const got = [...coins].filter(([, amount]) => sign(amount) > 0)
  const gave = [...coins].filter(([, amount]) => sign(amount) < 0)
  const [[received] = [], [sent] = []] = [got, gave]
  if (coins.size !== 2 || fees.size > 1 || received === undefined || sent === undefined) return undefined
  const isSell = base === sent[0]
  const [one, other] = isSell ? [sent, received] : [received, sent]
  const [fee] = fees
  const [first] = changes
  if (first === undefined || !('places' in first.row)) return undefined
  const { time, account, precision } = first.row
  const cause = ledgerCause(first.word)
  return {
    ...(isConversion(cause) ? { stream: 'spot-ledger', type: 'convert' } : { stream: 'spot-trade' }),
    time,
    identity: identityOf('ledger', cause, digestOf(layer.name), account ?? '', one[0], other[0]),
    base: one[0],
    quote: other[0],
    side: isSell ? 'sell' : 'buy',
    amount: positive(one[1]),
    quoteAmount: positive(other[1]),
    ...(fee !== undefined && !isZero(fee[1]) && { fee: canonical(negate(fee[1])), feeCurrency: fee[0] }),
    raw: `[${changes
      .map(({ row }) => row.raw)
      .sort()
      .join(',')}]`,
    precision,
    places: [...new Set(changes.flatMap(({ row }) => ('places' in row ? row.places : [])))],
    derived: 'ledger',
  }
}

function positive(amount: Amount): Amount {
  return canonical(sign(amount) < 0 ? negate(amount) : amount)
}

function coin(name: string | undefined): string | undefined {
  return name?.toUpperCase()
}
