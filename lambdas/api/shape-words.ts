import { z } from 'zod'
import { completenesses } from '../domain/completeness.ts'
import { streamKinds } from '../domain/stream.ts'

/** What the shapes of several answers say alike. */

export const connectionId = z.string().meta({ description: 'The id of a connection.' })

export const time = z.iso
  .datetime()
  .meta({ description: 'ISO 8601, UTC.', example: '2026-11-21T07:50:00.000Z' })
export const completeness = z.enum(completenesses).meta({
  description:
    'complete: all of it, to the last sync, is covered. unverified: nothing is known to be missing, and for some time ' +
    'nobody can tell. incomplete: something is missing or was not had yet.',
})
export const amount = z.string().meta({ description: 'An exact decimal.', example: '0.00509358' })
export const window = { from: time, to: time }
export const stream = z.enum(streamKinds)

export const sentences = z.array(z.string())

export const keyStep = z.enum(['open', 'name', 'rights', 'addresses', 'confirm', 'copy', 'enter'])

export const absent = z
  .array(z.string())
  .meta({ description: 'What the exchange has and we never import, in sentences.' })

export const closing = z.array(
  z.strictObject({
    at: time,
    what: z.string(),
    past: z.boolean(),
    ends: z
      .enum(['trading', 'everything'])
      .optional()
      .meta({ description: 'No new trade after it; nothing can be read after it.' }),
  }),
)
export const exchangeState = z
  .enum(['open', 'closing', 'closed'])
  .meta({ description: 'closing: a date after which less can be read is known.' })
