import { z } from 'zod'
import { completenesses } from '../domain/completeness.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { eachAccountName } from '../domain/export-format.ts'
import { streamKinds } from '../domain/stream.ts'
import { mostTold } from '../domain/told-spans.ts'
import { submit, textProblem } from '../use-cases/submission.ts'
import { decodeCursor } from './cursor.ts'

/** What comes in and what goes out, once: the document of the API is made from the same schemas. */

function text(maxLength: number, description: string, example?: string) {
  return z
    .string()
    .superRefine((value, context) => {
      const message = textProblem(value, maxLength)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })
    .meta({ description, minLength: 1, maxLength, ...(example !== undefined && { example }) })
}

function name(description: string, example?: string) {
  return text(100, description, example).refine((value) => value === '' || value.trim() !== '', {
    error: 'must not be blank',
  })
}

const longestCredential = 1_024

const credentialFields = {
  apiKey: text(longestCredential, 'The access key.', 'your-access-key').meta({ format: 'password' }),
  secret: text(longestCredential, 'The secret key.', 'your-secret-key').meta({ format: 'password' }),
  passphrase: text(
    longestCredential,
    'The passphrase, for exchanges that have one (BitMart: the memo). Any Unicode text.',
    'your-memo',
  )
    .meta({ format: 'password' })
    .optional(),
  allowPowerfulKey: z
    .boolean()
    .default(false)
    .meta({ description: 'Take the key even if it can do more than read.' }),
}

type Typed = { readonly apiKey: string; readonly secret: string; readonly passphrase?: string }

/** Typed secrets leave the schema only through `submit`, which wraps them. */
function sealed({ apiKey, secret, passphrase }: Typed) {
  return (exchange: ExchangeDefinition, hash: (text: string) => string) =>
    submit(exchange, { apiKey, secret, passphrase }, hash)
}

/** Keys of the store hold times of 13 digits: later or earlier than any history is as good as the edge. */
const lastInstant = 9_999_999_999_999

const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be a time such as 2026-01-31T00:00:00Z, or a date such as 2026-01-31',
  })
  .transform((value) => Math.min(lastInstant, Math.max(0, Date.parse(value))))
  .meta({ override: { type: 'string', anyOf: undefined, example: '2026-01-31T00:00:00Z' } })

const accountSince = instant.nullable().meta({
  description:
    'The account was not used before: a time, or a date, which means its midnight UTC. Not later than now. Null: not said.',
})

export const connectBody = z
  .strictObject({
    exchange: text(40, 'The id of the exchange, as `GET /v1/exchanges` lists it.', 'bitmart'),
    ...credentialFields,
    subaccount: name(
      'The name of the sub-account that the key belongs to. Leave it out for the main account.',
    ).optional(),
    label: name('Your own name for this connection.', 'Main account').optional(),
    accountSince: accountSince.optional(),
    newAccount: z.boolean().default(false).meta({
      description: 'Where nobody can tell: it is another account than those that are connected already.',
    }),
  })
  .transform(({ exchange, subaccount, label, accountSince, allowPowerfulKey, newAccount, ...typed }) => ({
    exchange,
    subaccount,
    label,
    accountSince,
    allowPowerfulKey,
    newAccount,
    submit: sealed(typed),
  }))
  .meta({ id: 'NewConnection' })

export const changeBody = z
  .strictObject({
    label: name('Your own name for this connection; null takes it away.', 'Main account')
      .nullable()
      .optional(),
    accountSince: accountSince.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, { error: 'must have a field to change' })
  .meta({ id: 'ConnectionChange', minProperties: 1, example: { label: 'Main account' } })

export const credentialsBody = z
  .strictObject({
    ...credentialFields,
    sameAccount: z.boolean().default(false).meta({
      description: 'Where nobody can tell: the key opens the account whose history this is.',
    }),
  })
  .transform(({ allowPowerfulKey, sameAccount, ...typed }) => ({
    allowPowerfulKey,
    sameAccount,
    submit: sealed(typed),
  }))
  .meta({ id: 'NewCredentials' })

const connectionId = z.string().meta({ description: 'The id of a connection.' })

export const connectionParams = z.object({ id: connectionId })
export const runParams = z.object({
  id: connectionId,
  run: z.string().meta({ description: 'The id of a sync.' }),
})

export const syncQuery = z.strictObject({
  recheck: z.enum(['true']).optional().meta({
    description:
      'With `true`, what is unverified or lost is asked for again. A sync under way goes on as it began.',
  }),
})

export const disconnectQuery = z.strictObject({
  history: z
    .enum(['delete'])
    .optional()
    .meta({
      description:
        'Without it the history stays; with `delete` every trace of the connection goes: finished exports that hold rows ' +
        'of it too, on your own computer at once, elsewhere within a week.',
    }),
})

export const transactionsQuery = z
  .strictObject({
    connection: z.string().optional().meta({ description: 'Only this connection.' }),
    stream: z.enum(streamKinds).optional().meta({ description: 'Only this kind of history.' }),
    from: instant
      .optional()
      .meta({ description: 'The first instant, ISO 8601. A date means its midnight UTC.' }),
    to: instant.optional().meta({ description: 'The first instant that is left out.' }),
    order: z
      .enum(['asc', 'desc'])
      .default('asc')
      .meta({ description: 'Oldest first (asc), or newest first (desc).' }),
    limit: z
      .string()
      .regex(/^\d{1,4}$/, 'must be a whole number from 1 to 1000')
      .transform(Number)
      .refine((limit) => limit >= 1 && limit <= 1_000, 'must be a whole number from 1 to 1000')
      .default(100)
      .meta({
        description:
          'How many rows to answer at most. A page has fewer where rows are so large that it would exceed 4 MB.',
        override: { type: 'integer', pattern: undefined, minimum: 1, maximum: 1_000, default: 100 },
      }),
    cursor: z
      .string()
      .transform((cursor, context) => {
        const position = decodeCursor(cursor)
        if (position !== undefined) return position
        context.addIssue({
          code: 'custom',
          message: 'must be a `nextCursor` of an earlier answer, unchanged',
        })
        return z.NEVER
      })
      .optional()
      .meta({ description: '`nextCursor` of the answer before.' }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ['to'],
    message: 'must be later than from',
  })

export const noQuery = z.strictObject({})
export const noParams = z.object({})

const time = z.iso.datetime().meta({ description: 'ISO 8601, UTC.', example: '2026-11-21T07:50:00.000Z' })
const completeness = z.enum(completenesses).meta({
  description:
    'complete: all of it, to the last sync, is covered. unverified: nothing is known to be missing, and for some time ' +
    'nobody can tell. incomplete: something is missing or was not had yet.',
})
const amount = z.string().meta({ description: 'An exact decimal.', example: '0.00509358' })
const window = { from: time, to: time }
const stream = z.enum(streamKinds)

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
    completeness: completeness.optional().meta({
      description: 'What is known of the history up to `asOf`; absent before all of it was asked for once.',
    }),
    asOf: time.optional().meta({ description: 'Up to when the exchange was asked, in every stream.' }),
    createdAt: time,
    checkedAt: time.optional().meta({ description: 'When the key was last checked.' }),
    lastRun: z.string().optional().meta({ description: 'The id of the last sync.' }),
    nextSyncAt: time.optional(),
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

const streamProgress = z.strictObject({
  stream,
  state: z.enum(['waiting', 'running', ...completenesses, 'failed']),
  asked: z.int().meta({ description: 'Requests sent, retries included.' }),
  served: z.int().meta({ description: 'Rows that the exchange answered.' }),
  stored: z.int().meta({ description: 'Rows written: new ones and changed ones.' }),
  new: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  unreadable: z
    .int()
    .optional()
    .meta({ description: 'Rows that could not be read, and are kept as they were served.' }),
  percent: z.number().meta({ description: 'Share of the planned time asked for.' }),
  failure: z.strictObject({ code: z.string(), sentence: z.string() }).optional(),
  note: z.string().optional().meta({ description: 'Why the exchange says this stream is empty.' }),
  gaps: z.array(z.strictObject({ ...window, reason: z.string() })).meta({ description: theLongest }),
  moreGaps,
  unverified: z
    .array(z.strictObject({ ...window, reason: z.string() }))
    .meta({ description: `Time of which nobody can tell. ${theLongest}` }),
  moreUnverified,
})

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
    streams: z.array(streamProgress),
  })
  .meta({ id: 'Sync' })

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

export const connectionList = z.strictObject({ items: z.array(connection) })

const absent = z
  .array(z.string())
  .meta({ description: 'What the exchange has and we never import, in sentences.' })

export const coverageList = z.strictObject({
  state: completeness,
  asOf: time.optional().meta({ description: 'Up to when the exchange was asked, in every stream.' }),
  accountSince: z
    .strictObject({ at: time, refutedBy: time.optional(), sentence: z.string() })
    .optional()
    .meta({ description: 'Since when you say that the account was used, and the row that says otherwise.' }),
  sentences: z
    .array(z.string())
    .meta({ description: 'Why it is not complete, and what to do; none when it is.' }),
  items: z.array(
    z
      .strictObject({
        stream,
        title: z.string(),
        state: completeness,
        sentences: z.array(z.string()).meta({ description: 'What is complete, what is missing, in words.' }),
        partitions: z.array(
          z.strictObject({
            partition: z.string(),
            note: z
              .enum(['not-opened', 'not-served'])
              .optional()
              .meta({ description: 'Why the exchange says that there is nothing.' }),
            coveredUntil: time.optional(),
            covered: z.array(z.strictObject(window)).meta({ description: theLongest }),
            moreCovered: more('covered times'),
            gaps: z
              .array(
                z.strictObject({
                  ...window,
                  reason: z.enum(['expired', 'saturated', 'failed', 'unreadable']),
                }),
              )
              .meta({ description: theLongest }),
            moreGaps,
            unverified: z
              .array(
                z.strictObject({
                  ...window,
                  reason: z.enum(['beyond-depth', 'refused', 'indivisible', 'by-order', 'damaged']),
                }),
              )
              .meta({ description: theLongest }),
            moreUnverified,
            unfinished: z.int().meta({ description: 'Transfers that were not final when last read.' }),
            missing: z.int().optional().meta({
              description: 'Stored rows that the exchange no longer shows; the youngest 500 are counted.',
            }),
            revised: z.int().optional().meta({
              description:
                'Rows that said something final and then something else; the youngest 500 are counted.',
            }),
          }),
        ),
      })
      .meta({ id: 'Coverage' }),
  ),
  absent,
})

export const exportBody = z
  .strictObject({
    format: z.string().meta({ description: 'One of `GET /v1/exports`.', example: 'koinly' }),
    from: z.string().optional().meta({
      description:
        'The first instant (ISO 8601 with its zone, 2026-01-31T12:00:00Z), or the first day by the clocks of `timezone`.',
    }),
    to: z.string().optional().meta({
      description:
        'The first instant that is left out, or the last day, which is included as a whole: `2026-12-31`.',
    }),
    period: z.string().optional().meta({
      description:
        'Instead of `from` and `to`: a year, or the first and the last day of a tax year, `2026-04-06/2027-04-05`.',
      example: '2026',
    }),
    connections: z
      .array(z.string())
      .min(1)
      .max(1_000)
      .optional()
      .meta({ description: 'Ids of connections; without it, all that you have.' }),
    timezone: z.string().optional().meta({
      description: 'The IANA name of the time zone that days are meant in; UTC without it.',
      example: 'Europe/Berlin',
    }),
    accounts: z.strictObject(eachAccountName(z.string().optional())).optional().meta({
      description:
        'How journals name their accounts; `{exchange}`, `{subaccount}`, `{wallet}` and `{cause}` are filled in.',
    }),
  })
  .meta({ id: 'NewExport' })

const sentences = z.array(z.string())

export const formatList = z.strictObject({
  items: z.array(
    z
      .strictObject({
        format: z.string().meta({ description: 'What `POST /v1/exports` takes.' }),
        name: z.string(),
        extension: z.string(),
        contentType: z.string(),
        timezone: z.enum(['utc', 'chosen']).meta({
          description: 'In which zone the times of the file are: `chosen` is the one that you ask for.',
        }),
        statement: z.enum(['inside', 'beside']).meta({
          description:
            'Whether what the file covers is said in it too. The whole statement is always beside it.',
        }),
        carries: sentences.meta({ description: 'What the file holds.' }),
        cannotSay: sentences.meta({ description: 'What the tool has no words for.' }),
        upload: sentences.meta({ description: 'How to give the file to the tool.' }),
      })
      .meta({ id: 'Format' }),
  ),
})

export const exportAnswer = z
  .strictObject({
    id: z.string(),
    format: z.string(),
    state: z.enum(['waiting', 'done', 'failed']),
    from: time.optional(),
    to: time.optional().meta({ description: 'The first instant that is left out.' }),
    timezone: z.string(),
    connections: z.array(z.string()).optional().meta({ description: 'Absent: all that you have.' }),
    requestedAt: time,
    finishedAt: time.optional(),
    transactions: z.int().optional().meta({ description: 'How many were looked at.' }),
    bytes: z.int().optional(),
    complete: z.boolean().optional().meta({
      description: 'Whether all of the period is known to be complete, in every stream of every connection.',
    }),
    completeness: completeness.optional(),
    statement: sentences.optional().meta({ description: 'What the file covers, and what is not in it.' }),
    download: z.string().optional().meta({ description: 'Opens the file, without any sign-in.' }),
    statementDownload: z.string().optional().meta({
      description:
        'Opens the statement: what the file covers, what is not in it, what it adds up to, its SHA-256.',
    }),
    statementJsonDownload: z
      .string()
      .optional()
      .meta({ description: 'Opens the same for programs, as JSON.' }),
    downloadUntil: time
      .optional()
      .meta({ description: 'Until when these addresses work; ask again for others.' }),
  })
  .meta({ id: 'Export' })

export const exportParams = z.object({ id: z.string().meta({ description: 'The id of an export.' }) })

export const exchangeList = z.strictObject({
  items: z.array(
    z
      .strictObject({
        id: z.string(),
        name: z.string(),
        credentials: z.array(
          z.strictObject({
            name: z.enum(['apiKey', 'secret', 'passphrase']),
            title: z.string().meta({ description: 'What the exchange calls it.' }),
            hint: z.string(),
            maxLength: z.int(),
            troublesome: z
              .array(z.string())
              .optional()
              .meta({ description: 'Symbols that break other tools.' }),
          }),
        ),
        streams: z.array(
          z.strictObject({
            stream,
            title: z.string(),
            works: z.boolean(),
            partitions: z.array(z.string()),
            changes: z.boolean().meta({ description: 'Whether a row may change after it was first served.' }),
            window: z.strictObject({
              maxDays: z.number(),
              unitMilliseconds: z.number(),
              lowerEnd: z.enum(['inclusive', 'exclusive', 'unknown']),
              upperEnd: z.enum(['inclusive', 'exclusive', 'unknown']),
            }),
            pageCap: z.int().meta({ description: 'Rows at which an answer may be incomplete.' }),
            servedDays: z.number().meta({ description: 'How far back the exchange documents to serve.' }),
            reportedDays: z.number().optional().meta({
              description:
                'How far back others report that it serves: told as reported, believed of no answer.',
            }),
            askedSince: time,
            limit: z.strictObject({
              calls: z.int(),
              perMilliseconds: z.int(),
              scope: z.enum(['key', 'account', 'address']),
            }),
            unverified: z.array(z.string()).meta({ description: 'What nobody could verify.' }),
          }),
        ),
        powers: z.strictObject({ checked: z.array(z.string()), uncheckable: z.array(z.string()) }),
        absent,
        keyGuide: z.array(z.string()).meta({ description: 'How to make a key, step by step.' }),
        ips: z.array(z.string()).meta({ description: 'Addresses to bind the key to; none on a laptop.' }),
        closing: z.array(
          z.strictObject({
            at: time,
            what: z.string(),
            past: z.boolean(),
            ends: z
              .enum(['trading', 'everything'])
              .optional()
              .meta({ description: 'No new trade after it; nothing can be read after it.' }),
          }),
        ),
        closingAdvice: z
          .array(z.string())
          .meta({ description: 'What these dates mean together today, and what to do.' }),
      })
      .meta({ id: 'Exchange' }),
  ),
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
    side: z.enum(['buy', 'sell']).optional(),
    price: amount.optional(),
    amount: amount
      .optional()
      .meta({ description: 'Fills: base amount. Transfers: net amount that arrived. Ledger rows: signed.' }),
    quoteAmount: amount.optional(),
    fee: amount.optional(),
    feeCurrency: z.string().optional(),
    role: z.enum(['taker', 'maker']).optional(),
    orderId: z.string().optional(),
    tradeId: z.string().optional(),
    orderMode: z.string().optional(),
    contracts: amount.optional(),
    contractSize: amount.optional().meta({ description: 'Base units in a contract.' }),
    position: z.enum(['open', 'close']).optional(),
    realizedPnl: amount.optional(),
    account: z.string().optional(),
    currency: z.string().optional(),
    network: z.string().optional(),
    address: z.string().optional(),
    txId: z.string().optional(),
    status: z.enum(['pending', 'done', 'cancelled', 'failed']).optional(),
    type: z.string().optional(),
    movedTo: time.optional().meta({
      description:
        'The time that the exchange gives it now, where that is not the one with which it was first served: `time` stays.',
    }),
    missingSince: time.optional().meta({ description: 'Since when the exchange no longer shows it.' }),
    history: z
      .array(z.looseObject({ until: time }))
      .optional()
      .meta({
        description:
          'What it said before, oldest first: each with `until` and the fields that the newer answer changed, under the names above.',
      }),
    raw: z
      .looseObject({})
      .meta({ description: 'The row exactly as the exchange served it, digit by digit.' }),
  })
  .meta({ id: 'Transaction' })

export const transactionList = z.strictObject({
  items: z.array(transaction),
  nextCursor: z.string().optional().meta({ description: 'Present when there is more.' }),
})

export const problem = z
  .strictObject({
    type: z.string().meta({ description: 'Where this problem is described.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'A sentence for the user, with what to do next.' }),
    code: z.string().meta({ description: 'What a program can decide by.' }),
    connection: connectionId.optional().meta({ description: 'The connection that stands in the way.' }),
    errors: z
      .array(z.strictObject({ field: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'Each field that cannot be taken, and why.' }),
  })
  .meta({ id: 'Problem' })
