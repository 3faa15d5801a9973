import { z } from 'zod'
import { completenesses } from '../domain/completeness.ts'
import { mostTold } from '../domain/told-spans.ts'
import { derivations, positions, roles, sides, transferStatuses } from '../domain/transaction.ts'
import { doubtMeanings, gapMeanings, meaningsOf } from './reason-meanings.ts'
import {
  absent,
  amount,
  closing,
  completeness,
  connectionId,
  exchangeState,
  keyStep,
  sentences,
  stream,
  time,
  window,
} from './shape-words.ts'

/**
 * What goes out of accounts and their histories, once: answers are held against it by the tests, the document of the API is made from
 * it, and the console takes its types from here. So it is with the shapes of exchanges, exports and imports.
 */

export const connection = z
  .strictObject({
    id: connectionId,
    exchange: z.string(),
    subaccount: z.string().optional(),
    label: z.string().optional(),
    keyHint: z.string().meta({ description: 'The last four characters of the access key.' }),
    status: z.enum(['connected', 'attention', 'disconnected']),
    reason: z
      .strictObject({ code: z.string(), sentence: z.string() })
      .optional()
      .meta({ description: 'What needs your attention, and what to do.' }),
    accountSince: time.optional().meta({
      description: 'You say that the account was not used before. A stored row from before refutes it.',
    }),
    accountSinceRefuted: z
      .strictObject({ by: time, sentence: z.string() })
      .optional()
      .meta({ description: 'A row from before `accountSince` is stored: so what you say does not count.' }),
    symbols: z.array(z.string()).optional().meta({ description: 'What you say was traded.' }),
    fromFiles: z
      .boolean()
      .optional()
      .meta({
        description:
          'It never had a key: all that is known of it came in statement files. Its status is `disconnected`, and a first key is ' +
          'given to it as another one is to any.',
      }),
    begun: z
      .boolean()
      .optional()
      .meta({
        description:
          'With `fromFiles`: it was opened for a file, and none that came could be read yet. Nothing is known of it. It goes with its ' +
          'last file.',
      }),
    paused: z.boolean().optional().meta({
      description: 'You want no nightly syncs for now. What the exchange forgets meanwhile becomes a gap.',
    }),
    completeness: completeness.optional().meta({
      description: 'What is known of the history up to `asOf`; absent before all of it was asked for once.',
    }),
    asOf: time.optional().meta({ description: 'Up to when the exchange was asked, in every stream.' }),
    createdAt: time,
    checkedAt: time.optional().meta({ description: 'When the key was last checked.' }),
    lastRun: z.string().optional().meta({ description: 'The id of the last sync.' }),
    nextSyncAt: time.optional().meta({ description: 'Absent where nothing is asked by itself.' }),
  })
  .meta({ id: 'Connection' })

const theLongest = `The longest ${mostTold}, oldest first. The statement of an export lists all.`
const more = (what: string) =>
  z
    .int()
    .optional()
    .meta({ description: `How many more ${what} there are, none of them longer; absent for none.` })
const moreGaps = more('gaps')
const moreUnverified = more('such times')

const whoseSpan = z.strictObject({
  ...window,
  reason: z.string().meta({ description: meaningsOf({ ...gapMeanings, ...doubtMeanings }) }),
  partitions: z.array(z.string()).optional().meta({
    description: 'Of which parts of the stream (accounts, symbols, coins) this time is. Absent: of all.',
  }),
  morePartitions: more('further parts of which it is'),
})

const behind = z
  .array(
    z.strictObject({
      parts: z.int().meta({ description: 'How many.' }),
      of: z.int().meta({ description: 'How many parts the stream has.' }),
      partitions: z
        .array(z.string())
        .optional()
        .meta({ description: 'Which, the first by name; absent: all.' }),
      morePartitions: more('of them'),
      knownUntil: time.optional().meta({
        description: 'Up to when they are known. Absent where they were not asked for to the end even once.',
      }),
    }),
  )
  .optional()
  .meta({
    description:
      'Parts of the stream (accounts, symbols, coins) that were not asked for to the end. No gap tells of them, since nobody has looked.',
  })

const orders = z
  .array(
    z.strictObject({
      partition: z.string(),
      listed: z.int().meta({ description: 'So many orders are listed.' }),
      since: time.meta({ description: 'The oldest of them is of this time.' }),
      lacking: z.int().meta({ description: 'So many of them were filled with more than is stored.' }),
      from: time.optional(),
      to: time.optional().meta({ description: 'The fills that are missing lie between `from` and `to`.' }),
    }),
  )
  .optional()
  .meta({
    description:
      'Where not all fills could be had: what the orders that the exchange lists tell of those that are missing, and nothing of others.',
  })

const streamProgress = z.strictObject({
  stream,
  state: z.enum(['waiting', 'running', ...completenesses, 'failed']),
  startedAt: time.optional().meta({ description: 'When the sync began with this stream.' }),
  finishedAt: time
    .optional()
    .meta({ description: 'When it had done all it could: each stream ends by itself.' }),
  position: time.optional().meta({ description: 'The time of the oldest row that this sync was served.' }),
  asked: z.int().meta({ description: 'Requests sent, retries included.' }),
  served: z.int().meta({ description: 'Rows that the exchange answered.' }),
  stored: z.int().meta({ description: 'Rows written: new ones and changed ones.' }),
  new: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  revised: z.int().optional().meta({
    description: 'Of the changed rows: said something final, and say something else now.',
  }),
  vanished: z
    .int()
    .optional()
    .meta({ description: 'Of the changed rows: the exchange does not show them any more.' }),
  unreadable: z
    .int()
    .optional()
    .meta({ description: 'Rows that could not be read, and are kept as they were served.' }),
  percent: z
    .number()
    .meta({ description: 'Share of what was planned, be it time or names, that was asked for.' }),
  names: z
    .array(
      z.strictObject({
        each: z.string().meta({ description: 'What they are, such as `coins`.' }),
        asked: z.int(),
        of: z.int(),
        apart: z
          .strictObject({ filter: z.string(), values: z.array(z.string()) })
          .optional()
          .meta({
            description:
              'Each is asked for once for each of these values, and counts when it was for all. Absent where one question shows all at once.',
          }),
      }),
    )
    .optional()
    .meta({ description: 'How many of the names that this sync asks for one by one were asked for.' }),
  failure: z.strictObject({ code: z.string(), sentence: z.string() }).optional(),
  note: z.string().optional().meta({ description: 'Why the exchange says this stream is empty.' }),
  gaps: z.array(whoseSpan).meta({ description: theLongest }),
  moreGaps,
  unverified: z.array(whoseSpan).meta({ description: `Time of which nobody can tell. ${theLongest}` }),
  moreUnverified,
  behind,
})

const pollAfter = z
  .int()
  .optional()
  .meta({ description: 'Milliseconds after which to ask again; absent when nothing will change by itself.' })

export const run = z
  .strictObject({
    id: z.string(),
    connection: connectionId,
    state: z.enum(['running', ...completenesses, 'interrupted', 'failed']),
    startedAt: time,
    finishedAt: time.optional(),
    requests: z.int(),
    percent: z.number(),
    failure: z.strictObject({ code: z.string(), sentence: z.string() }).optional(),
    warnings: z.array(z.string()).optional().meta({
      description: 'What you should look at: that another account may be behind this key.',
    }),
    streams: z.array(streamProgress),
    pollAfter,
  })
  .meta({ id: 'Sync' })

export const runList = z.strictObject({ items: z.array(run) })

export const connected = z
  .strictObject({
    ...connection.shape,
    warnings: z.array(z.string()).meta({ description: 'What you should know about this key.' }),
    closingAdvice: z.array(z.string()).meta({
      description: 'What you should know and do because the exchange closes; none where it does not.',
    }),
    sync: run.meta({ description: 'The sync that was started.' }),
  })
  .meta({ id: 'ConnectedKey' })

export const summary = z.strictObject({
  items: z.array(
    z
      .strictObject({
        connection,
        exchange: z.strictObject({
          id: z.string(),
          name: z.string(),
          state: exchangeState,
          closing,
          closingAdvice: z.array(z.string()),
        }),
        rows: z.int().meta({
          description:
            'How many rows are stored, as the last sync and the last statement file have counted them.',
        }),
        files: z
          .strictObject({
            rows: z.int(),
            streams: z.array(z.strictObject({ stream, title: z.string(), rows: z.int() })),
            sentences: sentences.meta({
              description: 'Which time files attest, and what they do not count for.',
            }),
          })
          .optional()
          .meta({
            description:
              'What only statement files tell: rows that the exchange shows as well are its own. Absent where no file tells of it.',
          }),
        streams: z.array(
          z.strictObject({
            stream,
            title: z.string(),
            state: completeness,
            rows: z.int(),
            gaps: z.int().meta({ description: 'How many times are missing.' }),
            longestGap: z.strictObject(window).optional().meta({
              description: 'The longest of them; absent for none.',
            }),
            parts: z.int().meta({
              description: 'How many parts (accounts, symbols, coins) the stream has.',
            }),
            gapParts: z.int().meta({ description: 'In how many of them something is missing.' }),
          }),
        ),
        sentences: z.array(z.string()).meta({
          description:
            'What the last sync warns of, why it is not complete, and what is lost soon; none before the first sync.',
        }),
        sync: run.optional().meta({ description: 'The sync under way, or the last one.' }),
      })
      .meta({ id: 'Summary' }),
  ),
  pollAfter,
})

export const monthList = z.strictObject({
  items: z.array(z.strictObject({ stream, ...window, rows: z.int() })),
})

export const connectionList = z.strictObject({ items: z.array(connection) })

export const coverageList = z.strictObject({
  state: completeness,
  asOf: time.optional().meta({ description: 'Up to when the exchange was asked, in every stream.' }),
  comparedAt: time.optional().meta({
    description:
      'When a sync last compared all that is stored with what was put there. What got lost later is not noticed yet, unless ' +
      'an export found it.',
  }),
  accountSince: z
    .strictObject({ at: time, refutedBy: time.optional(), sentence: z.string() })
    .optional()
    .meta({ description: 'Since when you say that the account was used, and the row that says otherwise.' }),
  sentences: z
    .array(z.string())
    .meta({ description: 'Why it is not complete, and what to do; none when it is.' }),
  lacking: z.array(z.string()).meta({
    description: 'Of `sentences` those that say what is not known to be complete, without what to do.',
  }),
  items: z.array(
    z
      .strictObject({
        stream,
        title: z.string(),
        state: completeness,
        sentences: z.array(z.string()).meta({ description: 'What is complete, what is missing, in words.' }),
        each: z.array(z.string()).optional().meta({
          description:
            'Where a stream is asked for name by name: before when nobody can tell of how many names, which `sentences` say in one.',
        }),
        behind,
        orders,
        partitions: z.array(
          z.strictObject({
            partition: z.string(),
            note: z.enum(['not-opened', 'not-served', 'not-known']).optional().meta({
              description:
                'Why the exchange says that there is nothing. `not-known`: the name was made up from a coin, and is none.',
            }),
            coveredUntil: time.optional(),
            covered: z.array(z.strictObject(window)).meta({ description: theLongest }),
            moreCovered: more('covered times'),
            gaps: z
              .array(
                z.strictObject({
                  ...window,
                  reason: z
                    .enum(['expired', 'saturated', 'failed', 'unreadable'])
                    .meta({ description: meaningsOf(gapMeanings) }),
                }),
              )
              .meta({ description: theLongest }),
            moreGaps,
            unverified: z
              .array(
                z.strictObject({
                  ...window,
                  reason: z
                    .enum(['beyond-depth', 'refused', 'indivisible', 'by-order', 'unlisted', 'damaged'])
                    .meta({ description: meaningsOf(doubtMeanings) }),
                }),
              )
              .meta({ description: theLongest }),
            moreUnverified,
            unfinished: z.int().meta({ description: 'Transfers that were not final when last read.' }),
            missing: z.int().optional().meta({
              description: 'How many stored rows the exchange no longer shows.',
            }),
            unreadable: z.int().optional().meta({
              description:
                'How many stored rows count as they were, since their newest state cannot be read.',
            }),
            revised: z.int().optional().meta({
              description:
                'How many rows said something final and then something else, be it status, amount, coin, fee, address or time.',
            }),
          }),
        ),
        morePartitions: z.int().optional().meta({
          description:
            'How many partitions are only counted: where there are thousands, those with rows and gaps are named.',
        }),
      })
      .meta({ id: 'Coverage' }),
  ),
  attested: z
    .array(z.strictObject({ stream, ...window, by: z.enum(['owner', 'balance']) }))
    .optional()
    .meta({
      description:
        'Time for which a file is said to be whole, by its owner, or since no row breaks its running balance. It is not covered: ' +
        'gaps and doubts stay what they are. Absent where there are no files.',
    }),
  absent,
})

export const transaction = z
  .strictObject({
    id: z.string(),
    connection: connectionId,
    exchange: z.string(),
    subaccount: z.string().optional(),
    stream,
    time,
    symbol: z.string().optional(),
    base: z.string().optional(),
    quote: z.string().optional(),
    side: z.enum(sides).optional(),
    price: amount.optional(),
    amount: amount
      .optional()
      .meta({ description: 'Fills: base amount. Transfers: net amount that arrived. Ledger rows: signed.' }),
    quoteAmount: amount.optional(),
    fee: amount.optional(),
    feeCurrency: z.string().optional(),
    role: z.enum(roles).optional(),
    orderId: z.string().optional(),
    tradeId: z.string().optional(),
    orderMode: z.string().optional(),
    contracts: amount.optional(),
    contractSize: amount.optional().meta({ description: 'Base units in a contract.' }),
    position: z.enum(positions).optional(),
    realizedPnl: amount.optional(),
    account: z.string().optional(),
    currency: z.string().optional(),
    network: z.string().optional(),
    address: z.string().optional(),
    txId: z.string().optional(),
    status: z.enum(transferStatuses).optional(),
    type: z.string().optional(),
    movedTo: time.optional().meta({
      description:
        'The time that the exchange gives it now, where that is not the one with which it was first served: `time` stays.',
    }),
    missingSince: time.optional().meta({ description: 'Since when the exchange no longer shows it.' }),
    unreadableSince: time.optional().meta({
      description: 'Since when what the exchange says of it cannot be read: what could be read last counts.',
    }),
    unreadableRaw: z.string().optional().meta({ description: 'What it says of it since, as it was served.' }),
    history: z
      .array(z.looseObject({ until: time }))
      .optional()
      .meta({
        description:
          'What it said before, oldest first: each with `until` and the fields that the newer answer changed, under the names above.',
      }),
    source: z.literal('file').optional().meta({
      description: 'Where the exchange has not served it: it stands in a file that its owner got there.',
    }),
    precision: z.number().optional().meta({
      description:
        'Of a row of a file: it happened within so many milliseconds from `time`, and nobody says when.',
    }),
    derived: z.enum(derivations).optional().meta({
      description:
        'Of a row of a file: what it was worked out from, where no line says it as it is; `export`: it is as our own export had it, where the exchange had served it.',
    }),
    raw: z.looseObject({}).optional().meta({
      description:
        'The row exactly as the exchange served it, digit by digit. Absent where it was not wanted.',
    }),
  })
  .meta({ id: 'Transaction' })

export const transactionList = z.strictObject({
  items: z.array(transaction),
  nextCursor: z.string().optional().meta({ description: 'Present when there is more.' }),
  searchedUntil: time.optional().meta({
    description:
      'Few rows fit, and the page ends before the history does: up to where it was looked for them. `nextCursor` goes on.',
  }),
})

export const problem = z
  .strictObject({
    type: z.string().meta({ description: 'Where this problem is described.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'A sentence for the user, with what to do next.' }),
    code: z.string().meta({ description: 'What a program can decide by.' }),
    connection: connectionId.optional().meta({ description: 'The connection that stands in the way.' }),
    sentence: z.string().optional().meta({
      description: '`detail` without what is for programs, where it says how to send the request otherwise.',
    }),
    step: keyStep.optional().meta({
      description: 'The step of the key guide, of `GET /v1/exchanges`, at which it is put right.',
    }),
    errors: z
      .array(z.strictObject({ field: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'Each field that cannot be taken, and why.' }),
  })
  .meta({ id: 'Problem' })
