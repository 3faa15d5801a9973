import { Buffer } from 'node:buffer'
import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import { streamKinds } from '../domain/stream.ts'
import { positions, roles, sides, transferStatuses } from '../domain/transaction.ts'
import type { numberFields, StatementRow, textFields } from './row.ts'

/** Characters that wait before they are packed: many months of a statement may be open at once, and a piece is unpacked at a time. */
const pieceLength = 64 * 1024

/** Before each piece it is said how long it is. */
const lengthBytes = 4

/** Rows of a statement as they are kept until they are merged, month by month: a tenth of what they are in memory. */
export function openPackedRows() {
  const months = new Map<number, { readonly packed: Uint8Array[]; open: string[]; waiting: number }>()

  function pack(month: { readonly packed: Uint8Array[]; open: string[]; waiting: number }): void {
    if (month.open.length === 0) return
    const piece = gzipSync(month.open.join(''), { level: 1 })
    const length = Buffer.alloc(lengthBytes)
    length.writeUInt32BE(piece.length)
    // Copied: what `gzipSync` answers lies in a buffer of its own that is more than twice as long.
    month.packed.push(Buffer.concat([length, piece]))
    month.open = []
    month.waiting = 0
  }

  return {
    add(number: number, row: StatementRow): void {
      const month = months.get(number) ?? { packed: [], open: [], waiting: 0 }
      months.set(number, month)
      const line = `${JSON.stringify(row)}\n`
      month.open.push(line)
      month.waiting += line.length
      if (month.waiting >= pieceLength) pack(month)
    },
    months: (): readonly number[] => [...months.keys()].sort((a, b) => a - b),
    /** All rows of a month, packed. */
    bytesOf(number: number): Uint8Array {
      const month = months.get(number)
      if (month === undefined) return new Uint8Array()
      pack(month)
      return Buffer.concat(month.packed)
    },
  }
}

/**
 * The rows that were packed, in the order in which they were added, one after the other; those of a time that is not wanted are passed over
 * unread, since a month may be long and is looked through for each part of it.
 */
export function* unpackRows(
  bytes: Uint8Array,
  isWanted: (time: number) => boolean = () => true,
): Generator<StatementRow> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let place = 0; place < all.length; ) {
    const length = all.readUInt32BE(place)
    place += lengthBytes
    const text = gunzipSync(all.subarray(place, place + length)).toString()
    place += length
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf('\n', from)
      if (isWanted(timeAt(text, from))) yield rowSchema.parse(JSON.parse(text.slice(from, end)))
      from = end + 1
    }
  }
}

/** Within a string every quote has a stroke before it, so that this is the field. */
const timeField = '"times":['
const longestTime = 17

function timeAt(text: string, from: number): number {
  const begin = text.indexOf(timeField, from) + timeField.length
  return Number.parseInt(text.slice(begin, begin + longestTime), 10)
}

const text = z.string().optional()

const streamSchema = z.enum(streamKinds)

type Told = (typeof textFields)[number] | (typeof numberFields)[number] | 'ownId' | 'own'
type Word = 'side' | 'position' | 'direction' | 'role' | 'status'

const words = {
  side: z.enum(sides).optional(),
  position: z.enum(positions).optional(),
  direction: z.enum(['long', 'short']).optional(),
  role: z.enum(roles).optional(),
  status: z.enum(transferStatuses).optional(),
} satisfies Record<Word, z.ZodType>

const texts = {
  symbol: text,
  base: text,
  quote: text,
  feeCurrency: text,
  currency: text,
  type: text,
  orderMode: text,
  account: text,
  orderId: text,
  tradeId: text,
  txId: text,
  network: text,
  address: text,
  price: text,
  amount: text,
  quoteAmount: text,
  fee: text,
  realizedPnl: text,
  funding: text,
  unsignedFunding: text,
  openPrice: text,
  contracts: text,
  leverage: text,
  balance: text,
  ownId: text,
  own: text,
} satisfies Record<Exclude<Told, Word>, typeof text>

const rowSchema: z.ZodType<StatementRow> = z.object({
  ...words,
  ...texts,
  line: z.number(),
  stream: streamSchema,
  wall: z.number(),
  times: z.union([z.tuple([z.number()]), z.tuple([z.number(), z.number()])]),
  openWall: z.number().optional(),
  raw: z.string(),
})
