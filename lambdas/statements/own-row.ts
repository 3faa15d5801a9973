import { z } from 'zod'
import { amountPattern } from '../domain/amount.ts'
import {
  type Change,
  derivations,
  positions,
  roles,
  sides,
  type Transaction,
  transferStatuses,
} from '../domain/transaction.ts'
import type { MergedRow } from './merged-row.ts'
import type { StatementRow } from './row.ts'

const amount = z.string().regex(amountPattern).optional()
const text = z.string().optional()

/** The fields that a row of an export of ours tells, apart from its times. */
export const said = {
  symbol: text,
  base: text,
  quote: text,
  side: z.enum(sides).optional(),
  price: amount,
  amount,
  quoteAmount: amount,
  fee: amount,
  feeCurrency: text,
  role: z.enum(roles).optional(),
  orderId: text,
  tradeId: text,
  orderMode: text,
  contracts: amount,
  contractSize: amount,
  position: z.enum(positions).optional(),
  realizedPnl: amount,
  account: text,
  currency: text,
  network: text,
  address: text,
  txId: text,
  status: z.enum(transferStatuses).optional(),
  type: text,
}

export const derived = z.enum(derivations)

const moment = z.number().optional()

const change: z.ZodType<Change> = z.object({ ...said, until: z.number(), time: moment, missingSince: moment })

/** What a row of an export tells that no statement does. */
const moreSchema = z.object({
  time: z.number(),
  identity: z.string(),
  contractSize: said.contractSize,
  movedTo: moment,
  missingSince: moment,
  unreadableSince: moment,
  unreadableRaw: text,
  history: z.array(change).optional(),
  precision: z.number(),
  derived: derived.optional(),
})

/** A row of an export of ours as one of a statement. It was served, or stood in a file; now it stands in this one. */
export function rowOfOwn(line: number, transaction: Transaction): StatementRow {
  const { time, identity, contractSize, history, missingSince, unreadableSince, unreadableRaw, ...rest } =
    transaction
  const { movedTo, source, precision = 1, derived: from, ...told } = rest
  const at = movedTo ?? time
  const more: z.input<typeof moreSchema> = {
    time,
    identity,
    contractSize,
    movedTo,
    missingSince,
    unreadableSince,
    unreadableRaw,
    // As JSON they are texts and numbers anew, and arrays that may be written to.
    history: history?.map((one) => ({ ...one })),
    precision,
    derived: source === undefined ? 'export' : from,
  }
  return { ...told, line, wall: at, times: [at], own: JSON.stringify(more), ownId: identity }
}

/** Of a row of an export of ours: when it was first served, and how often the exchange has changed it since. */
export function ownPast({
  own,
}: StatementRow): { readonly time: number; readonly changes: number } | undefined {
  if (own === undefined) return undefined
  const { time, history = [], movedTo } = moreSchema.parse(JSON.parse(own))
  return { time, changes: history.length + (movedTo === undefined ? 0 : 1) }
}

/** The row as the export had it; undefined where it is another statement's. */
export function ownEvent(row: StatementRow): Omit<MergedRow, 'places'> | undefined {
  const { line: _line, wall: _wall, times: _times, openWall: _openWall, direction: _direction, ...rest } = row
  const {
    funding: _funding,
    unsignedFunding: _unsigned,
    openPrice: _price,
    leverage: _leverage,
    ...more
  } = rest
  const { balance: _balance, own, ownId: _ownId, ...told } = more
  return own === undefined ? undefined : { ...told, ...moreSchema.parse(JSON.parse(own)) }
}
