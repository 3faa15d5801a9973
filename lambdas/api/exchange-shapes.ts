import { z } from 'zod'
import { absent, closing, exchangeState, keyStep, stream, time } from './shape-words.ts'

/** What goes out of the exchanges: how a key is made there, what is read, and how surely. */

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
            reads: z.enum(['windows', 'list']).meta({
              description: 'How it is asked for: a window of time after the other, or as a whole list.',
            }),
            partitions: z.array(z.string()),
            partitionsOf: z.string().optional().meta({
              description: 'What each partition is, where only the exchange’s catalogue names them.',
            }),
            askedWithinDays: z.number().optional().meta({
              description: 'Within how many days each of those partitions is asked for at least once.',
            }),
            changes: z.boolean().meta({ description: 'Whether a row may change after it was first served.' }),
            window: z
              .strictObject({
                maxDays: z.number(),
                unitMilliseconds: z.number(),
                lowerEnd: z.enum(['inclusive', 'exclusive', 'unknown']),
                upperEnd: z.enum(['inclusive', 'exclusive', 'unknown']),
              })
              .optional()
              .meta({ description: 'Of a stream that is asked for by windows.' }),
            pageCap: z.int().meta({ description: 'Rows at which an answer may be incomplete.' }),
            servedDays: z.number().meta({ description: 'How far back the exchange documents to serve.' }),
            isDepthTaken: z.literal(true).optional().meta({
              description:
                'No document says how far back this is served: `servedDays` are taken for certain.',
            }),
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
        takesSymbols: z.boolean().meta({
          description:
            'Whether it is of use to name `symbols` when connecting: it is asked symbol by symbol, or coin by coin.',
        }),
        powers: z.strictObject({ checked: z.array(z.string()), uncheckable: z.array(z.string()) }),
        absent,
        keyGuide: z
          .array(
            z.strictObject({
              id: keyStep.meta({ description: 'What the step is about; a refusal names it as `step`.' }),
              text: z.string(),
            }),
          )
          .meta({ description: 'How to make a key, step by step.' }),
        keyPage: z.url().optional().meta({
          description: 'Where its users make keys; missing where the exchange itself names no address.',
        }),
        addresses: z.strictObject({
          items: z
            .array(z.string())
            .meta({ description: 'IP addresses to bind the key to; none on a laptop.' }),
          separator: z.string().meta({ description: 'What the form of the exchange wants between them.' }),
        }),
        state: exchangeState,
        closing,
        closingAdvice: z
          .array(z.string())
          .meta({ description: 'What these dates mean together today, and what to do.' }),
      })
      .meta({ id: 'Exchange' }),
  ),
})
