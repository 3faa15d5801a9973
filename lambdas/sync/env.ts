import { z } from 'zod'

const name = z.string().min(1)
const hour = z
  .string()
  .regex(/^\d{1,2}$/)
  .transform(Number)

const table = { TABLE_NAME: name }
/** What the addresses of the queues begin with. */
const queue = { QUEUE_URL: z.url() }
/** What the names of all secrets begin with. */
const secrets = {
  SECRET_PREFIX: name,
  /** The table that has envelopes, where the stage keeps credentials in them; or empty. */
  ENVELOPE_TABLE: z.string(),
}

/** The bucket of statement files. */
const statements = { STATEMENT_BUCKET: name }

/** The variables of the function that syncs one connection after the other. */
export const workerEnvironment = z.object({
  ...table,
  /** How often the queue delivers a message before it gives it to the dead-letter queue. */
  MAX_DELIVERIES: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number),
  ...queue,
  ...secrets,
  ...statements,
  /** The cell whose workers these are; empty where there is one only. */
  CELL: z
    .string()
    .regex(/^([1-9]\d{0,2})?$/)
    .transform((text) => (text === '' ? undefined : Number(text))),
  /** The nightly syncs are spread over so many hours, from this one on, UTC. */
  NIGHT_BEGINS: hour.refine((hours) => hours < 24, 'must be an hour of the day, 0 to 23'),
  NIGHT_HOURS: hour.refine((hours) => hours >= 1 && hours <= 24, 'must be 1 to 24'),
})

/** The variables of the function that finds the connections whose sync is due. */
export const plannerEnvironment = z.object({ ...table, ...queue })

/** The variables of the function that keeps the catalogues of markets. */
export const catalogueEnvironment = z.object(table)

/** The variables of the function that finishes what was begun and interrupted. */
export const sweeperEnvironment = z.object({ ...table, ...secrets, ...statements })

/** The variables of the function that moves credentials from one vault to the other: only while a stage says so. */
export const moverEnvironment = z.object({
  ...table,
  ...secrets,
  /** The KMS key that encrypts credentials: its ARN. */
  SECRET_KEY_ARN: name,
})

/** What the mover is asked for. */
export const moveSchema = z.strictObject({ to: z.enum(['secrets-manager', 'envelopes']) })

export type MoverEnvironment = z.input<typeof moverEnvironment>
export type WorkerEnvironment = z.input<typeof workerEnvironment>
export type PlannerEnvironment = z.input<typeof plannerEnvironment>
export type CatalogueEnvironment = z.input<typeof catalogueEnvironment>
export type SweeperEnvironment = z.input<typeof sweeperEnvironment>
