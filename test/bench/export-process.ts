import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import type { StreamKind } from '../../lambdas/domain/stream.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { inputOf, written } from '../formats/input.ts'
import { meant } from '../formats/meant.ts'
import { smallAccount } from '../formats/small-account.ts'
import { peakMegabytes } from './memory-use.ts'

export type ExportWishes = { readonly format: string; readonly rows: number }

export type ExportReport = {
  readonly seconds: number
  readonly megabytes: number
  readonly peakMegabytes: number
}

const { format: id, rows } = JSON.parse(process.argv[2] ?? '') as ExportWishes
const format = formats.get(id)
if (format === undefined) throw new Error(`There is no format ${id}.`)

const startedAt = performance.now()
let bytes = 0
for await (const chunk of written(
  format,
  inputOf([], { rows: many(rows), rowsOf, timezone: 'Europe/Berlin' }),
))
  bytes += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length
process.send?.({
  seconds: (performance.now() - startedAt) / 1_000,
  megabytes: bytes / 1_048_576,
  peakMegabytes: peakMegabytes(),
} satisfies ExportReport)
process.disconnect?.()

/** Of one kind, as many as there would be among all. */
function rowsOf(stream: StreamKind): AsyncIterable<ExportRow> {
  const ofKind = smallAccount.filter(({ transaction }) => transaction.stream === stream)
  return many(Math.round((rows * ofKind.length) / smallAccount.length), ofKind)
}

/** One of each kind of row again and again, a second apart, none of them held. */
async function* many(count: number, kinds = smallAccount): AsyncIterable<ExportRow> {
  const start = Date.UTC(2025, 0, 1)
  for (let index = 0; index < count; index++) {
    const row = kinds[index % kinds.length]
    if (row === undefined) return
    const { origin, transaction } = row
    const identity = `${transaction.identity}|${index}`
    yield meant({ origin, transaction: { ...transaction, identity, time: start + index * 1_000 } })
  }
}
