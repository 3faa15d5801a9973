import { z } from 'zod'

const stageName = z.enum(['dev', 'prod'])

/** What CloudWatch can keep logs for. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653,
] as const

/** Cognito leads back to plain HTTP on this very machine only. */
const signInUrl = z.url({ error: 'not an address' }).refine(
  (text) => {
    const { protocol, hostname } = new URL(text)
    return protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost')
  },
  { error: 'must begin with https://, or with http://localhost' },
)

const stage = z
  .strictObject({
    name: stageName,
    /** Must be known to describe the table's key. */
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'not an AWS region'),
    /** Absent: the account that the credentials at deployment lead to. Nothing is looked up: synthesis works offline. */
    account: z
      .string()
      .regex(/^\d{12}$/, 'an AWS account has twelve digits')
      .optional(),
    /** Whether what talks to an exchange leaves from addresses of our own, by NAT gateways. */
    fixedAddresses: z.boolean(),
    natZones: z.union([z.literal(1), z.literal(2)], { error: 'must be 1 or 2' }),
    /**
     * How many cells there are, each with addresses, queues and workers of its own. A connection belongs to one for good, so that their
     * number only ever grows.
     */
    cells: z.int().min(1, 'must be 1 to 50').max(50, 'must be 1 to 50').default(1),
    /** Elastic IPs that are there already, one for each zone of each cell, cell by cell: those of a stack that was deleted, or taken back. */
    elasticIps: z
      .array(
        z.strictObject({
          address: z.ipv4({ error: 'not an IPv4 address' }),
          allocationId: z.string().regex(/^eipalloc-[0-9a-f]+$/, 'not the allocation id of an Elastic IP'),
        }),
      )
      .optional(),
    /** What a data stack that was deleted has left, or a restored table: used instead of new ones. */
    existing: z
      .strictObject({
        table: z
          .strictObject({
            name: z.string().regex(/^[\w.-]{3,255}$/, 'not the name of a table'),
            keyArn: z.string().regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/\S+$/, 'not the ARN of a key'),
          })
          .optional(),
        /** The table of envelopes, where the stage has one. */
        envelopes: z
          .string()
          .regex(/^[\w.-]{3,255}$/, 'not the name of a table')
          .optional(),
        credentialsKeyArn: z
          .string()
          .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/\S+$/, 'not the ARN of a key')
          .optional(),
        userPoolId: z
          .string()
          .regex(/^[\w-]+_[0-9A-Za-z]+$/, 'not the id of a user pool')
          .optional(),
      })
      .default({}),
    /**
     * Where new credentials are kept: a secret for each connection, or, for tens of thousands of them, envelopes of KMS in a
     * table. With envelopes, secrets that are there already are still read.
     */
    vault: z
      .enum(['secrets-manager', 'envelopes'], { error: 'must be secrets-manager or envelopes' })
      .default('secrets-manager'),
    /**
     * Of the table with the histories. Storing costs less than half in `infrequent-access`, and each request a quarter more: cheaper once an
     * account has some thousand rows. Either may be said later; AWS changes a table twice in thirty days at most.
     */
    tableClass: z
      .enum(['standard', 'infrequent-access'], { error: 'must be standard or infrequent-access' })
      .default('standard'),
    /**
     * Weekly copies of the table in a vault where nobody deletes them for 35 days; and in the vault of another account or region, if
     * `copyTo` names one. After `sealAfterDays` the lock itself can never be opened again, by AWS either.
     */
    backups: z
      .strictObject({
        copyTo: z
          .string()
          .regex(
            /^arn:[a-z-]+:backup:[a-z0-9-]+:\d{12}:backup-vault:[\w-]+$/,
            'not the ARN of a backup vault',
          )
          .optional(),
        sealAfterDays: z.int().min(3, 'AWS wants three days at least').max(36_500).optional(),
      })
      .optional(),
    /** Deploys the one function that may read credentials and write them, to move them from one vault to the other. */
    moveCredentials: z.boolean().default(false),
    alarmEmail: z.email({ error: 'not an email address' }).optional(),
    /** Dollars a month, for the whole account: who is told of alarms is told when they are nearly spent. */
    monthlyBudget: z.int().min(1, 'must be whole dollars').optional(),
    signInUrls: z.array(signInUrl).min(1, 'name at least one address').max(100),
    domain: z
      .strictObject({
        name: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'not a domain name'),
        certificateArn: z
          .string()
          .regex(/^arn:[a-z-]+:acm:[a-z0-9-]+:\d{12}:certificate\/\S+$/, 'not the ARN of a certificate'),
        /** The zone in Route 53 that gets the record. Without it, the record is made by hand. */
        hostedZone: z
          .strictObject({
            id: z.string().regex(/^Z[0-9A-Z]+$/, 'not the id of a hosted zone'),
            name: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'not a domain name'),
          })
          .optional(),
      })
      .optional(),
    /** Whether anybody may make an account. */
    selfSignUp: z.boolean(),
    /** Nightly syncs are spread over `hours` from the hour `begins` on, UTC. */
    night: z.strictObject({
      begins: z
        .int()
        .min(0, 'must be an hour of the day, 0 to 23')
        .max(23, 'must be an hour of the day, 0 to 23'),
      hours: z.int().min(1, 'must be 1 to 24').max(24, 'must be 1 to 24'),
    }),
    syncCoolDownSeconds: z.int().min(0, 'must not be negative').max(86_400, 'must be a day at most'),
    /** As many as SQS lets a function be invoked at once for a queue. */
    workersAtOnce: z.int().min(2, 'SQS wants 2 to 1000').max(1000, 'SQS wants 2 to 1000'),
    exportsAtOnce: z.int().min(2, 'SQS wants 2 to 1000').max(1000, 'SQS wants 2 to 1000'),
    /**
     * How the functions that users feel change: all at once, or a tenth of the work first, and back again when an alarm rings.
     * `unwatched` deploys at once whatever the alarms say, and leaves the means for the next time: for a roll-back.
     */
    changes: z
      .enum(['at-once', 'gradually', 'unwatched'], { error: 'must be at-once, gradually or unwatched' })
      .default('at-once'),
    /** The repository at GitHub whose workflow may deploy this stage, and whether the account has to be told of GitHub first. */
    delivery: z
      .strictObject({
        repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'not owner/name'),
        issuer: z.enum(['new', 'there'], { error: 'must be new or there' }),
      })
      .optional(),
    logRetentionDays: z.literal(retentionDays, { error: `must be one of ${retentionDays.join(', ')}` }),
    runbookUrl: z.string().min(1, 'must not be empty').default('docs/runbook.md'),
  })
  .refine(({ domain }) => domain === undefined || domain.certificateArn.split(':')[3] === 'us-east-1', {
    error:
      'the certificate must be of us-east-1, whatever the region of the stage: CloudFront takes no other',
    path: ['domain', 'certificateArn'],
  })
  .refine(({ vault, moveCredentials }) => !moveCredentials || vault === 'envelopes', {
    error: 'moves between both vaults: say envelopes first',
    path: ['moveCredentials'],
  })
  .refine(({ name, alarmEmail }) => name !== 'prod' || alarmEmail !== undefined, {
    error: 'prod needs somebody who is told of alarms',
    path: ['alarmEmail'],
  })
  .refine(({ name, runbookUrl }) => name !== 'prod' || URL.canParse(runbookUrl), {
    error: 'prod needs the address where whoever is woken finds the runbook',
    path: ['runbookUrl'],
  })
  .refine(
    ({ elasticIps, natZones, cells }) => elasticIps === undefined || elasticIps.length === natZones * cells,
    { error: 'one address for each zone of each cell', path: ['elasticIps'] },
  )
  .refine(({ cells, fixedAddresses }) => cells === 1 || fixedAddresses, {
    error: 'cells differ by their addresses: say fixedAddresses first',
    path: ['cells'],
  })

export type StageInput = z.input<typeof stage>
export type StageConfig = z.output<typeof stage>

/** Throws an error that names each field that is described wrongly. */
export function parseStages(input: unknown): readonly StageConfig[] {
  const parsed = z
    .array(stage)
    .refine((stages) => new Set(stages.map(({ name }) => name)).size === stages.length, {
      error: 'a stage is described twice',
    })
    .safeParse(input)
  if (!parsed.success) throw new Error(`bin/stages.ts is not right:\n${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/**
 * The stages to build: the one that `-c stage=NAME` asks for, or all of them. What is not asked for need not be filled in
 * yet.
 */
export function selectStages(written: readonly StageInput[], asked: unknown): readonly StageConfig[] {
  if (asked === undefined) return parseStages(written)
  const selected = written.filter(({ name }) => name === asked)
  if (selected.length > 0) return parseStages(selected)
  throw new Error(
    `There is no stage "${String(asked)}" in bin/stages.ts, only ${written.map(({ name }) => name).join(' and ')}.`,
  )
}
