import type { Change, Meaning } from './accounting.ts'
import type { OpeningBalance } from './opening-balances.ts'
import type { Origin } from './outward.ts'
import type { Statement } from './statement.ts'
import type { StreamKind } from './stream.ts'
import type { Transaction } from './transaction.ts'

/** A transaction and the connection that it belongs to. */
export type StoredRow = { readonly origin: Origin; readonly transaction: Transaction }

/** With what it means, decided once for all formats: some rows mean what they do only beside others. */
export type ExportRow = StoredRow & { readonly meaning: Meaning }

/** How a journal names its accounts. `{exchange}`, `{subaccount}`, `{wallet}` and `{cause}` are filled in. */
export type AccountNames = {
  readonly assets: string
  readonly fees: string
  readonly gains: string
  readonly losses: string
  readonly transfers: string
  readonly trading: string
  readonly opening: string
}

/** The same for each of the names: what each of them must be, for those who read them. */
export function eachAccountName<T>(one: T): Readonly<Record<keyof AccountNames, T>> {
  return { assets: one, fees: one, gains: one, losses: one, transfers: one, trading: one, opening: one }
}

/** What a format tells of its rows while it writes them, counted for the statement. */
export type RowNotes = {
  /** A line of a table or a transaction of a journal was written. */
  wrote(): void
  /** `changes` are not in the file; the reason ends the sentence "Not in the file, 273 rows: …", as all of these end theirs. */
  leftOut(reason: string, changes: readonly Change[]): void
  /** It is in the file, and `changes` are what its digits lack. */
  shortened(reason: string, changes: readonly Change[]): void
  /** Somebody has to choose a kind for it in the tool. */
  byHand(reason: string): void
}

/** What a file is made of, its rows apart. */
export type FileFacts = {
  readonly statement: Statement
  /** An IANA name. Formats whose tool reads times in the user's own zone write them in it, all others in UTC. */
  readonly timezone: string
  readonly accounts: AccountNames
  /** What the account held before the first row, for journals. `before` is the beginning of the period, if it has one. */
  readonly opening?: {
    readonly origin: Origin
    readonly balances: readonly OpeningBalance[]
    readonly before?: number
  }
  readonly notes: RowNotes
  /** What can be said only after the last row: how many were left out, and what the file adds up to. */
  readonly closing: () => readonly string[]
}

/** A part of a file. */
export type Piece = string | Uint8Array

/**
 * Writes one file. Memory does not grow with the number of rows, and the same facts and rows give the same bytes, whether or not
 * it was stopped between two of them and gone on with by another writer.
 */
export type FileWriter = {
  /** What stands before the first row: asked for once, and not of a writer that goes on. */
  begin(): Piece
  /** In time order, and in a fixed order within one instant. */
  row(row: ExportRow): Piece
  /** What stands behind the last row. */
  end(): Piece
  /**
   * What another writer of the same file must know to go on behind the last row, as plain JSON. Undefined as long as rows are
   * held that no piece has yet.
   */
  kept(): object | undefined
}

/** One export format, as data for people and programs, and as what writes its bytes. */
export type ExportFormat = {
  /** As users ask for it: `koinly`. */
  readonly id: string
  readonly name: string
  /** Without a dot. */
  readonly extension: string
  readonly contentType: string
  /** `chosen`: the tool reads times in its user's own zone. */
  readonly timezone: 'utc' | 'chosen'
  /** Whether the statement is part of the file, as comments or metadata. */
  readonly statement: 'inside' | 'beside'
  /** The file holds every transaction as it is, those too that moved no money. Others say what money moved. */
  readonly everyRow?: true
  /** The file is one of balances, and can begin with those from before its first row. */
  readonly takesOpening?: true
  /** What the file holds, in sentences. */
  readonly carries: readonly string[]
  /** What the tool has no words for, in sentences. */
  readonly cannotSay: readonly string[]
  /** How to give the file to the tool, in sentences. */
  readonly upload: readonly string[]
  /** The file holds streams apart: rows come one stream after the other, in this order, each in time order. */
  readonly apart?: readonly StreamKind[]
  /** `kept`: what a writer of this file told that was stopped. */
  open(facts: FileFacts, kept?: unknown): FileWriter | Promise<FileWriter>
}
