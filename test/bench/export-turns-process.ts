import { openDigest } from '../../lambdas/adapters/identity.ts'
import { keptExports } from '../../lambdas/adapters/kept-exports.ts'
import { uploads } from '../../lambdas/adapters/uploads.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { Export } from '../../lambdas/domain/export.ts'
import { streamKinds } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { defaultAccounts } from '../../lambdas/formats/journal-accounts.ts'
import { type ExportHistoryPorts, exportHistory } from '../../lambdas/use-cases/export-history.ts'
import type { PageQuestion } from '../../lambdas/use-cases/list-transactions.ts'
import { smallAccount } from '../formats/small-account.ts'
import { peakMegabytes } from './memory-use.mjs'

/** `inATurn`: so many rows are there time for, until the rest is left to the next. */
export type TurnsWishes = { readonly format: string; readonly rows: number; readonly inATurn: number }

export type TurnsReport = {
  readonly state: string
  readonly lookedAt: number
  readonly turns: number
  readonly seconds: number
  readonly cpuSeconds: number
  readonly megabytes: number
  /** The largest of what was kept between two turns, packed. */
  readonly keptKilobytes: number
  readonly peakMegabytes: number
}

const { format, rows, inATurn } = JSON.parse(process.argv[2] ?? '') as TurnsWishes
const start = Date.UTC(2025, 0, 1)

/** A history of each kind of row, told by places alone: none of its rows is held. */
const streams = new Map(
  streamKinds.map((stream) => {
    const kinds = smallAccount
      .map(({ transaction }) => transaction)
      .filter((transaction) => transaction.stream === stream)
    const count = Math.round((rows * kinds.length) / smallAccount.length)
    return [stream, { kinds, count, step: Math.floor((100 * rows) / Math.max(1, count)) }]
  }),
)
const made = [...streams.values()].reduce((sum, { count }) => sum + count, 0)

let served = 0

async function page(_owner: unknown, { stream, from = 0, limit, after }: PageQuestion) {
  const { kinds, count, step } = streams.get(stream) ?? { kinds: [], count: 0, step: 1 }
  const first =
    after === undefined ? Math.max(0, Math.ceil((from - start) / step)) : (after.time - start) / step + 1
  const items: Transaction[] = []
  for (let index = first; index < Math.min(count, first + limit); index++) {
    const transaction = kinds[index % kinds.length]
    if (transaction === undefined) break
    items.push({
      ...transaction,
      identity: `${transaction.identity}|${index}`,
      time: start + index * step,
      raw: `{"row":"${index}",${transaction.raw.slice(1)}`,
    })
  }
  served += items.length
  return { items, ...(first + limit < count && { next: items.at(-1) }) }
}

const connection: Connection = {
  id: 'c1',
  user: 'ada',
  exchange: 'bitmart',
  subaccount: '',
  keyHint: 'a7Qx',
  status: 'connected',
  createdAt: start,
}

let item: Export = {
  id: 'e1',
  user: 'ada',
  request: { format, period: {}, timezone: 'Europe/Berlin' },
  state: 'waiting',
  requestedAt: start,
}
let queued = 1
let keptKilobytes = 0
const keptBytes = new Map<string, Uint8Array>()

/** An S3 that takes every part at once, and forgets it. */
const forgetful = {
  send: async () => ({ UploadId: 'u', ETag: '"part"' }),
} as unknown as Parameters<typeof uploads>[0]

const kept = keptExports({
  async write(key, body) {
    const pieces: Uint8Array[] = []
    for await (const piece of body) pieces.push(piece)
    const packed = Buffer.concat(pieces)
    keptKilobytes = Math.max(keptKilobytes, packed.length / 1_024)
    keptBytes.set(key, packed)
  },
  read: async (key) => keptBytes.get(key),
})

const ports: ExportHistoryPorts = {
  connections: { find: async () => connection, list: async () => [connection] },
  transactions: { page, stored: async () => [] },
  coverage: { load: async () => [] },
  fileHistory: { load: async () => undefined },
  clock: Date.now,
  openDigest,
  exchanges,
  formats,
  accountNames: defaultAccounts,
  code: 'this',
  kept,
  enqueueExport: async () => {
    queued += 1
  },
  exports: {
    find: async () => item,
    take: async () => {
      item = { ...item, leg: (item.leg ?? 0) + 1 }
      return item
    },
    save: async (changed) => {
      item = changed
      return true
    },
  },
  objects: {
    write: async () => undefined,
    upload: uploads(forgetful, { bucket: 'none' }).upload,
  },
}

const startedAt = performance.now()
const cpuBefore = process.cpuUsage()
let turns = 0
while (queued > 0) {
  queued -= 1
  turns += 1
  const until = served + inATurn
  await exportHistory(ports, 'ada', 'e1', {
    get aborted() {
      return served >= until
    },
  })
}
const { user, system } = process.cpuUsage(cpuBefore)
if (item.rows?.lookedAt !== made) throw new Error(`${item.rows?.lookedAt} rows of ${made}.`)
process.send?.({
  state: item.state,
  lookedAt: made,
  turns,
  seconds: (performance.now() - startedAt) / 1_000,
  cpuSeconds: (user + system) / 1_000_000,
  megabytes: (item.bytes ?? 0) / 1_048_576,
  keptKilobytes,
  peakMegabytes: peakMegabytes(),
} satisfies TurnsReport)
process.disconnect?.()
