import { describe, it } from 'vitest'
import { type ModelExchange, type ModelRow, tick } from './model-exchange.ts'
import { play } from './play.ts'
import { engine } from './sync-engine.ts'
import { lag, start, type World } from './world.ts'

const row: ModelRow = {
  id: 'm0-0',
  time: 0,
  late: lag - tick,
  symbol: 'X',
  order: '1',
  partition: 'a',
  doneAt: 0,
}

const exchange: ModelExchange = {
  rows: [],
  page: 'newest',
  beyond: 'clipped',
  served: 4_000 * tick,
  maxSpan: 1_000 * tick,
  inclusive: false,
  faults: [],
  clock: start,
  asked: 0,
}

const calm: World = {
  accounts: [exchange],
  upperEnd: 'known',
  nights: [],
  shrinks: false,
  after: 0,
  unprocessed: [0],
  hiccups: [],
}

describe('the smallest worlds in which the model found a fault', () => {
  it('time is not called covered that the exchange ceased to serve while our clock was behind', async () => {
    const rows = [{ ...row, time: start - 4_000 * tick, doneAt: start - 4_000 * tick }]
    await play(engine, { ...calm, accounts: [{ ...exchange, rows, ahead: -5 * tick }] })
  })

  it('transfers that a full page leaves out are not forgotten while they are pending', async () => {
    const time = start - 200 * tick
    const rows = Array.from({ length: 7 }, (_, index) => ({
      ...row,
      id: `m0-${index}`,
      time,
      doneAt: start + 136_801,
    }))
    const nights = [{ wait: 0, mishap: { kind: 'aborted', at: 2 } as const }]
    await play(engine, { ...calm, accounts: [{ ...exchange, rows }], nights })
  })
})
