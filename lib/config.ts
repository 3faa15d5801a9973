import { z } from 'zod'

const stageName = z.enum(['dev', 'prod'])

const stage = z.strictObject({
  name: stageName,
  /** Must be known to describe the table's key. */
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'not an AWS region'),
  /** Absent: the account that the credentials at deployment lead to. Nothing is looked up: synthesis works offline. */
  account: z
    .string()
    .regex(/^\d{12}$/, 'an AWS account has twelve digits')
    .optional(),
})

export type StageConfig = z.infer<typeof stage>

/** Fill in the region, and the account if you like, of each stage that you deploy. */
const written: readonly StageConfig[] = [
  { name: 'dev', region: 'eu-central-1' },
  { name: 'prod', region: 'eu-central-1' },
]

/** Throws a `ZodError` that names the field when a stage is described wrongly. */
export function parseStages(input: unknown): readonly StageConfig[] {
  return z
    .array(stage)
    .refine((stages) => new Set(stages.map(({ name }) => name)).size === stages.length, {
      error: 'a stage is described twice',
    })
    .parse(input)
}

/** The stages to build: the one that `-c stage=NAME` asks for, or all of them. */
export function selectStages(asked: unknown): readonly StageConfig[] {
  const name = stageName.optional().parse(asked)
  return parseStages(written).filter((one) => name === undefined || one.name === name)
}
