import { z } from 'zod'

const name = z.string().min(1)

/** How long after a sync a user may ask for the next one, in whole seconds. */
const syncCoolDown = z
  .string()
  .regex(/^\d{1,6}$/)
  .transform(Number)

/** The addresses of each cell: divided by commas, and cells by semicolons; empty where calls leave from any. */
const addresses = z
  .string()
  .transform((text) => text.split(';').map((cell) => cell.split(',').filter((address) => address !== '')))

const common = {
  TABLE_NAME: name,
  /** What the addresses of the queues begin with. */
  QUEUE_URL: z.url(),
  /** What the names of all secrets begin with. */
  SECRET_PREFIX: name,
  /** The table that has envelopes, where the stage keeps new credentials in them; or empty. */
  ENVELOPE_TABLE: z.string(),
  SYNC_COOL_DOWN_SECONDS: syncCoolDown,
}

/** The variables of the function that serves every route but those that take a key. */
export const historyEnvironment = z.object({
  ...common,
  ADDRESSES: addresses,
  EXPORT_QUEUE_URL: z.url(),
  EXPORT_BUCKET: name,
  STATEMENT_BUCKET: name,
})

/** The variables of the function that takes keys. */
export const keysEnvironment = z.object({
  ...common,
  /** The KMS key that encrypts the secrets: its ARN. */
  SECRET_KEY_ARN: name,
  /** How many cells there are. */
  CELLS: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number),
})

/** The variables of the function that reads statement files and stores what they tell. */
export const importsEnvironment = z.object({ TABLE_NAME: name, STATEMENT_BUCKET: name })

export type HistoryEnvironment = z.input<typeof historyEnvironment>
export type KeysEnvironment = z.input<typeof keysEnvironment>
export type ImportsEnvironment = z.input<typeof importsEnvironment>
