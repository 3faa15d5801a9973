import type { AttestedTime, Withdrawal } from '../domain/attested.ts'
import type { StreamKind } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import type { Objection } from './known.ts'
import type { Layout } from './layout.ts'
import type { MergedRow } from './merged-row.ts'
import type { NamedHeader } from './named-columns.ts'
import type { Preview } from './preview.ts'
import type { Question } from './read-statement.ts'
import type { BadCell } from './refusal.ts'
import type { Reading, StatementRow } from './row.ts'

/** What reading a file came to; of the file nothing is stored by that. */
export type FileRead =
  | {
      readonly kind: 'refused'
      /** Ends with what to do. */
      readonly sentence: string
      /** The id of the exchange whose file it is, where it is not that of its connection. */
      readonly exchange?: string
      /** The first cells that cannot be read, and how many there are. */
      readonly cells: readonly BadCell[]
      readonly count: number
      /** The headers by which it was read before it was refused: another word of its owner's on them may have it read. */
      readonly headers?: readonly NamedHeader[]
    }
  | { readonly kind: 'asks'; readonly questions: readonly AskedOwner[] }
  | { readonly kind: 'read'; readonly tables: readonly TableRead[]; readonly plan: FilePlan }

/** A layout that its owner saved for the same header before is proposed again, and never applied unseen. */
export type AskedOwner = Question & { readonly saved?: Layout }

export type TableRead = Omit<Reading, 'rows'> & { readonly name: string; readonly preview: Preview }

/** What storing a file would do, and by what it is named. */
export type FilePlan = {
  /** Storing asks for it, and is refused where storing would do anything else by then. */
  readonly digest: string
  readonly streams: readonly StreamPlan[]
  /** Rows that would be new, by month of the calendar (UTC), oldest first; `from`: its first instant. */
  readonly months: readonly { readonly from: string; readonly rows: number }[]
  /** The first rows of each class. */
  readonly samples: {
    readonly new: readonly MergedRow[]
    readonly known: readonly (Transaction | MergedRow)[]
    readonly contradicting: readonly Contradicted[]
    /** Rows of other files that would go or change. */
    readonly replaced: readonly MergedRow[]
  }
  /** The time that the file attests, with what is withdrawn of it as a sentence. */
  readonly attested: readonly AttestedTime[]
  readonly withdrawn: readonly { readonly stream: StreamKind; readonly why: Withdrawal }[]
}

/** Counts of one stream. */
export type StreamPlan = {
  readonly stream: StreamKind
  /** Rows that would be part of the history and are not. */
  readonly new: number
  /** Events of this file that something else tells already. */
  readonly known: number
  /** Rows of this file that are not counted, since the exchange shows otherwise. */
  readonly contradicting: number
  /** Rows of other files that would go or change, since this one tells them better. */
  readonly replaced: number
  /** Rows that would be new or changed, and that rows of another source may tell, too: no amounts show whether they do. */
  readonly mayBeTwice: number
}

/** A row of the file that is not counted. */
export type Contradicted = {
  readonly why: Objection
  readonly row: StatementRow
  readonly count: number
  /** Where it stands in this file. */
  readonly lines: readonly number[]
}

/** What storing or taking back did. */
export type FileStored = {
  readonly written: number
  readonly removed: number
}
