import { z } from 'zod'

const name = z.string().min(1)

/** The variables of the function that writes exports. */
export const exporterEnvironment = z.object({
  TABLE_NAME: name,
  EXPORT_BUCKET: name,
  EXPORT_QUEUE_URL: name,
  /** How often the queue delivers a message before it gives it to the dead-letter queue. */
  MAX_DELIVERIES: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number),
})

export type ExporterEnvironment = z.input<typeof exporterEnvironment>
