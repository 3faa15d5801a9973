import { expect } from 'vitest'
import { openDigest } from '../../lambdas/adapters/identity.ts'
import { keptExports } from '../../lambdas/adapters/kept-exports.ts'
import type { Connection, Owner } from '../../lambdas/domain/connection.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import type { Export } from '../../lambdas/domain/export.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { compareTransactions } from '../../lambdas/domain/transaction.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { defaultAccounts } from '../../lambdas/formats/journal-accounts.ts'
import { exportHistory } from '../../lambdas/use-cases/export-history.ts'
import type { PageQuestion } from '../../lambdas/use-cases/list-transactions.ts'
import { smallAccount } from '../formats/small-account.ts'
import { objectsInMemory } from './objects-in-memory.ts'

export const start = Date.UTC(2025, 0, 1)

/** One of each kind of row again and again, several in a second, some alike but for their id. */
function rowsOf(count: number, phase: number): readonly Transaction[] {
  const rows = Array.from({ length: count }, (_, index): Transaction => {
    const { transaction } = smallAccount[(index + phase) % smallAccount.length] ?? expect.fail('no row')
    return { ...transaction, identity: `${transaction.identity}|${index}`, time: start + index * 331 }
  })
  return rows.sort(compareTransactions)
}

const many = new Map([
  ['c1', rowsOf(2_000, 0)],
  ['c2', rowsOf(500, 3)],
])
/** More than two groups of a Parquet file. */
const more = new Map([['c1', rowsOf(21_000, 0)]])

type Failure = { readonly call: number; readonly when: 'before' | 'after' }

/** An export that waits, and workers that end in every way. */
export function exportWorld(id: string, histories = id === 'parquet' ? more : many) {
  const { files, uploads, objects } = objectsInMemory()
  let item: Export = {
    id: 'e1',
    user: 'ada',
    request: { format: id, period: {}, timezone: 'Europe/Berlin' },
    state: 'waiting',
    requestedAt: start,
  }
  const connections = new Map(
    [...histories.keys()].map((key): [string, Connection] => {
      const named = { id: key, user: 'ada', exchange: 'bitmart', subaccount: '', keyHint: key }
      return [key, { ...named, status: 'connected', createdAt: 0 }]
    }),
  )
  const state = {
    now: start,
    queued: 1,
    calls: 0,
    /** Worker dies at this call, and does nothing any more. */
    dies: undefined as Failure | undefined,
    dead: false,
    /** Pieces after which the time is over. */
    pieces: Number.POSITIVE_INFINITY,
    coverage: [] as Coverage[],
    onAppend: async () => {},
    code: 'this',
  }

  /** Whoever dies does so before the call or after it, and then there is no call any more. */
  async function call<T>(work: () => Promise<T>): Promise<T> {
    if (state.dead) throw new Error('dead')
    state.calls += 1
    const { call: number, when } = state.dies ?? {}
    if (number === state.calls && when === 'before') state.dead = true
    if (state.dead) throw new Error('dead')
    const answer = await work()
    if (number === state.calls) state.dead = true
    if (state.dead) throw new Error('dead')
    return answer
  }

  function ports(time: { aborted: boolean }) {
    let pieces = 0
    const kept = keptExports(objects)
    return {
      connections: {
        find: async (_user: string, connection: string) => connections.get(connection),
        list: async () => [...connections.values()],
      },
      transactions: {
        page: async ({ connection }: Owner, { stream, from = 0, to, limit, after }: PageQuestion) => {
          const rows = histories.get(connection) ?? []
          const behind = after === undefined ? undefined : { stream, ...after }
          const found: Transaction[] = []
          for (const row of rows) {
            if (row.stream !== stream || row.time < from || (to !== undefined && row.time >= to)) continue
            if (behind !== undefined && compareTransactions(row, { ...row, ...behind }) <= 0) continue
            found.push(row)
            if (found.length > limit) break
          }
          const items = found.slice(0, limit)
          return { items, ...(found.length > limit && { next: items.at(-1) }) }
        },
        stored: async () => [],
      },
      coverage: { load: async () => state.coverage },
      fileHistory: { load: async () => undefined },
      clock: () => state.now,
      openDigest,
      exchanges,
      formats,
      accountNames: defaultAccounts,
      code: state.code,
      kept: {
        load: kept.load,
        save: (...asked: Parameters<typeof kept.save>) => call(() => kept.save(...asked)),
      },
      enqueueExport: () =>
        call(async () => {
          state.queued += 1
        }),
      exports: {
        find: async () => item,
        take: () =>
          call(async () => {
            if (item.state !== 'waiting') return undefined
            item = { ...item, leg: (item.leg ?? 0) + 1 }
            return item
          }),
        save: (changed: Export) =>
          call(async () => {
            if (item.state !== 'waiting' || item.leg !== changed.leg) return false
            item = changed
            return true
          }),
      },
      objects: {
        write: (...asked: Parameters<typeof objects.write>) => call(() => objects.write(...asked)),
        async upload(...asked: Parameters<typeof objects.upload>) {
          const upload = await call(() => objects.upload(...asked))
          return {
            append: (bytes: Uint8Array) =>
              call(async () => {
                await state.onAppend()
                await upload.append(bytes)
                state.now += 20_000
                pieces += 1
                if (pieces >= state.pieces) time.aborted = true
              }),
            keep: () => call(upload.keep),
            finish: () => call(upload.finish),
            abandon: () => call(upload.abandon),
          }
        },
      },
    }
  }

  return {
    files,
    uploads,
    state,
    connections,
    item: () => item,
    /** One delivery of the message. */
    async turn() {
      const time = { aborted: false }
      return exportHistory(ports(time), 'ada', 'e1', time)
    },
    /** Deliveries until there is nothing to do any more; one that failed comes again. */
    async work(): Promise<void> {
      for (let deliveries = 0; state.queued > 0; deliveries += 1) {
        if (deliveries > 1_000) throw new Error('It never ends.')
        state.dead = false
        const done = await this.turn().catch(() => undefined)
        if (state.dead) state.dies = undefined
        if (done !== undefined || !state.dead) state.queued -= 1
      }
    },
    /** The file, and the digest that its statement tells. */
    result() {
      const bytes = files.get('ada/e1/history')?.bytes ?? expect.fail('There is no file.')
      const { file } = JSON.parse(files.get('ada/e1/statement-json')?.text ?? '{}')
      return { bytes, told: file.sha256, item: { ...item, leg: 0, finishedAt: 0 } }
    },
  }
}

const inOneGo = new Map<string, ReturnType<ReturnType<typeof exportWorld>['result']>>()
async function whole(id: string) {
  const known = inOneGo.get(id)
  if (known !== undefined) return known
  const one = exportWorld(id)
  await one.work()
  const result = one.result()
  inOneGo.set(id, result)
  return result
}

export async function expectSameAsInOneGo(
  id: string,
  { result }: Pick<ReturnType<typeof exportWorld>, 'result'>,
) {
  const [expected, { bytes, told, item }] = [await whole(id), result()]
  expect(bytes.equals(expected.bytes)).toBe(true)
  expect(told).toBe(expected.told)
  const digest = await openDigest()
  digest.update(bytes)
  expect(told).toBe(digest.hex())
  expect(item.rows).toEqual(expected.item.rows)
  expect(item.bytes).toBe(bytes.length)
}
