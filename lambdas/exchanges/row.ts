import { isLosslessNumber, stringify } from 'lossless-json'
import { z } from 'zod'
import { amountPattern } from '../domain/amount.ts'

/** A scalar as the exchange wrote it: some answers hold ids and decimals as strings, some as numbers. */
const scalar = z.union([
  z.string(),
  z.number().transform(String),
  z.custom<object>(isLosslessNumber, 'a number').transform(String),
])

/** An identifier, symbol or coin: short, so that it fits a store key. */
export const id = scalar.pipe(
  z
    .string()
    .min(1)
    .max(128)
    .refine((text) => !/\p{Cs}/u.test(text), 'well-formed text'),
)

/** Any short text, possibly empty. */
export const text = scalar.pipe(z.string().max(1_024))

/** An exact decimal, kept letter by letter. */
export const amount = scalar.pipe(z.string().max(256).regex(amountPattern))

/** An exact decimal that the exchange may leave out or send empty. */
export const optionalAmount = z
  .union([z.literal('').transform(() => undefined), z.null().transform(() => undefined), amount])
  .optional()

/** Text that the exchange may leave out; empty means absent. */
export const optionalText = z
  .union([z.null().transform(() => undefined), text])
  .optional()
  .transform((value) => (value === '' ? undefined : value))

/**
 * Epoch milliseconds between 2001 and 2286. A value in seconds or microseconds is refused: stored under a wrong
 * time, a row would be worse than missing.
 */
export const milliseconds = scalar.pipe(z.string().regex(/^\d{13}$/)).transform(Number)

/** A row with the text it was served as. Fields that the schema does not name live on in `raw`. */
export function row<Fields>(
  fields: z.ZodType<Fields>,
): z.ZodType<{ readonly fields: Fields; readonly raw: string }> {
  return z.unknown().transform((served, context) => {
    const parsed = fields.safeParse(served)
    const raw = stringify(served)
    if (parsed.success && raw !== undefined) return { fields: parsed.data, raw }
    context.addIssue({ code: 'custom', message: 'not a row that the exchange documents' })
    return z.NEVER
  })
}
