import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { inputOf } from '../formats/input.ts'
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
for await (const chunk of format.write(inputOf([], { rows: many(rows), timezone: 'Europe/Berlin' })))
  bytes += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length
process.send?.({
  seconds: (performance.now() - startedAt) / 1_000,
  megabytes: bytes / 1_048_576,
  peakMegabytes: peakMegabytes(),
} satisfies ExportReport)
process.disconnect?.()

/** One of each kind of row again and again, a second apart, none of them held. */
async function* many(count: number): AsyncIterable<ExportRow> {
  const start = Date.UTC(2025, 0, 1)
  for (let index = 0; index < count; index++) {
    const row = smallAccount[index % smallAccount.length]
    if (row === undefined) return
    const { origin, transaction } = row
    const identity = `${transaction.identity}|${index}`
    yield meant({ origin, transaction: { ...transaction, identity, time: start + index * 1_000 } })
  }
}
