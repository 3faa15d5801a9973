import fc from 'fast-check'
import { type ListExchange, type ListRow, start } from './list-exchange.ts'
import type { ListNight, ListWorld } from './list-world.ts'
import { tick } from './model-exchange.ts'

/** When a row is dated, in ticks, and what else is not usual about it. */
type Event = { readonly at: number } & Partial<
  Pick<
    ListRow,
    'late' | 'partition' | 'amount' | 'doneAt' | 'takenAt' | 'isTimeless' | 'timelessSince' | 'order'
  > & {
    within: number
  }
>

/** Rows with ids that grow with time. */
export function rowsOf(events: readonly Event[]): readonly ListRow[] {
  return events
    .map(({ at, within = 0, ...rest }) => ({
      late: 0,
      partition: 'A',
      amount: '1',
      doneAt: 0,
      ...rest,
      time: at * tick + within,
    }))
    .sort((a, b) => a.time - b.time)
    .map((row, index) => ({ ...row, id: 101 + index }))
}

/** An exchange that does as it says. */
const honest: ListExchange = {
  rows: [],
  kind: 'fills',
  cap: 4,
  heedsLimit: true,
  turnsPages: true,
  order: 'newest',
  until: 'heeded',
  fromId: 'heeded',
  bare: 'all',
  ownIds: true,
  served: Number.POSITIVE_INFINITY,
  gone: {},
  faults: [],
  latency: [],
  ahead: 0,
  clock: start,
  asked: 0,
}

/** Nights of one partition, so many ticks apart. */
export function nights(...waits: readonly number[]): readonly ListNight[] {
  return waits.map((wait) => ({ wait, listed: ['A'] }))
}

export function worldOf(exchange: Partial<ListExchange>, change: Partial<ListWorld> = {}): ListWorld {
  return {
    exchange: { ...honest, ...exchange },
    nights: nights(0, 30),
    hinted: [],
    unprocessed: [0],
    hiccups: [],
    shrinks: false,
    ...change,
  }
}

export const ticks = (min: number, max: number) => fc.integer({ min, max })
