import { z } from 'zod'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { eachAccountName } from '../domain/export-format.ts'
import { streamKinds } from '../domain/stream.ts'
import { sides, transferStatuses } from '../domain/transaction.ts'
import { submit, textProblem } from '../use-cases/submission.ts'
import { decodeCursor } from './cursor.ts'
import { connectionId } from './shape-words.ts'

/** What comes in, once: the document of the API is made from the same schemas. */

export function text(maxLength: number, description: string, example?: string) {
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

export const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be a time such as 2026-01-31T00:00:00Z, or a date such as 2026-01-31',
  })
  .transform((value) => Math.min(lastInstant, Math.max(0, Date.parse(value))))
  .meta({ override: { type: 'string', anyOf: undefined, example: '2026-01-31T00:00:00Z' } })

const accountSince = instant.nullable().meta({
  description:
    'The account was not used before: a time, or a date, which means its midnight UTC. Not later than now. Null: not said.',
})

const symbols = z
  .array(z.string().regex(/^[^\p{C}\s]{1,40}$/u, 'must be a symbol or a coin, as the exchange spells it'))
  .max(2_000)
  .meta({
    description:
      'Symbols and coins that were traded, as the exchange spells them, such as BTCUSDT: asked for even if it does not list them any more. ' +
      'Refused where an exchange is asked for all symbols at once: `takesSymbols` of `GET /v1/exchanges` says which is which.',
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
    symbols: symbols.optional(),
    newAccount: z.boolean().default(false).meta({
      description: 'Where nobody can tell: it is another account than those that are connected already.',
    }),
  })
  .transform(
    ({ exchange, subaccount, label, accountSince, symbols, allowPowerfulKey, newAccount, ...typed }) => ({
      exchange,
      subaccount,
      label,
      accountSince,
      symbols,
      allowPowerfulKey,
      newAccount,
      submit: sealed(typed),
    }),
  )
  .meta({ id: 'NewConnection' })

export const changeBody = z
  .strictObject({
    label: name('Your own name for this connection; null takes it away.', 'Main account')
      .nullable()
      .optional(),
    accountSince: accountSince.optional(),
    symbols: symbols.optional(),
    paused: z.boolean().optional().meta({
      description:
        'true: no nightly syncs until you say false, and then one at once. Ask for one whenever you like meanwhile.',
    }),
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
    symbol: text(100, 'Only this market, as the exchange writes it.', 'BTC_USDT').optional(),
    currency: text(100, 'Only rows in which this coin was traded, moved or paid.', 'BTC').optional(),
    side: z.enum(sides).optional().meta({ description: 'Only fills of this side.' }),
    status: z.enum(transferStatuses).optional().meta({ description: 'Only transfers that stand like this.' }),
    type: text(100, 'Only rows of this type, as the exchange writes it.').optional(),
    q: text(200, 'Only rows with this text in their market, coin, ids, address, network or type.').optional(),
    raw: z.enum(['none']).optional().meta({
      description: 'With `none`, rows come without `raw`, which is most of their length.',
    }),
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

const periodFields = {
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
  timezone: z.string().optional().meta({
    description: 'The IANA name of the time zone that days are meant in; UTC without it.',
    example: 'Europe/Berlin',
  }),
}

/** The time that is judged; without it, all. */
export const periodQuery = z.strictObject(periodFields)

export const exportBody = z
  .strictObject({
    format: z.string().meta({ description: 'One of `GET /v1/exports`.', example: 'koinly' }),
    ...periodFields,
    connections: z
      .array(z.string())
      .min(1)
      .max(1_000)
      .optional()
      .meta({ description: 'Ids of connections; without it, all that you have.' }),
    accounts: z.strictObject(eachAccountName(z.string().optional())).optional().meta({
      description:
        'How journals name their accounts; `{exchange}`, `{subaccount}`, `{wallet}` and `{cause}` are filled in.',
    }),
  })
  .meta({ id: 'NewExport' })

export const transactionParams = z.object({
  id: z.string().meta({ description: 'The id of a transaction.' }),
})

export const exportParams = z.object({ id: z.string().meta({ description: 'The id of an export.' }) })
