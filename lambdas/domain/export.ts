import type { AccountNames } from './export-format.ts'
import type { Period } from './period.ts'
import type { RowCounts } from './row-counts.ts'
import type { Statement } from './statement.ts'

export type ExportState = 'waiting' | 'done' | 'failed'

/** What a user wants to be written, checked. */
export type ExportRequest = {
  readonly format: string
  readonly period: Period
  /** Ids; absent for all that the user has. */
  readonly connections?: readonly string[]
  /** An IANA name. */
  readonly timezone: string
  /** Names of accounts that differ from the usual ones. */
  readonly accounts?: Partial<AccountNames>
}

/** One export of one user. Times are epoch milliseconds. */
export type Export = {
  readonly id: string
  readonly user: string
  readonly request: ExportRequest
  readonly state: ExportState
  readonly requestedAt: number
  /** How often somebody began to write it, or to go on with it. */
  readonly leg?: number
  /** Where it lies how far the file has come. */
  readonly kept?: string
  readonly finishedAt?: number
  readonly rows?: RowCounts
  readonly statement?: Statement
  readonly bytes?: number
}
