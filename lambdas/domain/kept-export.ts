import type { FileTime } from './attested.ts'
import type { Coverage } from './coverage.ts'
import type { KeptTally } from './export-tally.ts'
import type { BorderRows, LoneRow } from './futures-money.ts'
import type { StreamKind } from './stream.ts'
import type { Place } from './transaction.ts'

/** What was known of a history when its export began: what its rows mean is decided by it to the end. */
export type KnownHistory = {
  readonly connection: string
  readonly coverage: readonly Coverage[]
  readonly borders: readonly BorderRows[]
  /** Rows of the futures ledger that no fill tells. */
  readonly lone: readonly LoneRow[]
  readonly files?: FileTime
}

/** How far the file of an export has come: who knows this goes on with it, and writes what one in one go would have written. */
export type KeptFile = {
  readonly histories: readonly KnownHistory[]
  /** The last row that is in the file. */
  readonly place?: Place & { readonly connection: string; readonly stream: StreamKind }
  readonly tally: KeptTally
  readonly bytes: number
  /** Of the bytes until here, for a SHA-256 of the whole file. */
  readonly digest: string
  /** What the format's writer told. */
  readonly writer: unknown
}

/** The same, with what tells where its bytes lie. */
export type KeptExport = KeptFile & {
  /** Which code wrote it: other code may write in another way, and begins anew. */
  readonly code: string
  readonly upload: unknown
}
