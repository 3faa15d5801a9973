import { z } from 'zod'
import type { Behind } from '../domain/behind.ts'
import type { Completeness, WhoseDoubt, WhoseGap } from '../domain/completeness.ts'
import type { Owner } from '../domain/connection.ts'
import type { FailureKind } from '../domain/failure.ts'
import type { NamesAsked } from '../domain/names-asked.ts'
import type { Run, RunState, StreamProgress, StreamState } from '../domain/run.ts'
import { streamKinds } from '../domain/stream.ts'
import { day } from '../domain/window.ts'
import { gapWords, unverifiedWords } from './coverage.ts'
import {
  getItem,
  parseItem,
  put,
  queryPage,
  queryPages,
  type Shape,
  type Table,
  type Words,
} from './table.ts'
import { runKey, runKeys } from './table-keys.ts'
import { tableSchema } from './table-schema.ts'

const failureSchema = z
  .enum({
    unauthorized: 'unauthorized',
    'key-missing': 'key-missing',
    'wrong-signature': 'wrong-signature',
    'clock-skew': 'clock-skew',
    'forbidden-ip': 'forbidden-ip',
    expired: 'expired',
    'no-permission': 'no-permission',
    'account-restricted': 'account-restricted',
    'different-account': 'different-account',
    'not-opened': 'not-opened',
    'not-served': 'not-served',
    'out-of-range': 'out-of-range',
    'rate-limited': 'rate-limited',
    'exchange-down': 'exchange-down',
    'exchange-closed': 'exchange-closed',
    'bad-payload': 'bad-payload',
    rejected: 'rejected',
    'window-saturated': 'window-saturated',
    busy: 'busy',
    'lease-lost': 'lease-lost',
    stalled: 'stalled',
    aborted: 'aborted',
  } satisfies Words<FailureKind>)
  .optional()

const completenessWords = {
  complete: 'complete',
  unverified: 'unverified',
  incomplete: 'incomplete',
} satisfies Words<Completeness>

const whose = {
  partitions: z.array(z.string()).optional(),
  morePartitions: z.number().optional(),
}

const span = { from: z.number(), to: z.number(), ...whose }

const whoseGapSchema: z.ZodType<WhoseGap> = z.object({
  ...span,
  reason: z.enum(gapWords),
} satisfies Shape<WhoseGap>)

const doubtSchema: z.ZodType<WhoseDoubt> = z.object({
  ...span,
  reason: z.enum({ ...unverifiedWords, 'not-served': 'not-served' } satisfies Words<WhoseDoubt['reason']>),
} satisfies Shape<WhoseDoubt>)

const behindSchema: z.ZodType<Behind> = z.object({
  ...whose,
  parts: z.number(),
  of: z.number(),
  knownUntil: z.number().optional(),
} satisfies Shape<Behind>)

const namesSchema: z.ZodType<NamesAsked> = z.object({
  each: z.string(),
  asked: z.number(),
  of: z.number(),
  apart: z.object({ filter: z.string(), values: z.array(z.string()) }).optional(),
} satisfies Shape<NamesAsked>)

const progressSchema: z.ZodType<StreamProgress> = z.object({
  stream: z.enum(streamKinds),
  state: z.enum({
    waiting: 'waiting',
    running: 'running',
    ...completenessWords,
    failed: 'failed',
  } satisfies Words<StreamState>),
  startedAt: z.number().optional(),
  finishedAt: z.number().optional(),
  position: z.number().optional(),
  requests: z.number(),
  served: z.number(),
  new: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  revised: z.number().optional(),
  vanished: z.number().optional(),
  unreadable: z.number().optional(),
  percent: z.number(),
  names: z.array(namesSchema).optional(),
  failure: failureSchema,
  note: z
    .enum({ 'not-opened': 'not-opened', 'not-served': 'not-served' } satisfies Words<
      NonNullable<StreamProgress['note']>
    >)
    .optional(),
  gaps: z.array(whoseGapSchema),
  moreGaps: z.number().optional(),
  unverified: z.array(doubtSchema),
  moreUnverified: z.number().optional(),
  behind: z.array(behindSchema).optional(),
} satisfies Shape<StreamProgress>)

const runSchema: z.ZodType<Run> = z.object({
  id: z.string(),
  connection: z.string(),
  state: z.enum({
    running: 'running',
    ...completenessWords,
    interrupted: 'interrupted',
    failed: 'failed',
  } satisfies Words<RunState>),
  startedAt: z.number(),
  finishedAt: z.number().optional(),
  requests: z.number(),
  streams: z.array(progressSchema),
  updatedAt: z.number().optional(),
  hop: z.number().optional(),
  recheck: z.boolean().optional(),
  ahead: z.number().optional(),
  failure: failureSchema,
  givenUp: z.boolean().optional(),
} satisfies Shape<Run>)

const keptFor = 90 * day

/** What each sync did. The store forgets a run ninety days after it began. */
export function runStore(table: Table) {
  return {
    /** Puts the run as it stands, over what was saved of it before. */
    async save(owner: Owner, run: Run): Promise<void> {
      const expires = Math.floor((run.startedAt + keptFor) / 1_000)
      await put(table, { ...runKey(owner, run.id), ...run, [tableSchema.timeToLive]: expires })
    },

    async find(owner: Owner, id: string): Promise<Run | undefined> {
      const item = await getItem(table, runKey(owner, id))
      return item === undefined ? undefined : parseItem(runSchema, item)
    },

    /** The runs with the greatest ids, those first. */
    async list(owner: Owner, most: number): Promise<readonly Run[]> {
      const { items } = await queryPage(table, runKeys(owner), { descending: true, pageSize: most })
      return items.map((item) => parseItem(runSchema, item))
    },

    /** The run with the greatest id. */
    async latest(owner: Owner): Promise<Run | undefined> {
      for await (const [item] of queryPages(table, runKeys(owner), { descending: true, pageSize: 1 })) {
        if (item !== undefined) return parseItem(runSchema, item)
      }
      return undefined
    },
  }
}
