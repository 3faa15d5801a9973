import type { ExportRow, Piece } from '../../lambdas/domain/export-format.ts'
import { closingSentences } from '../../lambdas/domain/export-statement.ts'
import { openTally } from '../../lambdas/domain/export-tally.ts'
import type { StreamKind } from '../../lambdas/domain/stream.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { inputOf } from '../formats/input.ts'
import { meant } from '../formats/meant.ts'
import { smallAccount } from '../formats/small-account.ts'
import { peakMegabytes } from './memory-use.mjs'

export type ExportWishes = { readonly format: string; readonly rows: number }

export type ExportReport = {
  readonly seconds: number
  /** What the machine did for it, whatever else it had to do meanwhile. */
  readonly cpuSeconds: number
  readonly megabytes: number
  readonly peakMegabytes: number
}

const { format: id, rows } = JSON.parse(process.argv[2] ?? '') as ExportWishes
const format = formats.get(id)
if (format === undefined) throw new Error(`There is no format ${id}.`)

const startedAt = performance.now()
const cpuBefore = process.cpuUsage()
const tally = openTally(format)
const closing = () => closingSentences(tally.close())
const writer = await format.open(inputOf([], { timezone: 'Europe/Berlin', notes: tally.notes, closing }))
let bytes = 0
const seen = (piece: Piece) => {
  bytes += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length
}
seen(writer.begin())
for (const source of format.apart?.map(rowsOf) ?? [many(rows)])
  for (const row of source) seen(tally.row(row, () => writer.row(row)))
seen(writer.end())
const { user, system } = process.cpuUsage(cpuBefore)
process.send?.({
  cpuSeconds: (user + system) / 1_000_000,
  seconds: (performance.now() - startedAt) / 1_000,
  megabytes: bytes / 1_048_576,
  peakMegabytes: peakMegabytes(),
} satisfies ExportReport)
process.disconnect?.()

/** Of one kind, as many as there would be among all. */
function rowsOf(stream: StreamKind): Iterable<ExportRow> {
  const ofKind = smallAccount.filter(({ transaction }) => transaction.stream === stream)
  return many(Math.round((rows * ofKind.length) / smallAccount.length), ofKind)
}

/** One of each kind of row again and again, a second apart, each with ids and a payload of its own, none of them held. */
function* many(count: number, kinds = smallAccount): Iterable<ExportRow> {
  const start = Date.UTC(2025, 0, 1)
  for (let index = 0; index < count; index++) {
    const row = kinds[index % kinds.length]
    if (row === undefined) return
    const { origin, transaction } = row
    const own = {
      identity: `${transaction.identity}|${index}`,
      time: start + index * 1_000,
      raw: `{"row":"${index}",${transaction.raw.slice(1)}`,
      ...(transaction.tradeId !== undefined && { tradeId: `${transaction.tradeId}${index}` }),
      ...(transaction.orderId !== undefined && { orderId: `${transaction.orderId}${index}` }),
      ...(transaction.txId !== undefined && { txId: `${transaction.txId}${index}` }),
    }
    yield meant({ origin, transaction: { ...transaction, ...own } })
  }
}
