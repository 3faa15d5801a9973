import { type ModelExchange, type ModelRow, modelDepth, tick } from './model-exchange.ts'
import { aWeek, lag, start, type World } from './world.ts'

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
  ends: 'known',
  nights: [{ wait: 0 }],
  shrinks: false,
  recheck: false,
  after: 0,
  unprocessed: [0],
  hiccups: [],
}

/** An account in which a run meets all there is: full pages, a crowded instant, late rows, transfers that end later. */
export const eventfulAccount: ModelExchange = {
  ...exchange,
  page: 'scattered',
  rows: ['a', 'b'].flatMap((partition) =>
    [
      ...Array.from({ length: 9 }, (_, index) => start - 300 * tick + index * 7 * tick),
      ...Array.from({ length: 6 }, () => start - 150 * tick),
      ...Array.from({ length: 4 }, (_, index) => start - 30 * tick + index * 10 * tick),
    ].map((time, index) => ({
      ...row,
      id: `m${partition}-${index}`,
      time,
      partition,
      late: index % 3 === 0 ? lag - tick : 0,
      doneAt: time + (index % 2) * 250 * tick,
    })),
  ),
}

export const eventful: World = {
  ...calm,
  accounts: [eventfulAccount],
  opened: start - modelDepth - 500 * tick,
}

/** A row takes back that it was done, and the run that reads so is killed while it writes. */
export const tookBackAndKilled = Array.from({ length: 24 }, (_, index): World => {
  const later = [{ at: start + 5 * tick, status: 'failed' } as const]
  return {
    ...calm,
    accounts: [
      { ...exchange, rows: [{ ...row, time: start - 40 * tick, doneAt: start - 30 * tick, later }] },
    ],
    nights: [{ wait: 0 }, { wait: 10, mishap: { kind: 'killed', at: index } }, { wait: 0 }],
  }
})

/** A row that was read is served so that nobody can read it any more. */
export const readThenBroken: World = {
  ...calm,
  accounts: [
    {
      ...exchange,
      rows: [
        {
          ...row,
          time: start - 30 * tick,
          doneAt: start - 30 * tick,
          broken: { dated: true, since: start + 5 * tick, until: Number.MAX_SAFE_INTEGER },
        },
      ],
    },
  ],
  nights: [{ wait: 0 }, { wait: 10 }],
}

/** A row that was read cannot be read any more, and answers that are put together show it as it is and as it was an hour ago. */
export const brokenInTwoStates: World = {
  ...calm,
  accounts: [
    {
      ...exchange,
      beyond: 'empty',
      inclusive: true,
      served: 2_500 * tick,
      maxSpan: 300 * tick,
      stale: [0, 60 * tick],
      rows: ['m0-0', 'm1-0'].map((id, index) => ({
        ...row,
        id,
        partition: 'b',
        time: start - 24 * tick + 1,
        late: 24.5 * tick,
        doneAt: start - 21 * tick,
        ...(index === 1 && { broken: { dated: true, since: start + 5 * tick, until: start + 300 * tick } }),
      })),
    },
  ],
  ends: 'unknown',
  nights: [{ wait: 0 }, { wait: 30 }],
  shrinks: true,
  after: 500,
}

/** One row is not shown any more, and another of the same answer cannot be read. */
export const hiddenBesideBroken: World = {
  ...calm,
  accounts: [
    {
      ...exchange,
      rows: [
        {
          ...row,
          time: start - 50 * tick,
          doneAt: start - 50 * tick,
          hidden: { from: start + 3 * tick, until: Number.MAX_SAFE_INTEGER },
        },
        {
          ...row,
          id: 'm1-0',
          time: start - 60 * tick,
          doneAt: start - 60 * tick,
          broken: { dated: true, until: Number.MAX_SAFE_INTEGER },
        },
      ],
    },
  ],
  nights: [{ wait: 0 }, { wait: 10 }],
}

/** A finished transfer is dated anew. */
export const datedAnewWhenDone: World = {
  ...calm,
  accounts: [
    {
      ...exchange,
      rows: [
        {
          ...row,
          time: start - 40 * tick,
          doneAt: start - 40 * tick,
          moved: { to: start - 30 * tick, at: start + 5 * tick },
        },
      ],
    },
  ],
  nights: [{ wait: 0 }, { wait: 10 }],
}

/** The smallest worlds in which the model found faults that it finds too rarely to be left to chance. */
export const smallWorlds: readonly { readonly promise: string; readonly world: World }[] = [
  { promise: 'a row that was read stays one row when nobody can read it any more', world: readThenBroken },
  {
    promise: 'a row that was read stays one row in whichever states it is served that nobody can read',
    world: brokenInTwoStates,
  },
  {
    promise: 'a row that is not shown any more is told though another cannot be read',
    world: hiddenBesideBroken,
  },
  { promise: 'a finished transfer that is dated anew is told', world: datedAnewWhenDone },
  {
    promise: 'time is not called covered that the exchange ceased to serve while our clock was behind',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          rows: [{ ...row, time: start - 4_000 * tick, doneAt: start - 4_000 * tick }],
          ahead: -5 * tick,
        },
      ],
    },
  },
  {
    promise: 'transfers that a full page leaves out are not forgotten while they are pending',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          rows: Array.from({ length: 7 }, (_, index) => ({
            ...row,
            id: `m0-${index}`,
            time: start - 200 * tick,
            doneAt: start + 136_801,
          })),
        },
      ],
      nights: [{ wait: 0 }, { wait: 0, mishap: { kind: 'aborted', at: 2 } }],
    },
  },
  {
    promise: 'what is shown again is not called missing any more',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          rows: [
            {
              ...row,
              time: start - 30 * tick,
              hidden: { from: start + 3 * tick, until: start + 9 * tick },
            },
          ],
        },
      ],
      nights: [{ wait: 0 }, { wait: 2 }],
      after: 500,
    },
  },
  {
    promise: 'what is not shown any more is called missing',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          rows: [
            {
              ...row,
              time: start - 45 * tick,
              late: 0,
              hidden: { from: start + 3 * tick, until: start + 30_000 * tick },
            },
          ],
        },
      ],
    },
  },
  {
    promise: 'an id that an exchange uses again long after, for another transfer, is of two rows',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          clock: start + 45_000 * tick,
          served: 60_000 * tick,
          rows: [
            { ...row, id: 'm0-0', name: 'm0', time: start, amount: '1' },
            { ...row, id: 'm1-0', name: 'm0', time: start + 44_000 * tick, amount: '2' },
          ],
        },
      ],
      opened: start - 100 * tick,
    },
  },
  {
    promise: 'young time that is refused is asked for again, and never taken for expired',
    world: {
      ...calm,
      accounts: [
        { ...exchange, faults: [undefined, ...Array.from({ length: 60 }, () => 'out-of-range' as const)] },
      ],
      nights: [{ wait: 0 }, { wait: 100 }],
    },
  },
  {
    promise: 'where an exchange does not say what time it is, what it refuses is no verdict',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          refusesFuture: true,
          tells: 'time',
          ahead: 2_000 * tick,
          served: 1_000 * tick,
          faults: [undefined, 'exchange-down'],
        },
      ],
      nights: [{ wait: 0 }, { wait: 0 }],
    },
  },
  {
    promise:
      'what could not be read and says something else now is put aside, and kept again as it is served',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          rows: [
            {
              ...row,
              time: start - 100 * tick,
              broken: { dated: true, until: Number.MAX_SAFE_INTEGER },
            },
          ],
        },
      ],
      nights: [{ wait: 0 }, { wait: 0, damage: { at: 3, how: 'altered' } }],
    },
  },
  {
    promise: 'an answer that was found to be cut is not confirmed by an older row',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          cap: 2,
          rows: [
            ...['m0-0', 'm0-1', 'm0-2'].map((id) => ({ ...row, id, time: start - 1_043 * tick + 3 })),
            { ...row, id: 'm1-0', time: start - 1_097 * tick },
          ],
        },
      ],
      nights: [],
    },
  },
  {
    promise: 'an answer that lags behind makes no final status pending again',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          rows: [{ ...row, time: start - 40 * tick, doneAt: start - 5 * tick }],
          stale: [0, 0, 0, 60 * tick],
        },
      ],
      nights: [{ wait: 0 }, { wait: 0 }, { wait: 0 }, { wait: 0 }],
    },
  },
  {
    promise: 'a row that appears later than it should is found by looking back',
    world: {
      ...calm,
      accounts: [{ ...exchange, rows: [{ ...row, time: start - 25 * tick, late: 30 * tick }] }],
      nights: [{ wait: 0 }, { wait: 10 }],
    },
  },
  {
    promise: 'a transfer that is dated anew stays one row',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          rows: [{ ...row, time: start - 40 * tick, moved: { to: start - 35 * tick, at: start + 3 * tick } }],
        },
      ],
    },
  },
  {
    promise: 'a transfer that is dated anew is looked for in other answers before it is called missing',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          page: 'oldest',
          rows: [
            ...[55, 53, 48, 46, 40, 35].map((age) => ({ ...row, id: `m${age}-0`, time: start - age * tick })),
            { ...row, time: start - 50 * tick, moved: { to: start - 20 * tick, at: start + 3 * tick } },
          ],
        },
      ],
    },
  },
  {
    promise: 'what could not be had is asked for again',
    world: {
      ...calm,
      opened: start - 500 * tick,
      accounts: [
        {
          ...exchange,
          rows: [{ ...row, time: start - 100 * tick }],
          faults: [undefined, 'exchange-down', 'exchange-down'],
        },
      ],
    },
  },
  {
    promise: 'coverage that was altered is not believed',
    world: {
      ...calm,
      accounts: [{ ...exchange, rows: [{ ...row, time: start + 5 * tick }] }],
      nights: [{ wait: 0 }, { wait: 60, damage: { at: 0, how: 'altered' } }],
    },
  },
  {
    promise: 'what nobody could tell is asked for again in time, also after a run whose clock was days ahead',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          rows: [{ ...row, time: start - 3_900 * tick }],
          beyond: 'refused',
          served: 1_000 * tick,
          opensAt: start + 5_000 * tick,
          ahead: 2_000 * tick,
          faults: ['exchange-down', ...Array.from({ length: 300 }, () => undefined)],
        },
      ],
      after: aWeek + 10,
    },
  },
  {
    promise: 'nothing is called damaged because the store failed to note that a month is written to',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          served: 20_000 * tick,
          rows: [1_078, 3_846, 3_846, 5_035].map((age, index) => ({
            ...row,
            id: `m${index}-0`,
            time: start - age * tick,
          })),
        },
        { ...exchange, served: 20_000 * tick },
      ],
      hiccups: Array.from({ length: 8 }, (_, index) => index === 2),
    },
  },
  {
    promise: 'covered time is not doubted because it is asked for again to look for a row',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          inclusive: true,
          begins: 'after',
          served: 1_000 * tick,
          rows: [
            {
              ...row,
              partition: 'b',
              time: start - 200 * tick,
              doneAt: start + 3 * tick,
              late: 0,
              broken: { dated: false, until: start + 300 * tick },
            },
            ...['m0-1', 'm0-2', 'm0-3'].map((id) => ({
              ...row,
              id,
              partition: 'b',
              time: start - 200 * tick,
              doneAt: start + 3 * tick,
              late: 0,
              moved: { to: start - 196 * tick, at: start - 196 * tick },
              hidden: { from: start + 3 * tick, until: start + 30_000 * tick },
            })),
            ...['m1-0', 'm1-1', 'm1-2', 'm1-3'].map((id) => ({
              ...row,
              id,
              partition: 'b',
              time: start - 199 * tick,
              doneAt: start - 199 * tick,
              late: 20 * tick,
              moved: { to: start - 194 * tick, at: start - 194 * tick },
              hidden: { from: start - 174 * tick, until: start + 126 * tick },
            })),
          ],
        },
      ],
      ends: 'unknown',
      nights: [],
      after: 500,
    },
  },
  {
    promise:
      'young time that is refused stays young where our clock was ahead and the exchange then tells its own',
    world: {
      ...calm,
      accounts: [
        { ...exchange, refusesFuture: true, ahead: 2_000 * tick, faults: ['exchange-down', undefined] },
      ],
    },
  },
  {
    promise:
      'time that the exchange has not reached is not called covered where our clock is put forward during a run',
    world: {
      ...calm,
      accounts: [
        { ...exchange, rows: [{ ...row, time: start - 5 * tick }], jump: { after: 5, by: 60 * tick } },
      ],
    },
  },
  {
    promise: 'a transfer that was dated anew into a crowd is not called missing',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          served: 20_000 * tick,
          rows: [
            { ...row, id: 'm9-0', time: start - 168 * tick, doneAt: start + 264 * tick },
            ...Array.from({ length: 6 }, (_, index) => ({
              ...row,
              id: `m${index}-0`,
              time: start - 11 * tick,
              doneAt: index === 0 ? start + 190 * tick : 0,
              moved: { to: start - 9 * tick + 2, at: start + 38 * tick },
            })),
          ],
        },
      ],
      opened: start - 1_500 * tick,
      nights: [{ wait: 10, mishap: { kind: 'joined', at: 3 } }, { wait: 3_990 }],
    },
  },
  {
    promise: 'an answer with rows of other time says nothing of the time that was asked for',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          cap: 3,
          strays: [false, false, false, true],
          rows: Array.from({ length: 16 }, (_, index) => ({
            ...row,
            id: `m${index}-0`,
            time: start - (index + 1) * 55 * tick,
          })),
        },
      ],
      opened: start - 900 * tick,
      nights: [{ wait: 0 }, { wait: 30 }],
    },
  },
  {
    promise: 'the newest rows in answer to a question about old time say that it is not served',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          beyond: 'ignored',
          served: 1_500 * tick,
          rows: [20, 40, 300, 700, 1_200, 1_450, 1_480].map((age) => ({
            ...row,
            id: `m${age}-0`,
            time: start - age * tick,
          })),
        },
      ],
      nights: [{ wait: 0 }, { wait: 30 }],
    },
  },
  {
    promise:
      'time that nobody asked for is not called refused because younger time was, and was served after all',
    world: {
      ...calm,
      accounts: [
        {
          ...exchange,
          maxSpan: 300 * tick,
          opensAt: start + 500 * tick,
          rows: [
            { ...row, time: 70 * tick },
            ...Array.from({ length: 7 }, (_, index) => ({
              ...row,
              id: `m${index + 1}-0`,
              time: start - 3_997 * tick,
              ...(index > 0 && { moved: { to: start - 3_996 * tick, at: start - 3_996 * tick } }),
            })),
          ],
        },
      ],
      nights: [],
      after: aWeek + 10,
    },
  },
]
